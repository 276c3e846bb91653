import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { PROGRAM_ENV } from './program-env.ts';

/** A run takes about a second; one that takes this long does not end. */
const RUN_LIMIT_MS = 30_000;

/** The calls by which an import changes a file system. */
export const CHANGING_CALLS = [
  'write',
  'pwrite64',
  'fsync',
  'fdatasync',
  'rename',
  'renameat',
  'renameat2',
  'unlink',
  'unlinkat',
  'ftruncate',
] as const;

/** One call of a trace: what was called, on which file, and the how-manieth it is of this call on this file. */
export interface TracedCall {
  readonly call: string;
  readonly path: string;
  readonly nth: number;
  /** The how-manieth of this call, on any file, in its thread: strace counts so where no path can be named. */
  readonly nthOfThread: number;
}

/** What to do at the `nth` time that a call touches one of the paths (any path when none is given). */
export interface Injection {
  readonly call: string;
  readonly nth: number;
  readonly paths: readonly string[];
  /** In strace's words: `signal=KILL`, `error=EIO`. */
  readonly fault: string;
  /** Also at every later time. */
  readonly persistent?: boolean;
}

export interface TracedRun {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

export interface TraceOptions {
  readonly calls: readonly string[];
  readonly logPath: string;
  readonly injections?: readonly Injection[];
  readonly env?: NodeJS.ProcessEnv;
  /** Writes every buffer completely and in hexadecimal. */
  readonly wholeBuffers?: boolean;
}

/**
 * Runs a Node program under strace. libuv gets one thread: then each file's calls come from one thread, and `when=` counts, which are
 * per thread, name the same call in every run.
 */
export function runTraced(args: readonly string[], options: TraceOptions): Promise<TracedRun> {
  const { calls, logPath, injections = [] } = options;
  const paths = injections.flatMap((injection) => injection.paths.flatMap((path) => ['-P', path]));
  const faults = injections.flatMap(({ call, nth, fault, persistent }) => [
    '-e',
    `inject=${call}:${fault}:when=${String(nth)}${persistent === true ? '+' : ''}`,
  ]);
  const buffers = options.wholeBuffers === true ? ['-xx', '-s', '1048576'] : ['-s', '4096'];
  const strace = ['-f', '-y', ...buffers, '-o', logPath, '-e', `trace=${calls.join(',')}`, ...paths, ...faults];
  const child = spawn('strace', [...strace, process.execPath, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...PROGRAM_ENV, ...options.env, UV_THREADPOOL_SIZE: '1' },
  });
  const text = { out: '', err: '' };
  child.stdout.on('data', (bytes: Buffer) => (text.out += bytes.toString('utf8')));
  child.stderr.on('data', (bytes: Buffer) => (text.err += bytes.toString('utf8')));
  return new Promise((resolve, reject) => {
    // A fault that makes the program wait for ever is a finding too, and strace passes the signal on to what it traces.
    const hung = setTimeout(() => child.kill('SIGTERM'), RUN_LIMIT_MS);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(hung);
      resolve({ code, signal, ...text });
    });
  });
}

const LINE = /^(\d+)\s+(\w+)\((.*)$/;
const FILE = /^\d+<(\/[^>]*)>/;
const QUOTED = /"(\/(?:[^"\\]|\\.)*)"/g;

/** The calls of a trace that touch files below a folder, in order. A call that was cut in two by another thread counts where it begins. */
export async function tracedCalls(logPath: string, folder: string): Promise<TracedCall[]> {
  const seen = new Map<string, number>();
  const count = (key: string): number => {
    const nth = (seen.get(key) ?? 0) + 1;
    seen.set(key, nth);
    return nth;
  };
  return (await readFile(logPath, 'utf8')).split('\n').flatMap((line) => {
    const [, thread, call, rest] = LINE.exec(line) ?? [];
    if (thread === undefined || call === undefined || rest === undefined) return [];
    const nthOfThread = count(`${thread} ${call}`);
    const path = pathOf(rest);
    if (path?.startsWith(`${folder}/`) !== true) return [];
    return [{ call, path, nth: count(`${call} ${path}`), nthOfThread }];
  });
}

/** A fault at a call of the reference trace. Temp files have another name in every run, so there the thread's own count has to do. */
export function injectionFor({ call, path, nth, nthOfThread }: TracedCall, fault: string): Injection {
  return path.endsWith('.tmp') ? { call, nth: nthOfThread, paths: [], fault } : { call, nth, paths: [path], fault };
}

/** Of a rename, the new name: the old one may be a temp name. */
function pathOf(rest: string): string | undefined {
  const names = [...rest.matchAll(QUOTED)].map(([, name]) => name);
  return FILE.exec(rest)?.[1] ?? names.at(-1);
}
