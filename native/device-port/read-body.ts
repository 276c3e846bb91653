import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { AppError } from '#core/base/index.ts';

const gunzipLimited = promisify(gunzip);

/** The whole body of a request, never more than `limitBytes`, before and after decompression. Untrusted. */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<Uint8Array> {
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) throw tooLarge(limitBytes);
  const blocks: Buffer[] = [];
  let size = 0;
  for await (const block of request as AsyncIterable<Buffer>) {
    size += block.length;
    if (size > limitBytes) throw tooLarge(limitBytes);
    blocks.push(block);
  }
  return await decoded(Buffer.concat(blocks), request.headers['content-encoding'], limitBytes);
}

async function decoded(body: Buffer, encoding: string | undefined, limitBytes: number): Promise<Uint8Array> {
  if (encoding === undefined || encoding === 'identity') return body;
  if (encoding !== 'gzip')
    throw new AppError('INPUT_MALFORMED', `content-encoding must be gzip or identity, the request has ${encoding}`);
  try {
    return await gunzipLimited(body, { maxOutputLength: limitBytes });
  } catch (cause) {
    if (cause instanceof RangeError) throw tooLarge(limitBytes);
    throw new AppError('INPUT_MALFORMED', 'the body is not valid gzip', {}, { cause });
  }
}

/** The body as JSON; INPUT_MALFORMED when it is none. */
export async function readJsonBody(request: IncomingMessage, limitBytes: number): Promise<unknown> {
  const bytes = await readBody(request, limitBytes);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new AppError('INPUT_MALFORMED', 'the body is not UTF-8 JSON', {}, { cause });
  }
}

function tooLarge(limitBytes: number): AppError {
  return new AppError('INPUT_TOO_LARGE', `the body is larger than ${String(limitBytes)} bytes`, { limitBytes });
}
