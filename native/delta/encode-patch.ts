import { MIB, type Digest } from '#core/base/index.ts';
import { blockCount, createPatchHeader, DICTIONARY_LIMIT_BYTES, xorInto, type PatchMethod } from '#core/delta/index.ts';
import type { DeltaCodec } from '#core/delta/ports.ts';
import type { BlobReader } from '#core/storage/ports.ts';

/** Quick to check again after a stop, and large enough that zstd loses nothing. */
const BLOCK_BYTES = 4 * MIB;

export interface PatchSource {
  readonly digest: Digest;
  readonly sizeBytes: number;
  readonly reader: Pick<BlobReader, 'stream'>;
}

/** A patch that turns the base into the target; its pieces one after the other. */
export interface EncodedPatch {
  readonly method: PatchMethod;
  readonly pieces: readonly Uint8Array[];
  readonly sizeBytes: number;
}

/** The patch of a pair; null where no method fits. Content of one size is compared in place, anything that shifts needs a dictionary. */
export async function encodePatch(
  target: PatchSource,
  base: PatchSource,
  codec: DeltaCodec,
): Promise<EncodedPatch | null> {
  if (target.sizeBytes === base.sizeBytes) return encodeXor(target, base, codec);
  if (Math.max(target.sizeBytes, base.sizeBytes) > DICTIONARY_LIMIT_BYTES) return null;
  const [content, dictionary] = [await readAll(target), await readAll(base)];
  return assemble('zstd-dictionary', target.sizeBytes, [
    { bytes: await codec.packAgainst(content, dictionary), isStored: false },
  ]);
}

async function encodeXor(target: PatchSource, base: PatchSource, codec: DeltaCodec): Promise<EncodedPatch> {
  const packed: { bytes: Uint8Array; isStored: boolean }[] = [];
  for (let index = 0; index < blockCount('xor-zstd', target.sizeBytes, BLOCK_BYTES); index += 1) {
    const range = { start: index * BLOCK_BYTES, end: Math.min((index + 1) * BLOCK_BYTES, target.sizeBytes) };
    const block = await readAll(target, range);
    xorInto(block, await readAll(base, range));
    const bytes = await codec.pack(block);
    packed.push(bytes.length < block.length ? { bytes, isStored: false } : { bytes: block, isStored: true });
  }
  return assemble('xor-zstd', target.sizeBytes, packed);
}

function assemble(
  method: PatchMethod,
  targetBytes: number,
  packed: readonly { bytes: Uint8Array; isStored: boolean }[],
): EncodedPatch {
  const header = createPatchHeader(
    { method, targetBytes, blockBytes: method === 'xor-zstd' ? BLOCK_BYTES : Math.max(1, targetBytes) },
    packed.map(({ bytes, isStored }) => ({ length: bytes.length, isStored })),
  );
  const pieces = [header, ...packed.map(({ bytes }) => bytes)];
  return { method, pieces, sizeBytes: pieces.reduce((sum, piece) => sum + piece.length, 0) };
}

async function readAll(
  { reader, digest, sizeBytes }: PatchSource,
  range = { start: 0, end: sizeBytes },
): Promise<Uint8Array> {
  const bytes = new Uint8Array(range.end - range.start);
  let at = 0;
  for await (const block of reader.stream(digest, range)) {
    bytes.set(block, at);
    at += block.length;
  }
  return bytes;
}
