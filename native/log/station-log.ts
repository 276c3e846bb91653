import { existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import pino from 'pino';
import { MIB, toAppError, toIsoUtc, type Clock, type IdSource } from '#core/base/index.ts';
import { scrub } from './scrub.ts';

/** The structured log of a program. Every line is JSON with UTC time; secrets are replaced before anything is written. */
export interface StationLog {
  readonly path: string;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** Writes a failure with its causes; the returned id is what a person reads on the screen. A cancellation is none. */
  failure(error: unknown, what: string): string;
  close(): Promise<void>;
}

/** A full log file is turned over; this many old ones stay. */
const TURN_OVER_BYTES = 8 * MIB;
const OLD_FILES = 4;
/** Looking at the size costs a system call; a line is a few hundred bytes. */
const LINES_BETWEEN_LOOKS = 500;

/** Opens `<dir>/station.log`. Lines are written synchronously: the last one before a crash is the one that matters. */
export function openStationLog(options: { dir: string; clock: Clock; ids: IdSource; name?: string }): StationLog {
  mkdirSync(options.dir, { recursive: true });
  const path = join(options.dir, `${options.name ?? 'station'}.log`);
  turnOverIfFull(path);
  const destination = pino.destination({ dest: path, sync: true, mkdir: true, mode: 0o600 });
  // A full disk takes no more lines; without a listener it would take the station with it.
  destination.on('error', () => undefined);
  const logger = pino(
    {
      base: null,
      timestamp: () => `,"time":"${toIsoUtc(options.clock.now())}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
  let lines = 0;
  let isClosed = false;

  function write(level: 'info' | 'warn' | 'error', message: string, fields: Readonly<Record<string, unknown>>): void {
    // Work that a close overtook, such as a look at a slow drive, may still fail; that must not end the program.
    if (isClosed) return;
    lines += 1;
    if (lines % LINES_BETWEEN_LOOKS === 0 && turnOverIfFull(path)) destination.reopen(path);
    const clean = scrub({ ...fields, message }) as { message: string };
    const { message: text, ...rest } = clean;
    logger[level](rest, text);
  }

  return {
    path,
    info: (message, fields = {}) => {
      write('info', message, fields);
    },
    warn: (message, fields = {}) => {
      write('warn', message, fields);
    },
    failure: (error, what) => {
      const correlationId = options.ids.next();
      if (error instanceof Error && error.name === 'AbortError') return correlationId;
      const { code } = toAppError(error);
      // What a person asked for and could not have is no failure of the program.
      write(code === 'INTERNAL' ? 'error' : 'warn', what, { correlationId, code, error });
      return correlationId;
    },
    close: () => {
      isClosed = true;
      destination.end();
      return Promise.resolve();
    },
  };
}

function turnOverIfFull(path: string): boolean {
  if (!existsSync(path) || statSync(path).size < TURN_OVER_BYTES) return false;
  for (let age = OLD_FILES - 1; age >= 1; age -= 1) {
    if (existsSync(`${path}.${String(age)}`)) renameSync(`${path}.${String(age)}`, `${path}.${String(age + 1)}`);
  }
  renameSync(path, `${path}.1`);
  return true;
}
