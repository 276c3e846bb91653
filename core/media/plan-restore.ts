import type { BlobRange } from '#contracts/media.ts';
import type { Digest } from '#core/base/index.ts';
import { bytesIn, subtractRanges, type ByteRange } from './ranges.ts';
import type { SizedBlob } from './plan-media-set.ts';
import type { SourcePart } from './source-set.ts';

/** One read: bytes `[start, end)` of a part, and where their pieces go. */
export interface RestoreStep {
  readonly part: SourcePart;
  readonly start: number;
  readonly end: number;
  /** Digest of the whole read, where the index states one. */
  readonly chunkDigest: Digest | null;
  /** Pieces that are still needed; `partOffset` counts from the start of the part. */
  readonly pieces: readonly BlobRange[];
}

export interface RestorePlan {
  readonly steps: readonly RestoreStep[];
  /** Parts that carry needed bytes and are not here, in order. */
  readonly missing: readonly SourcePart[];
  readonly totalBytes: number;
  readonly doneBytes: number;
}

export interface RestoreInput {
  readonly parts: readonly SourcePart[];
  readonly blobs: readonly SizedBlob[];
  readonly isPresent: (part: SourcePart) => boolean;
  /** Sorted ranges of a blob that are durable here; all of it when it is stored. */
  readonly received: (digest: Digest) => readonly ByteRange[];
}

/** Which ranges of which part to read next. A function of what is durable, so resuming is planning again. */
export function planRestore(input: RestoreInput): RestorePlan {
  const wanted = new Map(input.blobs.map((blob) => [blob.digest, blob.sizeBytes]));
  const steps: RestoreStep[] = [];
  const missing: SourcePart[] = [];
  for (const part of inOrder(input.parts)) {
    const pieces = part.ranges
      .filter((range) => wanted.has(range.digest))
      .flatMap((range) => openPieces(range, input.received(range.digest)));
    if (pieces.length === 0) continue;
    if (input.isPresent(part)) steps.push(...stepsOf(part, pieces));
    else missing.push(part);
  }
  let totalBytes = 0;
  let doneBytes = 0;
  for (const [digest, sizeBytes] of wanted) {
    totalBytes += sizeBytes;
    doneBytes += sizeBytes - bytesIn(subtractRanges({ start: 0, end: sizeBytes }, input.received(digest)));
  }
  return { steps, missing, totalBytes, doneBytes };
}

/** Parts that carry bytes of these blobs, whether or not they were read already. */
export function partsFor(parts: readonly SourcePart[], blobs: readonly SizedBlob[]): SourcePart[] {
  const wanted = new Set(blobs.map((blob) => blob.digest));
  return inOrder(parts).filter((part) => part.ranges.some((range) => wanted.has(range.digest)));
}

function inOrder(parts: readonly SourcePart[]): SourcePart[] {
  return [...parts].sort((a, b) => a.stick - b.stick || (a.name < b.name ? -1 : 1));
}

function openPieces(range: BlobRange, received: readonly ByteRange[]): BlobRange[] {
  return subtractRanges({ start: range.blobOffset, end: range.blobOffset + range.length }, received).map(
    ({ start, end }) => ({
      digest: range.digest,
      blobOffset: start,
      partOffset: range.partOffset + (start - range.blobOffset),
      length: end - start,
    }),
  );
}

/** A block is read whole when the index gives its digest, because only whole blocks can be checked. */
function stepsOf(part: SourcePart, pieces: readonly BlobRange[]): RestoreStep[] {
  const byChunk = new Map<number, BlobRange[]>();
  for (const piece of pieces) {
    for (const cut of cutAtChunks(piece, part.chunkBytes)) {
      const chunk = Math.floor(cut.partOffset / part.chunkBytes);
      byChunk.set(chunk, [...(byChunk.get(chunk) ?? []), cut]);
    }
  }
  return [...byChunk]
    .sort(([a], [b]) => a - b)
    .map(([chunk, cuts]) => {
      const hex = part.chunks?.[chunk];
      if (hex === undefined) {
        return {
          part,
          start: Math.min(...cuts.map((cut) => cut.partOffset)),
          end: Math.max(...cuts.map((cut) => cut.partOffset + cut.length)),
          chunkDigest: null,
          pieces: cuts,
        };
      }
      const start = chunk * part.chunkBytes;
      return {
        part,
        start,
        end: Math.min(start + part.chunkBytes, part.sizeBytes),
        chunkDigest: `sha256:${hex}` as const,
        pieces: cuts,
      };
    });
}

function cutAtChunks(piece: BlobRange, chunkBytes: number): BlobRange[] {
  const cuts: BlobRange[] = [];
  for (let done = 0; done < piece.length;) {
    const partOffset = piece.partOffset + done;
    const length = Math.min(piece.length - done, chunkBytes - (partOffset % chunkBytes));
    cuts.push({ digest: piece.digest, blobOffset: piece.blobOffset + done, partOffset, length });
    done += length;
  }
  return cuts;
}
