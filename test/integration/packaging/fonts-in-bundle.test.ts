import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build, loadConfigFromFile } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Verdict } from '#contracts/verdict.ts';
import { renderReport } from '#native/pdf/index.ts';

const ROOT = join(import.meta.dirname, '../../..');
const run = promisify(execFile);
const VERDICT: Verdict = {
  verdict: 'accepted',
  digest: `sha256:${'0'.repeat(64)}`,
  model: 'line4/solder',
  version: '1.2.0',
  channel: 'production',
  signer: { kind: 'identity', id: 'a', name: 'Ομάδα Отдел Łódź Nguyễn', issuer: 'b' },
  facts: [],
  findings: [],
  policyVersion: 1,
  checkedAt: 0,
};
let folder: string;

/** Builds the adapter the way the station's process is built, into a folder that has no node_modules above it. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gantry-built-pdf-'));
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
      rolldownOptions: { ...settings?.rolldownOptions, input: { pdf: 'native/pdf/index.ts' } },
    },
  });
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a built program without node_modules', () => {
  it('prints a report in every script that the checkout prints', async () => {
    const report = { verdict: VERDICT, context: null };
    const script = `
      const exported = Object.values(await import('./pdf.js'));
      const bytes = await exported[0](${JSON.stringify(report)}, 'pdf');
      process.stdout.write(Buffer.from(bytes).toString('base64'));`;

    const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '-e', script], {
      cwd: folder,
      maxBuffer: 16_000_000,
    });

    expect(stderr).toBe('');
    expect(stdout).toBe(Buffer.from(await renderReport(report, 'pdf')).toString('base64'));
  });
});
