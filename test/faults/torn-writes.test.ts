/** S11, D10: of one write, only a piece reaches the disk, and then the power goes. */
import { closeSync, fstatSync, openSync, writeSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { acknowledgedBy } from './acknowledged-by.ts';
import { dice } from './dice.ts';
import { recordFaults, rounds, seedAfterEarlier, timeBox } from './fault-results.ts';
import { makeFaultSite, type FaultSite } from './fault-site.ts';
import { describeWith } from './needs.ts';
import { recover } from './recovery.ts';
import { spread } from './spread.ts';
import { injectionFor, runTraced, tracedCalls, type TracedCall } from './strace.ts';

const PROGRAM = fileURLToPath(new URL('./import-program.ts', import.meta.url));
const WRITES = ['write', 'pwrite64'];
const ASKED = 50;
const ROUNDS = rounds(ASKED, 1);
const SEED = 20_261_125;

describeWith(
  `an import of which ${String(ROUNDS)} writes are torn (seed ${String(SEED)})`,
  [{ program: 'strace' }],
  () => {
    let site: FaultSite;
    beforeAll(async () => {
      site = await makeFaultSite();
    });
    afterAll(() => site.remove());

    it(
      'holds every promise after each',
      async () => {
        const roll = dice(seedAfterEarlier('torn-writes', SEED));
        const isOver = timeBox();
        const failures: string[] = [];
        const torn = new Map<string, number>();
        let done = 0;
        for (const point of spread(await referenceWrites(site))) {
          if (done >= ROUNDS || isOver()) break;
          const found = await tearAt(site, point, roll);
          if (found === undefined) continue;
          done += 1;
          torn.set(found.file, (torn.get(found.file) ?? 0) + 1);
          failures.push(
            ...found.breaches.map((breach) => `${point.call} ${String(point.nth)} of ${point.path}: ${breach}`),
          );
          const result = {
            target: 'S11, D10',
            what: "write to the station's site of which a random beginning or end reaches the disk, then a kill",
            count: done,
            asked: ASKED,
            failures: failures.length,
            seed: seedAfterEarlier('torn-writes', SEED),
            detail: [...torn].map(([file, count]) => `${String(count)} x ${file}`).join(', '),
          };
          recordFaults('torn-writes', result, failures);
        }
        expect(failures).toEqual([]);
        expect(done).toBeGreaterThan(0);
      },
      ASKED * 60_000,
    );
  },
);

async function referenceWrites(site: FaultSite): Promise<TracedCall[]> {
  const siteDir = join(site.work, 'round');
  const logPath = join(site.work, 'reference.log');
  for (let run = 0; run < 2; run += 1) {
    // Twice: the first run keeps compiled code, and its writes would be counted.
    await rm(siteDir, { recursive: true, force: true });
    await site.copyTo(siteDir);
    await runTraced([PROGRAM, siteDir, site.stick], { calls: WRITES, logPath });
  }
  // A log line that is torn loses nothing but itself.
  return (await tracedCalls(logPath, siteDir)).filter(({ path }) => !path.includes('/logs/'));
}

/** Kills at the write and then does a piece of it; undefined when the write was not reached, or is too small to be torn. */
async function tearAt(site: FaultSite, point: TracedCall, roll: (below: number) => number) {
  const siteDir = join(site.work, 'round');
  await rm(siteDir, { recursive: true, force: true });
  await site.copyTo(siteDir);
  const logPath = join(site.work, 'torn.log');
  const ran = await runTraced([PROGRAM, siteDir, site.stick], {
    calls: WRITES,
    logPath,
    injections: [injectionFor(point, 'signal=KILL')],
    wholeBuffers: true,
  });
  if (ran.signal !== 'SIGKILL' && ran.code !== 137) return undefined;
  const write = lastWrite(await readFile(logPath, 'utf8'), siteDir);
  if (write === undefined || write.bytes.length < 2) return undefined;
  const cut = 1 + roll(write.bytes.length - 1);
  const isBeginning = roll(2) === 0;
  const file = openSync(write.path, 'r+');
  // A write without a place of its own goes to the end.
  const at = write.offset ?? fstatSync(file).size;
  if (isBeginning) writeSync(file, write.bytes, 0, cut, at);
  else writeSync(file, write.bytes, cut, write.bytes.length - cut, at + cut);
  closeSync(file);
  const { breaches } = await recover(site, siteDir, acknowledgedBy(ran.out));
  return { breaches, file: kindOf(write.path.slice(siteDir.length + 1)) };
}

const LAST = /^\d+\s+(?:write|pwrite64)\(\d+<([^>]*)>, "((?:\\x[0-9a-f]{2})*)", \d+(?:, (\d+))?/;

function lastWrite(
  log: string,
  siteDir: string,
): { path: string; bytes: Uint8Array; offset: number | null } | undefined {
  for (const line of log.split('\n').reverse()) {
    const [, name = '', text = '', offset] = LAST.exec(line) ?? [];
    const path = fromHex(name).toString('utf8');
    if (path.startsWith(`${siteDir}/`))
      return { path, bytes: fromHex(text), offset: offset === undefined ? null : Number(offset) };
  }
  return undefined;
}

/** Under -xx, strace writes names of files so too; a name without escapes is itself. */
function fromHex(text: string): Buffer {
  return text.startsWith('\\x') ? Buffer.from(text.replaceAll('\\x', ''), 'hex') : Buffer.from(text);
}

function kindOf(path: string): string {
  if (path.startsWith('store/partial/'))
    return path.includes('.ranges.json') ? 'journal of ranges' : 'content that arrives';
  if (path.startsWith('store/')) return 'blob of the station';
  return path.endsWith('.tmp') ? 'temp file' : path;
}
