import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { isAppFile, NATIVE_PACKAGES, pruneForeignBinaries } from '#electron/packaging/app-files.ts';
import { electronExecutable } from '#electron/packaging/electron-executable.ts';
import { burnFuses, wrongFuses } from '#electron/packaging/fuses.ts';

const ROOT = join(import.meta.dirname, '../../..');
/** How an Electron executable carries its fuses: a sentinel, a version, a count, and one byte each. */
const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gantry-package-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function executableWithFuses(fuses: string): Promise<string> {
  const file = join(folder, 'electron');
  await writeFile(
    file,
    Buffer.concat([
      Buffer.alloc(4096, 0xcc),
      Buffer.from(SENTINEL),
      Buffer.from([1, fuses.length]),
      Buffer.from(fuses, 'latin1'),
      Buffer.alloc(64, 0xcc),
    ]),
  );
  return file;
}

describe('burnFuses', () => {
  it('sets every fuse of an executable and finds them right afterwards', async () => {
    // RunAsNode, NodeOptions, NodeCliInspect, file privileges on as Electron ships; the protective ones off.
    const executable = await executableWithFuses('101100011');
    expect(await wrongFuses(executable)).toEqual([
      'RunAsNode',
      'EnableCookieEncryption',
      'EnableNodeOptionsEnvironmentVariable',
      'EnableNodeCliInspectArguments',
      'EnableEmbeddedAsarIntegrityValidation',
      'OnlyLoadAppFromAsar',
      'GrantFileProtocolExtraPrivileges',
    ]);

    await burnFuses(executable);

    expect(await wrongFuses(executable)).toEqual([]);
    expect((await readFile(executable, 'latin1')).slice(4096 + SENTINEL.length + 2, 4096 + SENTINEL.length + 11)).toBe(
      '010011001',
    );
  });

  it('refuses an executable with a fuse that nobody decided', async () => {
    await expect(burnFuses(await executableWithFuses('1011000110'))).rejects.toThrow(/fuse/i);
  });

  it('refuses a file that is no Electron', async () => {
    const file = join(folder, 'other');
    await writeFile(file, Buffer.alloc(1024));

    await expect(burnFuses(file)).rejects.toThrow(/sentinel/i);
  });
});

describe('electron-builder.yml', () => {
  it('sets the same fuses, as far as it knows them', async () => {
    const { electronFuses } = z
      .object({ electronFuses: z.record(z.string(), z.boolean()) })
      .parse(parse(await readFile(join(ROOT, 'electron-builder.yml'), 'utf8')));

    expect(electronFuses).toEqual({
      runAsNode: false,
      enableCookieEncryption: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      loadBrowserProcessSpecificV8Snapshot: false,
      grantFileProtocolExtraPrivileges: false,
    });
  });
});

describe('isAppFile', () => {
  it.each([
    '/package.json',
    '/dist',
    '/dist/electron/main.js',
    '/node_modules',
    '/node_modules/better-sqlite3/lib/index.js',
    '/node_modules/onnxruntime-node/bin/napi-v6',
  ])('takes %s', (path) => {
    expect(isAppFile(path)).toBe(true);
  });

  it.each([
    '/electron',
    '/test',
    '/.git',
    '/site',
    '/node_modules/electron',
    '/node_modules/better-sqlite3-other',
    '/node_modules/better-sqlite3/deps/sqlite3.c',
    '/node_modules/adm-zip',
    '/package-lock.json',
    '/distant',
  ])('leaves %s', (path) => {
    expect(isAppFile(path)).toBe(false);
  });
});

describe('NATIVE_PACKAGES', () => {
  it('load nothing at run time but each other, their own files and Node', async () => {
    const foreign: string[] = [];
    for (const name of NATIVE_PACKAGES) {
      for (const file of await loadedFiles(name)) {
        const needed = requiredNames(await readFile(file, 'utf8')).filter((specifier) => !isAllowed(specifier));
        foreign.push(...needed.map((specifier) => `${name}: ${specifier}`));
      }
    }

    expect(foreign).toEqual([]);
  });

  /** The modules of a package that a program can load: not its sources, nor its builds for the browser. */
  async function loadedFiles(name: string): Promise<string[]> {
    const entries = await readdir(join(ROOT, 'node_modules', name), { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((file) => /\/(lib|dist\/cjs|dist)\/[^/]+\.js$/.test(file) && !/\.min\.|\/dist\/ort/.test(file));
  }

  const requiredNames = (source: string): string[] =>
    [...source.matchAll(/require\(['"]([^'"]+)['"]\)/g)].map(([, specifier = '']) => specifier);
  const isAllowed = (specifier: string): boolean =>
    specifier.startsWith('.') || NATIVE_PACKAGES.includes(specifier) || isBuiltin(specifier);
});

describe('pruneForeignBinaries', () => {
  const target = { platform: 'linux', arch: 'x64' };

  it('leaves the machine code of the target and removes the rest', async () => {
    for (const name of ['better-sqlite3/prebuilds', 'onnxruntime-node/bin']) await copySkeleton(name);

    await pruneForeignBinaries(folder, target);

    expect(await readdir(join(folder, 'node_modules/better-sqlite3/prebuilds'))).toEqual(['linux-x64.node']);
    const [version = ''] = await readdir(join(folder, 'node_modules/onnxruntime-node/bin'));
    expect(await readdir(join(folder, 'node_modules/onnxruntime-node/bin', version))).toEqual(['linux']);
    expect(await readdir(join(folder, 'node_modules/onnxruntime-node/bin', version, 'linux'))).toEqual(['x64']);
  });

  it('stops for a target that a package has no binary for', async () => {
    for (const name of ['better-sqlite3/prebuilds', 'onnxruntime-node/bin']) await copySkeleton(name);

    await expect(pruneForeignBinaries(folder, { platform: 'sunos', arch: 'x64' })).rejects.toThrow('sunos-x64.node');
  });

  /** The real folder structure with empty files: the binaries are hundreds of megabytes. */
  async function copySkeleton(name: string): Promise<void> {
    const from = join(ROOT, 'node_modules', name);
    for (const entry of await readdir(from, { recursive: true, withFileTypes: true })) {
      const to = join(folder, 'node_modules', name, entry.parentPath.slice(from.length), entry.name);
      if (entry.isDirectory()) await mkdir(to, { recursive: true });
      else {
        await mkdir(join(to, '..'), { recursive: true });
        await writeFile(to, '');
      }
    }
  }
});

describe('electronExecutable', () => {
  it.each([
    ['linux', '/out/resources/app', '/out/electron'],
    ['win32', '/out/resources/app', '/out/electron.exe'],
    ['darwin', '/out/Electron.app/Contents/Resources/app', '/out/Electron.app/Contents/MacOS/Electron'],
  ])('finds the executable on %s', (platform, appDir, executable) => {
    expect(electronExecutable(appDir, platform)).toBe(executable);
  });
});
