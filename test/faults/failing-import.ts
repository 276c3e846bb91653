import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { errorEntry, isErrorCode } from '#contracts/errors/index.ts';
import type { FaultSite } from './fault-site.ts';
import { recover } from './recovery.ts';
import { injectionFor, runTraced, tracedCalls, type TracedCall } from './strace.ts';

const PROGRAM = fileURLToPath(new URL('./wizard-program.ts', import.meta.url));

/** What `wizard-program.ts` tells. */
const Told = z.object({
  from: z.enum(['import', 'call', 'start']),
  state: z.string(),
  jobId: z.string().nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  visible: z.number(),
});
type Told = z.infer<typeof Told>;

/** Each of these calls that a quiet import makes below a folder, as it is counted when a fault is put there. */
export async function callsOfQuietImport(
  site: FaultSite,
  calls: readonly string[],
  folder: (siteDir: string) => string,
): Promise<TracedCall[]> {
  const siteDir = join(site.work, 'round');
  const logPath = join(site.work, 'quiet.log');
  await site.copyTo(siteDir);
  const ran = await runTraced([PROGRAM, siteDir, site.stick], { calls, logPath });
  const told = parseTold(ran.out);
  if (told?.state !== 'accepted')
    throw new Error(`the quiet import ended with ${String(ran.code)}: ${ran.err}${ran.out}`);
  return tracedCalls(logPath, folder(siteDir));
}

/** One try: what went against the promises, and how the import ended. */
export interface FailedImport {
  readonly breaches: readonly string[];
  readonly ended: string;
}

interface Fault {
  readonly point: TracedCall;
  readonly error: string;
  readonly calls: readonly string[];
}

/**
 * Lets one call of an import fail and judges what the wizard shows: a code of the catalogue and never INTERNAL, a message that names a
 * file and the cause, what is unchanged (and nothing partial visible), what to do next, and an entry in the log. Then the fault is over,
 * and a retry must end with equal digests.
 */
export async function importWithError(site: FaultSite, siteDir: string, fault: Fault): Promise<FailedImport> {
  const { point, error, calls } = fault;
  const ran = await runTraced([PROGRAM, siteDir, site.stick], {
    calls,
    logPath: join(site.work, 'failing.log'),
    injections: [injectionFor(point, `error=${error}`)],
  });
  const told = parseTold(ran.out);
  const ended = told === undefined ? `ended with ${String(ran.code)}` : endingOf(told);
  const breaches =
    told === undefined
      ? [`the wizard shows nothing: ${ran.out.slice(0, 200)} ${ran.err.slice(-300)}`]
      : [...shownAmiss(told, { error, names: [siteDir, site.stick] }), ...(await missingInLog(told, siteDir, fault))];
  const recovery = await recover(site, siteDir, []);
  const where = `${error} at ${point.call} ${String(point.nth)} of ${point.path} (${ended})`;
  return { ended, breaches: [...breaches, ...recovery.breaches].map((breach) => `${where}: ${breach}`) };
}

function endingOf({ from, state, error }: Told): string {
  return error === null ? state : `${from === 'import' ? state : `${from} refused`} ${error.code}`;
}

function shownAmiss(told: Told, expected: { error: string; names: readonly string[] }): string[] {
  const { state, error, visible } = told;
  // The fault was at a place that does not matter to the outcome, or was overcome.
  if (state === 'accepted') return visible === 1 ? [] : [`accepted, and ${String(visible)} bundles are visible`];
  const breaches = visible === 0 ? [] : [`${state}, and ${String(visible)} bundles are visible`];
  if (error === null) return [...breaches, `${state} without a cause`];
  const { code, message } = error;
  if (code === 'INTERNAL' || !isErrorCode(code)) return [...breaches, `code ${code}: ${message}`];
  const { what, unchanged, next } = errorEntry(code);
  if ([what, unchanged, next].some((sentence) => sentence === '')) breaches.push(`${code} lacks a sentence`);
  if (
    !expected.names.some((name) => message.includes(name)) &&
    !/part-|media-set|parts\/|is not connected/.test(message)
  )
    breaches.push(`names no file: ${message}`);
  if (!message.includes(expected.error) && !KNOWN_CAUSES.test(message)) breaches.push(`names no cause: ${message}`);
  return breaches;
}

/** Words for a cause that is not an error code of the operating system. */
const KNOWN_CAUSES =
  /ENOENT|no room|SQLITE_|damaged|cannot be read|is not on|not here|vanished|is not connected|not there/;

/** A job that failed must be found in the log by its id and its code. A call of the page is logged by the connection, a start by the shell. */
async function missingInLog({ from, jobId, state, error }: Told, siteDir: string, { point }: Fault): Promise<string[]> {
  if (from !== 'import' || state !== 'failed' || error === null || point.path.includes('/logs')) return [];
  const log = await readFile(join(siteDir, 'logs', 'station.log'), 'utf8').catch(() => '');
  const isThere = log.split('\n').some((line) => line.includes(jobId ?? 'no job') && line.includes(error.code));
  return isThere ? [] : [`${error.code} of job ${String(jobId)} is not in the log`];
}

function parseTold(output: string): Told | undefined {
  try {
    return Told.parse(JSON.parse(output));
  } catch {
    return undefined;
  }
}

/** Counts of how the tries ended, the most frequent first: `210 x failed DISK_FAILED`. */
export function tally(endings: readonly string[]): string {
  const counts = Map.groupBy(endings, (ending) => ending);
  return [...counts]
    .map(([ending, all]) => [ending, all.length] as const)
    .sort(([, a], [, b]) => b - a)
    .map(([ending, count]) => `${String(count)} x ${ending}`)
    .join(', ');
}
