import { MAX_PART_BYTES, type BlobRange, type MediaPart } from '#contracts/media.ts';
import { AppError, invariant, type Digest } from '#core/base/index.ts';

/** A blob that a set must carry. */
export interface SizedBlob {
  readonly digest: Digest;
  readonly sizeBytes: number;
}

/** A part before its bytes were written: the digests are not known yet. */
export type PlannedPart = Omit<MediaPart, 'digest' | 'chunkBytes' | 'chunks'>;

export interface MediaSetLimits {
  readonly partBytes: number;
  /** Room on each stick in order; null where it is not known or not limited. */
  readonly targets: readonly (number | null)[];
}

/** How much of the line of blobs a part holds, and where it lies. */
export interface PartCut {
  readonly stick: number;
  readonly sizeBytes: number;
}

/** Four digits name a part, and an index lists no more. */
const MAX_PARTS = 9_999;

/**
 * Lays the blobs end to end, smallest first, and cuts the line into parts and sticks. Same blobs and limits, same plan.
 * MEDIA_TARGET_TOO_SMALL, with the amount, before anything is written (D8).
 */
export function planMediaSet(blobs: readonly SizedBlob[], limits: MediaSetLimits): PlannedPart[] {
  const { partBytes, targets } = limits;
  invariant(targets.length > 0, 'a media set needs a target');
  if (!Number.isInteger(partBytes) || partBytes < 1 || partBytes > MAX_PART_BYTES) {
    const sentence = `a part holds 1 to ${String(MAX_PART_BYTES)} bytes, got ${String(partBytes)}`;
    throw new AppError('USAGE_INVALID', sentence, { partBytes });
  }
  const quotas = shareOut(bytesOf(blobs), targets);
  const count = quotas.reduce((sum, quota) => sum + Math.ceil(quota / partBytes), 0);
  if (count > MAX_PARTS) {
    const sentence = `parts of ${String(partBytes)} bytes would be ${String(count)} files, a set has at most ${String(MAX_PARTS)}`;
    throw new AppError('USAGE_INVALID', sentence, { partBytes });
  }
  const cuts = quotas.flatMap((quota, index) =>
    cutQuota(quota, partBytes).map((sizeBytes) => ({ stick: index + 1, sizeBytes })),
  );
  return layParts(blobs, cuts);
}

/** The parts that these cuts of the line are. Precondition: the cuts hold exactly the blobs, as `areCutsOf` tells. */
export function layParts(blobs: readonly SizedBlob[], cuts: readonly PartCut[]): PlannedPart[] {
  const cutter = rangeCutter(inCarryingOrder(blobs));
  return cuts.map(({ stick, sizeBytes }, index) => ({
    name: partName(index + 1),
    stick,
    sizeBytes,
    ranges: cutter.take(sizeBytes),
  }));
}

/** Whether cuts that were read somewhere hold exactly these blobs. */
export function areCutsOf(cuts: readonly PartCut[], blobs: readonly SizedBlob[]): boolean {
  return cuts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) === bytesOf(blobs);
}

function bytesOf(blobs: readonly SizedBlob[]): number {
  return inCarryingOrder(blobs).reduce((sum, blob) => sum + blob.sizeBytes, 0);
}

/** `part-0001.bin`, counted over the whole set. */
function partName(number: number): string {
  return `part-${String(number).padStart(4, '0')}.bin`;
}

/** Documents come before weights, so that the first stick already says what the set is. */
function inCarryingOrder(blobs: readonly SizedBlob[]): SizedBlob[] {
  const distinct = new Map(blobs.map((blob) => [blob.digest, blob]));
  return [...distinct.values()]
    .filter((blob) => blob.sizeBytes > 0)
    .sort((a, b) => a.sizeBytes - b.sizeBytes || (a.digest < b.digest ? -1 : 1));
}

/** Equal shares, except where a stick is too small for its share. */
function shareOut(totalBytes: number, targets: readonly (number | null)[]): number[] {
  const quotas = targets.map(() => 0);
  let rest = totalBytes;
  for (;;) {
    const open = targets.flatMap((room, index) => (room === null || (quotas[index] ?? 0) < room ? [index] : []));
    if (rest === 0) return quotas;
    if (open.length === 0) throw tooSmall(totalBytes, rest);
    const share = Math.ceil(rest / open.length);
    for (const index of open) {
      const held = quotas[index] ?? 0;
      const added = Math.min(share, rest, (targets[index] ?? Number.MAX_SAFE_INTEGER) - held);
      quotas[index] = held + added;
      rest -= added;
    }
  }
}

function tooSmall(needBytes: number, missingBytes: number): AppError {
  const sentence = `the set has ${String(needBytes)} bytes, ${String(missingBytes)} more than the targets hold`;
  return new AppError('MEDIA_TARGET_TOO_SMALL', sentence, { needBytes, missingBytes });
}

function cutQuota(quotaBytes: number, partBytes: number): number[] {
  const full = Math.floor(quotaBytes / partBytes);
  const rest = quotaBytes % partBytes;
  return [...Array<number>(full).fill(partBytes), ...(rest > 0 ? [rest] : [])];
}

function rangeCutter(line: readonly SizedBlob[]): { take(bytes: number): BlobRange[] } {
  let index = 0;
  let blobOffset = 0;
  return {
    take: (bytes) => {
      const ranges: BlobRange[] = [];
      for (let partOffset = 0; partOffset < bytes;) {
        const blob = line[index];
        invariant(blob, 'the quotas never exceed the blobs');
        const length = Math.min(bytes - partOffset, blob.sizeBytes - blobOffset);
        ranges.push({ digest: blob.digest, blobOffset, partOffset, length });
        partOffset += length;
        blobOffset += length;
        if (blobOffset === blob.sizeBytes) {
          index += 1;
          blobOffset = 0;
        }
      }
      return ranges;
    },
  };
}
