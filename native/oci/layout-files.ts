import { createHash } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { lstat, open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, digestHex, MIB, type Digest } from '#core/base/index.ts';
import type { DigestOptions } from '#core/storage/ports.ts';
import { isNotFound, osCode, toDiskError } from '#native/fs/index.ts';

/** `blobs/<algorithm>/<hex>` of OCI image-layout 1.1. */
export function blobPath(dir: string, digest: Digest): string {
  return join(dir, 'blobs', 'sha256', digestHex(digest));
}

/** Refuses a link in place of a folder of the layout; an absent one is fine. */
export async function refuseLinkedFolders(dir: string): Promise<void> {
  for (const path of [dir, join(dir, 'blobs'), join(dir, 'blobs', 'sha256')]) {
    const found = await lstatOrUndefined(path);
    if (found !== undefined && !found.isDirectory()) throw linkRefused(path);
  }
}

/** Size of a plain file; undefined when absent, BUNDLE_LINK_REFUSED for a link or special file. */
export async function plainFileSize(path: string): Promise<number | undefined> {
  const found = await lstatOrUndefined(path);
  if (found === undefined) return undefined;
  if (!found.isFile()) throw linkRefused(path);
  return found.size;
}

/** Opens a plain file for reading, never through a link and never a device that could block. */
async function openPlainFile(path: string): Promise<FileHandle> {
  // Windows has neither flag (undefined counts as 0); there the lstat before is the check, and every byte is hashed anyway.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  let file: FileHandle;
  try {
    file = await open(path, flags);
  } catch (error) {
    if (osCode(error) === 'ELOOP') throw linkRefused(path, error);
    if (isNotFound(error)) throw new AppError('NOT_FOUND', `${path} is not there`, { path }, { cause: error });
    throw toDiskError(error, path);
  }
  const found = await file.stat();
  if (found.isFile()) return file;
  await file.close();
  throw linkRefused(path);
}

/** A whole small file within its limit. The file may grow while it is read: real bytes are counted. */
export async function readPlainFile(path: string, limitBytes: number): Promise<Uint8Array> {
  const file = await openPlainFile(path);
  try {
    const { size } = await file.stat();
    if (size > limitBytes)
      throw new AppError('INPUT_TOO_LARGE', `${path} has ${String(size)} bytes, ${String(limitBytes)} are allowed`, {
        path,
        limitBytes,
      });
    const buffer = new Uint8Array(size);
    let filled = 0;
    while (filled < size) {
      const { bytesRead } = await file.read(buffer, filled, size - filled, filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return buffer.subarray(0, filled);
  } catch (error) {
    throw toDiskError(error, path);
  } finally {
    await file.close();
  }
}

/** Reads `[start, end)` in pieces of 1 MiB; the next piece is under way while the caller works on this one. */
export async function* streamPlainFile(
  path: string,
  range?: { start: number; end: number },
): AsyncGenerator<Uint8Array> {
  const file = await openPlainFile(path);
  let pending: Promise<Uint8Array> | null = null;
  try {
    let at = range?.start ?? 0;
    const end = range?.end ?? Number.POSITIVE_INFINITY;
    pending = readPiece(file, at, end);
    for (let piece = await pending; piece.length > 0; piece = await pending) {
      at += piece.length;
      pending = readPiece(file, at, end);
      yield piece;
    }
  } catch (error) {
    throw toDiskError(error, path);
  } finally {
    // A reader that stops early leaves one read under way; its failure concerns nobody any more.
    await pending?.catch(() => undefined);
    await file.close();
  }
}

async function readPiece(file: FileHandle, at: number, end: number): Promise<Uint8Array> {
  const length = Math.min(MIB, end - at);
  if (length <= 0) return new Uint8Array();
  // Fresh memory for each piece: a caller may keep what it was given.
  return readInto(file, Buffer.allocUnsafeSlow(length), at);
}

/**
 * SHA-256 of a whole file. Two buffers take turns, one being read into while the other is hashed: fresh memory for each piece
 * costs a third of the speed.
 */
export async function digestOfPlainFile(path: string, { signal, onBytes }: DigestOptions = {}): Promise<Digest> {
  const file = await openPlainFile(path);
  const hash = createHash('sha256');
  const buffers = [Buffer.allocUnsafeSlow(MIB), Buffer.allocUnsafeSlow(MIB)] as const;
  let at = 0;
  let pending: Promise<Uint8Array> | null = null;
  try {
    pending = readInto(file, buffers[0], at);
    for (let piece = await pending, turn = 1; piece.length > 0; piece = await pending, turn += 1) {
      signal?.throwIfAborted();
      at += piece.length;
      pending = readInto(file, turn % 2 === 0 ? buffers[0] : buffers[1], at);
      hash.update(piece);
      onBytes?.(piece.length);
    }
    return `sha256:${hash.digest('hex')}`;
  } catch (error) {
    signal?.throwIfAborted();
    throw toDiskError(error, path);
  } finally {
    await pending?.catch(() => undefined);
    await file.close();
  }
}

async function readInto(file: FileHandle, buffer: Buffer, at: number): Promise<Uint8Array> {
  const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
  return buffer.subarray(0, bytesRead);
}

async function lstatOrUndefined(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw toDiskError(error, path);
  }
}

function linkRefused(path: string, cause?: unknown): AppError {
  return new AppError(
    'BUNDLE_LINK_REFUSED',
    `${path} is a link or special file`,
    { path },
    cause === undefined ? undefined : { cause },
  );
}
