import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fetchElectron, lastFetchFailure, rememberFetchFailure } from '#scripts/start/fetch-electron.ts';

let root = '';

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'gantry-fetch-test-'));
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

/** Stands for Electron's installer: a real process that does what the text says. */
async function anInstaller(text: string): Promise<string> {
  const file = join(root, 'installer.mjs');
  await writeFile(file, `import { appendFileSync } from 'node:fs';\nimport { tmpdir } from 'node:os';\n${text}`);
  return file;
}

describe('fetchElectron', () => {
  describe('when no byte arrives', () => {
    it('gives up after the limit', async () => {
      const installer = await anInstaller('setInterval(() => {}, 1000);');

      expect(await fetchElectron(root, { installer, stallLimitMs: 1_500 })).toBe(false);
    });
  });

  describe('when bytes arrive slowly, but do arrive', () => {
    it('waits for the end', async () => {
      const installer = await anInstaller(
        `let left = 8; setInterval(() => { appendFileSync(tmpdir() + '/part', 'x'); if (--left === 0) process.exit(0); }, 400);`,
      );

      expect(await fetchElectron(root, { installer, stallLimitMs: 2_000 })).toBe(true);
    });
  });

  describe('when the installer fails', () => {
    it('says so and leaves no temporary folder', async () => {
      const before = await temporaryFolders();

      expect(await fetchElectron(root, { installer: await anInstaller('process.exit(1);') })).toBe(false);

      expect(await temporaryFolders()).toEqual(before);
    });
  });
});

describe('rememberFetchFailure', () => {
  it('is read back, and is null before the first failure', async () => {
    expect(await lastFetchFailure(root)).toBeNull();

    await rememberFetchFailure(root, 1_800_000_000_000);

    expect(await lastFetchFailure(root)).toBe(1_800_000_000_000);
  });
});

async function temporaryFolders(): Promise<string[]> {
  return (await readdir(tmpdir())).filter((name) => name.startsWith('gantry-electron-'));
}
