import { join } from 'node:path';
import { z } from 'zod';
import { isErrorCode } from '#contracts/errors/index.ts';
import type { FaultSite } from './fault-site.ts';
import { recover } from './recovery.ts';
import { injectionFor, runTraced, tracedCalls, type TracedCall } from './strace.ts';

const GANTRY = join(import.meta.dirname, '..', '..', 'cli', 'bin.mjs');

/** What `gantry import --json` prints: the import, or the error that ended it before there was one. */
const Answer = z.object({
  state: z.string().optional(),
  missingParts: z.array(z.string()).optional(),
  error: z.object({ code: z.string(), message: z.string() }).nullish(),
});

const importArgs = (site: FaultSite, siteDir: string): string[] => [
  GANTRY,
  'import',
  site.stick,
  '--site',
  siteDir,
  '--accept',
  '--reason',
  'fault test',
  '--json',
];

/** Each of these calls that a quiet `gantry import` makes below a folder, as it is counted when a fault is put there. */
export async function callsOfQuietImport(
  site: FaultSite,
  calls: readonly string[],
  folder: (siteDir: string) => string,
): Promise<TracedCall[]> {
  const siteDir = join(site.work, 'round');
  await site.copyTo(siteDir);
  const logPath = join(site.work, 'quiet.log');
  const ran = await runTraced(importArgs(site, siteDir), { calls, logPath });
  if (ran.code !== 0) throw new Error(`the quiet import ended with ${String(ran.code)}: ${ran.err}`);
  return tracedCalls(logPath, folder(siteDir));
}

/** One try: what went against the promises, and how the program ended. */
export interface FailedImport {
  readonly breaches: readonly string[];
  readonly ended: string;
}

/**
 * Lets one call of the real `gantry import` fail and judges the answer: never INTERNAL, never exit code 1, a code of the catalogue and a
 * message that names a file and the cause. Then the fault is over, and a retry must end with equal digests.
 */
export async function importWithError(
  site: FaultSite,
  siteDir: string,
  fault: { point: TracedCall; error: string; calls: readonly string[] },
): Promise<FailedImport> {
  const { point, error, calls } = fault;
  const ran = await runTraced(importArgs(site, siteDir), {
    calls,
    logPath: join(site.work, 'failing.log'),
    injections: [injectionFor(point, `error=${error}`)],
  });
  const { breaches, ended } = judgeAnswer(ran.code, ran.out, { error, names: [siteDir, site.stick] });
  const recovery = await recover(site, siteDir, []);
  const where = `${error} at ${point.call} ${String(point.nth)} of ${point.path} (${ended})`;
  return { ended, breaches: [...breaches, ...recovery.breaches].map((breach) => `${where}: ${breach}`) };
}

function judgeAnswer(
  code: number | null,
  output: string,
  expected: { error: string; names: readonly string[] },
): { breaches: string[]; ended: string } {
  const answer = parseAnswer(output);
  if (answer === undefined) return { ended: `exit ${String(code)}`, breaches: [`no JSON: ${output.slice(0, 300)}`] };
  const { error } = answer;
  const ended = `exit ${String(code)} ${error?.code ?? answer.state ?? ''}`.trim();
  // The fault was at a place that does not matter to the outcome, or was overcome.
  if (code === 0)
    return { ended, breaches: answer.state === 'accepted' ? [] : [`exit 0 and ${answer.state ?? 'no state'}`] };
  if (error == null) return { ended, breaches: ['no error is told'] };
  const breaches: string[] = [];
  if (code === 1 || code === null) breaches.push('exit code 1 is for bugs');
  if (error.code === 'INTERNAL' || !isErrorCode(error.code)) breaches.push(`code ${error.code}: ${error.message}`);
  if (
    !expected.names.some((name) => error.message.includes(name)) &&
    !/part-|media-set|parts\/|is not connected/.test(error.message)
  )
    breaches.push(`names no file: ${error.message}`);
  if (
    !error.message.includes(expected.error) &&
    !/ENOENT|no room|SQLITE_|damaged|cannot be read|is not on|not here|vanished|is not connected/.test(error.message)
  )
    breaches.push(`names no cause: ${error.message}`);
  return { breaches, ended };
}

function parseAnswer(output: string): z.infer<typeof Answer> | undefined {
  try {
    return Answer.parse(JSON.parse(output));
  } catch {
    return undefined;
  }
}

/** Counts of how the tries ended, the most frequent first: `210 x exit 4 DISK_FAILED`. */
export function tally(endings: readonly string[]): string {
  const counts = Map.groupBy(endings, (ending) => ending);
  return [...counts]
    .map(([ending, all]) => [ending, all.length] as const)
    .sort(([, a], [, b]) => b - a)
    .map(([ending, count]) => `${String(count)} x ${ending}`)
    .join(', ');
}
