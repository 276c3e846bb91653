import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
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

/**
 * Whose flushes are counted. The second store writes first, on the one pool thread: there the count of the process is its count. The
 * database (with its folder, into which it puts the log of writes) and the log file are counted by their paths.
 */
type Counted = 'floors' | 'database' | 'log';
const COUNTED: readonly Counted[] = ['floors', 'database', 'log'];
const PATHS: Readonly<Record<Counted, readonly string[]>> = {
  floors: [],
  database: ['station.db', 'station.db-wal', ''],
  log: ['logs/station.log'],
};

/** Every flush of an update that nobody kills, by whose it is. */
function flushesOf({ site, medium, trace }: { site: string; medium: string; trace: string }): Record<Counted, number> {
  const args = ['-f', '-y', '-o', trace, '-e', 'trace=fsync,fdatasync'];
  spawnSync('strace', [...args, process.execPath, CLI, 'trust', 'update', medium, '--site', site, '--json'], {
    env: { ...process.env, UV_THREADPOOL_SIZE: '1' },
  });
  const paths = [...readFileSync(trace, 'utf8').matchAll(/f(?:data)?sync\(\d+<([^>]*)>/g)].map(
    ([, path]) => path ?? '',
  );
  const found = { floors: 0, database: 0, log: 0 };
  for (const path of paths) {
    const inSite = path.slice(site.length + 1);
    if (inSite.startsWith('trust')) found.floors += 1;
    else if (inSite.startsWith('logs')) found.log += 1;
    else found.database += 1;
  }
  return found;
}

/** Runs the update and kills the process as it asks for its `count`-th flush; true when the process ended by itself before. */
function updateKilledAt(count: number, counted: Counted, { site, medium }: { site: string; medium: string }): boolean {
  const when = `inject=fsync,fdatasync:signal=KILL:when=${String(count)}`;
  const paths = PATHS[counted].flatMap((path) => ['-P', path === '' ? site : join(site, path)]);
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

/** Kills at each flush of this kind; after each, the site is made whole by the same medium. */
async function killAtEach(
  counted: Counted,
  count: number,
  { work, first, second }: { work: string; first: string; second: string },
): Promise<number> {
  let killed = 0;
  for (let at = 1; at <= count; at += IS_FULL ? 1 : SAMPLE_STEP) {
    const site = join(work, `site-${counted}-${String(at)}`);
    await cp(join(work, 'site'), site, { recursive: true });
    expect(updateKilledAt(at, counted, { site, medium: second }), `flush ${String(at)} of ${counted}`).toBe(false);
    expect((await gantry('trust', 'update', second, '--site', site)).status).toBe(0);
    const older = await gantry('trust', 'update', first, '--site', site, '--json');
    expect(older.json()['error']).toMatchObject({ code: 'TUF_ROLLED_BACK' });
    await rm(site, { recursive: true });
    killed += 1;
  }
  return killed;
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

      await cp(at('site'), at('listed'), { recursive: true });
      const flushes = flushesOf({ site: at('listed'), medium: second, trace: at('trace') });
      expect(flushes).toMatchObject({ floors: 3 });
      let killed = 0;
      for (const counted of COUNTED) killed += await killAtEach(counted, flushes[counted], { work, first, second });
      const all = COUNTED.map((counted) => `${String(flushes[counted])} of ${counted}`).join(', ');
      console.log(
        `killed at ${String(killed)} flushes of ${all}, each repaired by the same medium, none took the older one`,
      );
      recordFaults('trust-update', {
        target: 'S4, D5',
        what: 'update of trust from a medium killed at each flush; then the same medium again, then an older one',
        count: killed,
        asked: flushes.floors + flushes.database + flushes.log,
        failures: 0,
        seed: null,
        detail: `${all}; each was made whole by the same medium, none took the older one (TUF_ROLLED_BACK)`,
      });
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }, 400_000);
});
