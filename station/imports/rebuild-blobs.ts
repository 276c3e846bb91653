import { AppError, MIB, type Digest } from '#core/base/index.ts';
import {
  DICTIONARY_LIMIT_BYTES,
  parsePatchHeader,
  patchHeaderBytes,
  xorInto,
  type PatchBlock,
  type PatchHeader,
} from '#core/delta/index.ts';
import type { DeltaCodec } from '#core/delta/ports.ts';
import { subtractRanges, type DeltaPlan } from '#core/media/index.ts';
import type { BlobStore, PartialBlob } from '#core/storage/ports.ts';

/** What a kill makes us rebuild again; nothing of it is read from the medium. */
const CHECKPOINT_BYTES = 16 * MIB;
/** Where a header keeps the number of its blocks. */
const COUNT_AT = 21;

type Patch = DeltaPlan['patches'][number];

export interface RebuildDeps {
  readonly blobs: BlobStore;
  readonly deltaCodec: DeltaCodec;
}

/**
 * Makes the blobs of a delta set from what the store has. Untrusted: a patch; what comes out is published only when it has the digest
 * that the bundle names. Goes on at the last checkpoint after a kill, block by block.
 */
export async function rebuildBlobs(
  { blobs, deltaCodec }: RebuildDeps,
  patches: readonly Patch[],
  run: { readonly signal: AbortSignal; readonly onProgress: (doneBytes: number, totalBytes: number) => void },
): Promise<void> {
  const totalBytes = patches.reduce((sum, patch) => sum + patch.sizeBytes, 0);
  let doneBytes = 0;
  for (const patch of patches) {
    const before = doneBytes;
    if (!(await blobs.has(patch.target)))
      await rebuildBlob(blobs, deltaCodec, patch, {
        ...run,
        onProgress: (bytes) => run.onProgress(before + bytes, totalBytes),
      });
    doneBytes += patch.sizeBytes;
    run.onProgress(doneBytes, totalBytes);
  }
  // Only now: a kill before the last blob must find every patch.
  for (const patch of patches) await blobs.delete(patch.patch);
}

async function rebuildBlob(
  blobs: BlobStore,
  codec: DeltaCodec,
  patch: Patch,
  run: { readonly signal: AbortSignal; readonly onProgress: (doneBytes: number) => void },
): Promise<void> {
  const header = await readHeader(blobs, patch);
  const base = header.method === 'zstd-dictionary' ? await blobs.read(patch.base, DICTIONARY_LIMIT_BYTES) : undefined;
  const partial = await blobs.openPartial(patch.target, patch.sizeBytes);
  try {
    let unsaved = 0;
    for (const block of header.blocks) {
      run.signal.throwIfAborted();
      if (isThere(partial, block)) continue;
      await partial.write(block.start, await unpackBlock(blobs, codec, { patch, header, block, base }));
      unsaved += block.end - block.start;
      if (unsaved >= CHECKPOINT_BYTES) {
        await partial.checkpoint();
        unsaved = 0;
      }
      run.onProgress(block.end);
    }
    await partial.finish();
  } finally {
    await partial.close();
  }
}

async function readHeader(blobs: BlobStore, patch: Patch): Promise<PatchHeader> {
  const fixed = await readRange(blobs, patch.patch, { start: 0, end: Math.min(patchHeaderBytes(0), patch.patchBytes) });
  if (fixed.length < patchHeaderBytes(0)) throw new AppError('PATCH_INVALID', 'the patch is too short', {});
  const count = new DataView(fixed.buffer, fixed.byteOffset).getUint32(COUNT_AT);
  const end = Math.min(patchHeaderBytes(Math.min(count, 1_000_000)), patch.patchBytes);
  const header = parsePatchHeader(await readRange(blobs, patch.patch, { start: 0, end }), patch.patchBytes);
  if (header.targetBytes !== patch.sizeBytes)
    throw new AppError('PATCH_INVALID', 'the patch makes content of another size', { want: patch.sizeBytes });
  return header;
}

async function unpackBlock(
  blobs: BlobStore,
  codec: DeltaCodec,
  {
    patch,
    header,
    block,
    base,
  }: { patch: Patch; header: PatchHeader; block: PatchBlock; base: Uint8Array | undefined },
): Promise<Uint8Array> {
  const size = block.end - block.start;
  const packed = await readRange(blobs, patch.patch, { start: block.offset, end: block.offset + block.length });
  if (block.isStored && packed.length !== size)
    throw new AppError('PATCH_INVALID', 'a stored block has another size', {});
  const bytes = block.isStored ? packed : await codec.unpack(packed, size, base);
  if (header.method === 'xor-zstd') xorInto(bytes, await readRange(blobs, patch.base, block));
  return bytes;
}

function isThere({ received }: PartialBlob, { start, end }: PatchBlock): boolean {
  return subtractRanges({ start, end }, received).length === 0;
}

async function readRange(
  blobs: BlobStore,
  digest: Digest,
  { start, end }: { start: number; end: number },
): Promise<Uint8Array> {
  const bytes = new Uint8Array(end - start);
  let at = 0;
  for await (const block of blobs.stream(digest, { start, end })) {
    bytes.set(block.subarray(0, bytes.length - at), at);
    at += block.length;
  }
  return bytes.subarray(0, Math.min(at, bytes.length));
}
