import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { MIB } from '#core/base/index.ts';
import type { ReadBackMode } from '#core/media/ports.ts';
import { systemCode } from './media-failure.ts';

/** Largest block of a disk: memory, place and length of a direct read are multiples of it. */
const ALIGNMENT = 4096;
/** Memory that Node gives out begins at a multiple of this. */
const STEP = 16;

/**
 * SHA-256 of a file as the device gives it back, past the cache of the system where that is possible. On Linux O_DIRECT does it; a file
 * system that knows no such thing (tmpfs, some FUSE drivers), Windows and macOS answer from the cache, and the mode says so:
 * then only another machine, or the same one after the stick was taken out, proves the cells.
 */
export async function hashFromDevice(path: string): Promise<{ hex: string; mode: ReadBackMode }> {
  const direct = await openDirect(path);
  if (direct !== undefined) {
    try {
      return { hex: await hashBlocks(direct.file, direct.block, true), mode: 'device' };
    } catch (error) {
      // Some drivers open a file for direct reads and then refuse them in the middle.
      if (systemCode(error) !== 'EINVAL') throw error;
    } finally {
      await direct.file.close();
    }
  }
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    return { hex: await hashBlocks(file, Buffer.allocUnsafeSlow(MIB), false), mode: 'cache' };
  } finally {
    await file.close();
  }
}

/** Undefined where direct reads are not to be had. */
async function openDirect(path: string): Promise<{ file: FileHandle; block: Uint8Array } | undefined> {
  if (process.platform !== 'linux') return undefined;
  let file: FileHandle;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_DIRECT);
  } catch (error) {
    if (systemCode(error) === 'EINVAL') return undefined;
    throw error;
  }
  const block = await alignedBlock(file).catch(async (error: unknown) => {
    await file.close();
    throw error;
  });
  if (block !== undefined) return { file, block };
  await file.close();
  return undefined;
}

/** JavaScript does not tell where memory lies, so a read is tried at every place in a page until one is taken. */
async function alignedBlock(file: FileHandle): Promise<Uint8Array | undefined> {
  const memory = Buffer.allocUnsafeSlow(MIB + ALIGNMENT);
  for (let offset = ALIGNMENT - STEP; offset >= 0; offset -= STEP) {
    try {
      await file.read(memory, offset, ALIGNMENT, 0);
      return memory.subarray(offset, offset + MIB);
    } catch (error) {
      if (systemCode(error) !== 'EINVAL') throw error;
    }
  }
  return undefined;
}

async function hashBlocks(file: FileHandle, block: Uint8Array, isDirect: boolean): Promise<string> {
  const hash = createHash('sha256');
  for (let at = 0; ;) {
    const { bytesRead } = await file.read(block, 0, block.length, at);
    if (bytesRead === 0) return hash.digest('hex');
    hash.update(block.subarray(0, bytesRead));
    at += bytesRead;
    // A direct read that is not a whole block is the end: the next one would begin at a place that is not allowed.
    if (isDirect && bytesRead % ALIGNMENT !== 0) return hash.digest('hex');
  }
}
