import { AppError, MIB } from '#core/base/index.ts';

/** `GANTRYD1`. */
const MAGIC = new Uint8Array([0x47, 0x41, 0x4e, 0x54, 0x52, 0x59, 0x44, 0x31]);
const FIXED_BYTES = 8 + 1 + 4 + 8 + 4;
const METHODS = ['xor-zstd', 'zstd-dictionary'] as const;

/** A dictionary patch is one block and is held in memory whole (measured: 470 MB for 100 MB). */
export const DICTIONARY_LIMIT_BYTES = 100 * MIB;
const MAX_BLOCK_BYTES = 8 * MIB;
const MAX_BLOCKS = 1_000_000;
/** Set in a block's length when it is stored as it is, because packing made it larger. */
const STORED = 0x8000_0000;

export type PatchMethod = (typeof METHODS)[number];

/** One block: bytes `[start, end)` of the target from `length` bytes at `offset` of the patch. */
export interface PatchBlock {
  readonly start: number;
  readonly end: number;
  readonly offset: number;
  readonly length: number;
  readonly isStored: boolean;
}

export interface PatchHeader {
  readonly method: PatchMethod;
  readonly blockBytes: number;
  readonly targetBytes: number;
  readonly blocks: readonly PatchBlock[];
}

/** Length of a header with this many blocks. */
export function patchHeaderBytes(blocks: number): number {
  return FIXED_BYTES + 4 * blocks;
}

/** Blocks of a target. A dictionary patch has one. */
export function blockCount(method: PatchMethod, targetBytes: number, blockBytes: number): number {
  return method === 'xor-zstd' ? Math.ceil(targetBytes / blockBytes) : 1;
}

/** The header of a patch whose packed blocks have these lengths, in order. */
export function createPatchHeader(
  patch: Pick<PatchHeader, 'method' | 'blockBytes' | 'targetBytes'>,
  packed: readonly { readonly length: number; readonly isStored: boolean }[],
): Uint8Array {
  const header = new Uint8Array(patchHeaderBytes(packed.length));
  const view = new DataView(header.buffer);
  header.set(MAGIC);
  view.setUint8(8, METHODS.indexOf(patch.method));
  view.setUint32(9, patch.blockBytes);
  view.setBigUint64(13, BigInt(patch.targetBytes));
  view.setUint32(21, packed.length);
  packed.forEach(({ length, isStored }, index) => {
    view.setUint32(FIXED_BYTES + 4 * index, length + (isStored ? STORED : 0));
  });
  return header;
}

/** Untrusted: a patch of `patchBytes` that begins with `head`. PATCH_INVALID unless its blocks tile patch and target exactly. */
export function parsePatchHeader(head: Uint8Array, patchBytes: number): PatchHeader {
  if (head.length < FIXED_BYTES || MAGIC.some((byte, at) => head[at] !== byte)) throw invalid('it is no patch');
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const method = METHODS[view.getUint8(8)];
  const blockBytes = view.getUint32(9);
  const targetBytes = Number(view.getBigUint64(13));
  const count = view.getUint32(21);
  if (method === undefined) throw invalid('its method is not known');
  const limit = method === 'xor-zstd' ? MAX_BLOCK_BYTES : DICTIONARY_LIMIT_BYTES;
  if (blockBytes < 1 || blockBytes > limit || !Number.isSafeInteger(targetBytes) || count > MAX_BLOCKS)
    throw invalid('its sizes are out of range');
  if (count !== blockCount(method, targetBytes, blockBytes) || head.length < patchHeaderBytes(count))
    throw invalid('its blocks do not tile the content');
  const blocks: PatchBlock[] = [];
  let offset = patchHeaderBytes(count);
  for (let index = 0; index < count; index += 1) {
    const word = view.getUint32(FIXED_BYTES + 4 * index);
    const length = word % STORED;
    const start = index * blockBytes;
    blocks.push({ start, end: Math.min(start + blockBytes, targetBytes), offset, length, isStored: word >= STORED });
    offset += length;
  }
  if (offset !== patchBytes) throw invalid('its blocks do not tile the patch');
  if (blocks.some(({ length }) => length > limit + 64 * 1024)) throw invalid('a block is too large');
  return { method, blockBytes, targetBytes, blocks };
}

function invalid(reason: string): AppError {
  return new AppError('PATCH_INVALID', `the patch cannot be used: ${reason}`, { reason });
}
