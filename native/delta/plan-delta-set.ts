import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SetDelta } from '#contracts/media.ts';
import type { InventoryReceipt } from '#contracts/outbox.ts';
import { KIB, type Digest } from '#core/base/index.ts';
import type { DeltaCodec } from '#core/delta/ports.ts';
import type { SourceBundle } from '#core/media/index.ts';
import type { BlobReader, BlobStore } from '#core/storage/ports.ts';
import { folderBlobStore } from '#native/fs/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { encodePatch, type EncodedPatch } from './encode-patch.ts';

type Blob = SourceBundle['blobs'][number];

/** Below this a patch saves nothing that anybody would notice. */
const WORTH_BYTES = 64 * KIB;
/** A patch must be clearly smaller than what it replaces. */
const WORTH_RATIO = 0.95;
/** Bases of one size that are tried. */
const MAX_TRIES = 3;

export interface DeltaSetInput {
  readonly bundles: readonly SourceBundle[];
  readonly blobs: BlobReader;
  readonly receipt: InventoryReceipt;
  /** Blobs that this machine has, with their media types; those that the receipt names may be built upon. */
  readonly bases: readonly { readonly blob: Blob; readonly reader: BlobReader }[];
  readonly codec: DeltaCodec;
}

/** How one blob travels. */
export interface Carriage {
  readonly digest: Digest;
  readonly how: 'full' | 'omitted' | 'xor-zstd' | 'zstd-dictionary';
  readonly fullBytes: number;
  readonly carriedBytes: number;
}

export interface DeltaSet {
  readonly delta: SetDelta;
  /** Gives the patches as well. */
  readonly blobs: BlobReader;
  readonly carriage: readonly Carriage[];
  /** Removes the patches from this machine. */
  close(): Promise<void>;
}

/** Leaves out what the site has, and ships the smaller of patch and whole for each of the rest; measured, never guessed. */
export async function planDeltaSet(input: DeltaSetInput): Promise<DeltaSet> {
  const folder = await mkdtemp(join(tmpdir(), 'gantry-delta-'));
  const patches = await folderBlobStore(folder);
  const held = new Set(input.receipt.blobs.map((blob) => blob.digest));
  const bases = input.bases.filter(({ blob }) => held.has(blob.digest));
  const distinct = new Map(input.bundles.flatMap((bundle) => bundle.blobs).map((blob) => [blob.digest, blob]));
  const delta: SetDelta = {
    siteId: input.receipt.site.id,
    receiptId: input.receipt.receiptId,
    omitted: [],
    patches: [],
  };
  const carriage: Carriage[] = [];
  try {
    for (const blob of distinct.values()) {
      const { digest, sizeBytes } = blob;
      if (held.has(digest)) {
        delta.omitted.push({ digest, sizeBytes });
        carriage.push({ digest, how: 'omitted', fullBytes: sizeBytes, carriedBytes: 0 });
        continue;
      }
      const best = await bestPatch(blob, bases, input);
      if (best === null) {
        carriage.push({ digest, how: 'full', fullBytes: sizeBytes, carriedBytes: sizeBytes });
        continue;
      }
      const { patch, base } = best;
      const patchDigest = await keep(patches, patch);
      delta.patches.push({
        target: digest,
        base,
        patch: patchDigest,
        patchBytes: patch.sizeBytes,
        method: patch.method,
      });
      carriage.push({ digest, how: patch.method, fullBytes: sizeBytes, carriedBytes: patch.sizeBytes });
    }
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return {
    delta,
    carriage,
    blobs: withPatches(input.blobs, patches, new Set(delta.patches.map(({ patch }) => patch))),
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/** The smallest patch that is worth it; null when the whole is no larger. */
async function bestPatch(
  blob: Blob,
  bases: DeltaSetInput['bases'],
  { blobs, codec }: DeltaSetInput,
): Promise<{ patch: EncodedPatch; base: Digest } | null> {
  if (blob.sizeBytes < WORTH_BYTES) return null;
  const alike = bases.filter((base) => base.blob.mediaType === blob.mediaType && base.blob.sizeBytes > 0);
  const sameSize = alike.filter((base) => base.blob.sizeBytes === blob.sizeBytes).slice(0, MAX_TRIES);
  const nearest = [...alike]
    .sort((a, b) => Math.abs(a.blob.sizeBytes - blob.sizeBytes) - Math.abs(b.blob.sizeBytes - blob.sizeBytes))
    .slice(0, 1);
  let best: { patch: EncodedPatch; base: Digest } | null = null;
  for (const base of sameSize.length > 0 ? sameSize : nearest) {
    const source = { digest: blob.digest, sizeBytes: blob.sizeBytes, reader: blobs };
    const patch = await encodePatch(source, { ...base.blob, reader: base.reader }, codec);
    const limit = best?.patch.sizeBytes ?? blob.sizeBytes * WORTH_RATIO;
    if (patch !== null && patch.sizeBytes < limit) best = { patch, base: base.blob.digest };
  }
  return best;
}

async function keep(patches: BlobStore, { pieces }: EncodedPatch): Promise<Digest> {
  const hash = nodeHasher.begin();
  for (const piece of pieces) hash.update(piece);
  const digest = hash.digest();
  await patches.put(
    digest,
    (async function* () {
      for (const piece of pieces) yield await Promise.resolve(piece);
    })(),
  );
  return digest;
}

function withPatches(blobs: BlobReader, patches: BlobReader, names: ReadonlySet<Digest>): BlobReader {
  const holding = (digest: Digest): BlobReader => (names.has(digest) ? patches : blobs);
  return {
    size: (digest) => holding(digest).size(digest),
    read: (digest, limitBytes) => holding(digest).read(digest, limitBytes),
    stream: (digest, range) => holding(digest).stream(digest, range),
  };
}
