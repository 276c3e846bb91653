import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TufSimulator } from '../support/tuf-simulator.ts';
import { IS_FULL, recordFaults } from './fault-results.ts';
import { gantry, giveFreePorts } from '../integration/cli/gantry.ts';

const STRACE = spawnSync('strace', ['-V']).status === 0;
const CLI = resolve('cli/main.ts');

async function writeMedium(sim: TufSimulator, dir: string): Promise<string> {
  const all: [string, Uint8Array][] = [
    ...[...sim.files].map(([name, bytes]): [string, Uint8Array] => [join('metadata', name), bytes]),
    ...[...sim.targetFiles].map(([name, bytes]): [string, Uint8Array] => [join('targets', name), bytes]),
  ];
  for (const [name, bytes] of all) {
    const path = join(dir, 'gantry', 'trust', name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  }
  return dir;
}

/** Whose flushes are counted: those of the database, or those of the files beside it (one pool thread does them all). */
type Counted = 'database' | 'files';

/** Runs the update and kills the process as it asks for its `count`-th flush; true when the process ended by itself before. */
function updateKilledAt(count: number, counted: Counted, { site, medium }: { site: string; medium: string }): boolean {
  const when = `inject=fsync,fdatasync:signal=KILL:when=${String(count)}`;
  const paths = counted === 'database' ? ['-P', join(site, 'station.db'), '-P', join(site, 'station.db-wal')] : [];
  const args = ['-f', '-o', '/dev/null', ...paths, '-e', 'trace=fsync,fdatasync', '-e', when];
  const ran = spawnSync(
    'strace',
    [...args, process.execPath, CLI, 'trust', 'update', medium, '--site', site, '--json'],
    {
      encoding: 'utf8',
      env: { ...process.env, UV_THREADPOOL_SIZE: '1' },
    },
  );
  return ran.status === 0;
}

/** The sample takes every so-manieth flush. */
const SAMPLE_STEP = 9;

/** Kills at the first, second, third … flush until the update outlives them; after each, the site is made whole by the same medium. */
async function killAtEach(
  counted: Counted,
  { work, first, second }: { work: string; first: string; second: string },
): Promise<number> {
  let killed = 0;
  for (let count = 1; count <= 60; count += IS_FULL ? 1 : SAMPLE_STEP) {
    const site = join(work, `site-${counted}-${String(count)}`);
    await cp(join(work, 'site'), site, { recursive: true });
    const endedByItself = updateKilledAt(count, counted, { site, medium: second });
    expect((await gantry('trust', 'update', second, '--site', site)).status).toBe(0);
    const older = await gantry('trust', 'update', first, '--site', site, '--json');
    expect(older.json()['error']).toMatchObject({ code: 'TUF_ROLLED_BACK' });
    await rm(site, { recursive: true });
    if (endedByItself) return killed;
    killed += 1;
  }
  throw new Error('sixty flushes and no end');
}

describe.skipIf(!STRACE)('an update of trust that is killed', () => {
  it('at each flush of it ends with the state before or after, and never takes an older medium afterwards', async () => {
    const work = await mkdtemp(join(tmpdir(), 'gantry-kill-'));
    const at = (...parts: string[]): string => join(work, ...parts);
    try {
      const sim = new TufSimulator();
      const first = await writeMedium(sim, at('first'));
      sim.addTarget('trusted_root.json', Buffer.from('{"mediaType":"x"}'));
      sim.publish();
      const second = await writeMedium(sim, at('second'));
      expect((await gantry('init', '--site', at('site'), '--name', 'Plant')).status).toBe(0);
      await giveFreePorts(at('site'));
      const shown = (await gantry('trust', 'init-root', first, '--site', at('site'), '--json')).json();
      const { fingerprint } = shown['root'] as { fingerprint: string };
      await gantry('trust', 'init-root', first, '--site', at('site'), '--fingerprint', fingerprint);
      expect((await gantry('trust', 'update', first, '--site', at('site'))).status).toBe(0);

      const killed =
        (await killAtEach('database', { work, first, second })) + (await killAtEach('files', { work, first, second }));
      console.log(`killed at ${String(killed)} flushes, each repaired by the same medium, none took the older one`);
      recordFaults('trust-update', {
        target: 'S4, D5',
        what: 'update of trust from a medium killed at each flush; then the same medium again, then an older one',
        count: killed,
        asked: killed,
        failures: 0,
        seed: null,
        detail: 'each was made whole by the same medium, none took the older one (TUF_ROLLED_BACK)',
      });
      expect(killed).toBeGreaterThan(1);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }, 400_000);
});
