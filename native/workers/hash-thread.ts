/** The body of a hash thread. It imports nothing but Node, so that it starts quickly. */
import { createHash, hash, type Hash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import type { FromHashThread, ToHashThread } from './hash-protocol.ts';

interface Followed {
  readonly fd: number | null;
  readonly hash: Hash;
  at: number;
  end: number;
  isAsked: boolean;
  failure: { readonly message: string; readonly code: string | null } | null;
}

/** Larger reads were not quicker (docs/evidence/benchmarks.md). */
const READ_BYTES = 1024 * 1024;
/** Between two turns other files and blocks get theirs. */
const READS_PER_TURN = 4;

const port = parentPort;
if (port === null) throw new Error('invariant: a hash thread has a parent');
const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
const files = new Map<number, Followed>();
let isTurnDue = false;

port.on('message', (message: ToHashThread) => {
  if (message.type === 'bytes') answer({ id: message.id, hex: hash('sha256', message.bytes, 'hex') });
  else if (message.type === 'follow') files.set(message.id, follow(message.path));
  else if (message.type === 'close') drop(message.id);
  else turnTo(message);
});

function turnTo(message: Extract<ToHashThread, { type: 'extend' | 'finish' }>): void {
  const file = files.get(message.id);
  if (file !== undefined) {
    if (message.type === 'extend') file.end = Math.max(file.end, message.end);
    else file.isAsked = true;
    askForTurn();
  } else if (message.type === 'finish')
    // Its thread died and another one took over; whoever waits must not wait for ever.
    answer({ id: message.id, failure: 'the file is not followed any more', code: null });
}

function answer(message: FromHashThread): void {
  port?.postMessage(message);
}

function askForTurn(): void {
  if (isTurnDue) return;
  isTurnDue = true;
  setImmediate(takeTurn);
}

function takeTurn(): void {
  isTurnDue = false;
  for (const [id, file] of files) {
    readOn(file);
    if (file.failure === null && file.at < file.end) askForTurn();
    else if (file.isAsked) end(id, file);
  }
}

function readOn(file: Followed): void {
  try {
    for (let reads = 0; reads < READS_PER_TURN && file.fd !== null && file.at < file.end; reads += 1) {
      const bytes = readSync(file.fd, buffer, 0, Math.min(READ_BYTES, file.end - file.at), file.at);
      if (bytes === 0) throw new Error(`the file ends at byte ${String(file.at)}, not at ${String(file.end)}`);
      file.hash.update(buffer.subarray(0, bytes));
      file.at += bytes;
    }
  } catch (error) {
    file.failure = failureOf(error);
  }
}

function end(id: number, file: Followed): void {
  drop(id);
  if (file.failure === null) answer({ id, hex: file.hash.digest('hex') });
  else answer({ id, failure: file.failure.message, code: file.failure.code });
}

function follow(path: string): Followed {
  const file = { hash: createHash('sha256'), at: 0, end: 0, isAsked: false };
  try {
    return { ...file, fd: openSync(path, 'r'), failure: null };
  } catch (error) {
    return { ...file, fd: null, failure: failureOf(error) };
  }
}

function drop(id: number): void {
  const file = files.get(id);
  files.delete(id);
  if (file !== undefined && file.fd !== null) closeSync(file.fd);
}

function failureOf(error: unknown): NonNullable<Followed['failure']> {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
  return { message: error instanceof Error ? error.message : String(error), code };
}
