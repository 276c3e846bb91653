import { open, type FileHandle } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { KIB } from '#core/base/index.ts';

/** Two blocks alternate: one is read from disk while the other is on its way to the socket. */
const BLOCK_BYTES = 512 * KIB;
/** Block pairs kept for the next pull; a fresh allocation costs a page fault for every 4 KiB. */
const POOLED_PAIRS = 16;

type BlockPair = readonly [Buffer, Buffer];
const pool: BlockPair[] = [];

/**
 * Sends `[start, end)` of a file as the body. Resolves when the last byte left, or when the client went away:
 * a disconnect is the client's right and never an error here. A file that is shorter than stated ends the connection,
 * so that the client sees a broken transfer and not a short blob.
 */
export async function streamFile(
  response: ServerResponse,
  path: string,
  range: { start: number; end: number },
): Promise<void> {
  const file = await open(path, 'r');
  const blocks = pool.pop() ?? [Buffer.allocUnsafeSlow(BLOCK_BYTES), Buffer.allocUnsafeSlow(BLOCK_BYTES)];
  const left = new AbortController();
  const onClose = (): void => {
    left.abort();
  };
  response.once('close', onClose);
  try {
    const isComplete = await pump(file, response, { ...range, blocks, gone: left.signal });
    if (!isComplete) {
      response.destroy();
      return;
    }
    response.end();
    // Only now no write refers to the blocks any more.
    if (pool.length < POOLED_PAIRS) pool.push(blocks);
  } finally {
    response.off('close', onClose);
    await file.close();
  }
}

async function pump(
  file: FileHandle,
  response: ServerResponse,
  job: { start: number; end: number; blocks: BlockPair; gone: AbortSignal },
): Promise<boolean> {
  let position = job.start;
  let sent = Promise.resolve(true);
  for (let turn = 0; position < job.end; turn += 1) {
    const block = job.blocks[turn % 2 === 0 ? 0 : 1];
    const { bytesRead } = await file.read(block, 0, Math.min(block.length, job.end - position), position);
    if (!(await sent) || bytesRead === 0) return false;
    position += bytesRead;
    sent = write(response, block.subarray(0, bytesRead), job.gone);
  }
  return await sent;
}

/** True when the socket took the bytes, false when the client is gone. */
function write(response: ServerResponse, bytes: Uint8Array, gone: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (isSent: boolean): void => {
      gone.removeEventListener('abort', onGone);
      resolve(isSent);
    };
    const onGone = (): void => {
      settle(false);
    };
    if (gone.aborted) {
      resolve(false);
      return;
    }
    gone.addEventListener('abort', onGone);
    response.write(bytes, (error) => {
      settle(error === null || error === undefined);
    });
  });
}
