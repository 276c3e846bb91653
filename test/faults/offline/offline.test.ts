/** S3, D3: the acceptance path in a network namespace that has only loopback, with every connection attempt traced. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { aPolicy } from '#test/support/trust.ts';
import { IS_FULL, recordFaults } from '../fault-results.ts';
import { makeFaultSite, type FaultSite } from '../fault-site.ts';
import { describeWith } from '../needs.ts';
import { foreignCalls } from './foreign-addresses.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const GANTRY = join(ROOT, 'cli', 'bin.mjs');
const CALLS = 'connect,sendto,sendmsg,sendmmsg';

interface Step {
  readonly name: string;
  readonly args: readonly string[];
  readonly exit: number;
}

describeWith('the acceptance path without a network', ['root', { program: 'strace' }, { program: 'unshare' }], () => {
  let site: FaultSite;
  beforeAll(async () => {
    site = await makeFaultSite();
    await site.copyTo(join(site.work, 'site'));
    mkdirSync(join(site.work, 'keys'));
    await writeFile(join(site.work, 'keys', 'plant.pub.pem'), site.publicKeyPem);
    await writeFile(join(site.work, 'named.json'), JSON.stringify(aPolicy()));
    await writeFile(join(site.work, 'empty.json'), JSON.stringify(aPolicy({ builders: [], sources: [] })));
    await cp(site.layout, join(site.work, 'tampered'), { recursive: true });
    const [blob = ''] = site.blobs;
    await writeFile(join(site.work, 'tampered', 'blobs', 'sha256', blob), 'not what the name says');
  });
  afterAll(() => site.remove());

  it('finds an attempt that is planted', async () => {
    const program = "require('net').connect(443, '192.0.2.1').on('error', () => 0)";

    const { trace } = await runOffline(join(site.work, 'planted'), [process.execPath, '-e', program]);

    expect(foreignCalls(trace).foreign).toMatchObject([{ call: 'connect' }]);
  });

  it('ends each step as with a network, and attempts no connection outside loopback', async () => {
    const failures: string[] = [];
    let addressed = 0;
    const steps = stepsOf(site);
    for (const { name, args, exit } of steps) {
      const { status, output, trace } = await runOffline(join(site.work, 'trace'), [process.execPath, GANTRY, ...args]);
      if (status !== exit) failures.push(`${name} ended with ${String(status)}: ${output.slice(-500)}`);
      const found = foreignCalls(trace);
      addressed += found.addressed;
      failures.push(...found.foreign.map((call) => `${name}: ${JSON.stringify(call)}`));
    }
    recordFaults('offline', {
      target: 'S3, D3',
      what: `acceptance path under unshare -n and strace: ${steps.map(({ name }) => name).join(', ')}`,
      count: steps.length,
      asked: steps.length,
      failures: failures.length,
      seed: null,
      detail: `${String(addressed)} calls with an address, all loopback or local; a planted attempt was found`,
    });
    if (IS_FULL) keep({ steps: steps.length, addressed, failures });
    expect(failures).toEqual([]);
  }, 600_000);
});

function stepsOf({ work, layout, stick }: FaultSite): Step[] {
  const policy = (name: string): string[] => ['--policy', join(work, name), '--trust', join(work, 'keys'), '--json'];
  const import_ = ['import', stick, '--site', join(work, 'site'), '--accept', '--reason', 'offline', '--json'];
  const demo = {
    name: 'demo',
    args: ['demo', '--headless', '--keep', join(work, 'demo'), '--source', 'generated', '--json'],
    exit: 0,
  };
  return [
    { name: 'verify (accepted)', args: ['verify', layout, ...policy('named.json')], exit: 0 },
    { name: 'verify (nobody named)', args: ['verify', layout, ...policy('empty.json')], exit: 3 },
    { name: 'verify (tampered)', args: ['verify', join(work, 'tampered'), ...policy('named.json')], exit: 3 },
    { name: 'media check', args: ['media', 'check', stick, '--json'], exit: 0 },
    { name: 'import', args: import_, exit: 0 },
    { name: 'trust show', args: ['trust', 'show', '--site', join(work, 'site'), '--json'], exit: 0 },
    ...(IS_FULL ? [demo] : []),
  ];
}

/** Runs a program where there is no network but loopback, and gives back what it tried to reach. */
async function runOffline(logPath: string, command: readonly string[]) {
  const script = 'ip link set lo up 2>/dev/null || ifconfig lo up; exec "$@"';
  const traced = ['strace', '-f', '-o', logPath, '-e', `trace=${CALLS}`, ...command];
  const { status, stdout, stderr } = spawnSync('unshare', ['-n', 'sh', '-c', script, 'sh', ...traced], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { status, output: stdout + stderr, trace: await readFile(logPath, 'utf8') };
}

function keep(result: object): void {
  mkdirSync(join(ROOT, 'test-results'), { recursive: true });
  writeFileSync(join(ROOT, 'test-results', 'offline.json'), `${JSON.stringify(result, null, 2)}\n`);
}
