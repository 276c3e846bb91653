import type { IncomingMessage } from 'node:http';
import { AppError } from '#core/base/index.ts';

/** Widest element of a tensor. */
const ALIGNMENT = 8;

/**
 * Reads a body whose length is announced straight into place: the binary tensors behind the JSON start on an element boundary, so that
 * nothing is copied again before the model sees it. Untrusted: announced and real length must agree, and both must be within the limit.
 */
export async function readRequestBody(
  stream: IncomingMessage,
  { limitBytes, headerLength }: { limitBytes: number; headerLength: number | null },
): Promise<Uint8Array> {
  const announced = stream.headers['content-length'];
  if (announced === undefined) return readChunked(stream, limitBytes);
  const length = Number(announced);
  if (length > limitBytes) throw tooLarge(limitBytes);
  const pad = (ALIGNMENT - ((headerLength ?? 0) % ALIGNMENT)) % ALIGNMENT;
  // Its own memory, never Node's shared pool: it moves to the model's thread.
  const body = new Uint8Array(new ArrayBuffer(pad + length), pad);
  let at = 0;
  for await (const chunk of stream) {
    body.set(chunk as Uint8Array, at);
    at += (chunk as Uint8Array).length;
  }
  if (at !== length)
    throw new AppError('INFERENCE_INPUT_INVALID', `the body announces ${String(length)} bytes, ${String(at)} came`);
  return body;
}

async function readChunked(stream: IncomingMessage, limitBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += (chunk as Uint8Array).length;
    if (size > limitBytes) throw tooLarge(limitBytes);
    chunks.push(chunk as Uint8Array);
  }
  return Buffer.concat(chunks);
}

function tooLarge(limitBytes: number): AppError {
  return new AppError('INPUT_TOO_LARGE', `a request may have ${String(limitBytes)} bytes`, { limitBytes });
}
