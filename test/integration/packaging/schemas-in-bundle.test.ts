import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build, loadConfigFromFile } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');
const run = promisify(execFile);
const VALID = { bomFormat: 'CycloneDX', specVersion: '1.6', version: 1, components: [{ type: 'file', name: 'a' }] };
const INVALID = { ...VALID, version: 'one' };
let folder: string;

/** Builds the adapter the way the station's process is built, into a folder that has no node_modules above it. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gantry-built-sbom-'));
  const env = { command: 'build', mode: 'processes' } as const;
  const config = (await loadConfigFromFile(env, join(ROOT, 'vite.electron.config.ts')))?.config;
  const { build: settings, ...rest } = config ?? {};
  await build({
    ...rest,
    configFile: false,
    root: ROOT,
    logLevel: 'error',
    build: {
      ...settings,
      outDir: folder,
      emptyOutDir: false,
      rolldownOptions: { ...settings?.rolldownOptions, input: { sbom: 'native/sbom/index.ts' } },
    },
  });
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a built program without node_modules', () => {
  it('holds parts lists to the schemas that it carries', async () => {
    const script = `
      const exported = Object.values(await import('./sbom.js'));
      const schema = await exported[0]();
      const versions = ['1.5', '1.6', '1.7'];
      const problems = (list) => versions.map((specVersion) => schema.problemOf({ ...list, specVersion }));
      process.stdout.write(JSON.stringify([problems(${JSON.stringify(VALID)}), problems(${JSON.stringify(INVALID)})]));`;

    const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '-e', script], { cwd: folder });

    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual([
      [null, null, null],
      ['1.5', '1.6', '1.7'].map(
        (version) => expect.stringContaining(`CycloneDX ${version} schema: /version`) as string,
      ),
    ]);
  });

  it('names no file of the library', async () => {
    const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.js'));
    const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));

    expect(texts.join('\n')).not.toMatch(/res\/schema|cyclonedx-library\/package\.json/);
  });
});
