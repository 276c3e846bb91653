import { AppError, isAppError, type Digest } from '#core/base/index.ts';
import { planRestore, type ByteRange, type RestoreStep, type SizedBlob, type SourcePart } from '#core/media/index.ts';
import type { VolumeReader } from '#core/media/ports.ts';
import type { BackgroundHasher } from '#core/storage/ports.ts';
import { createCheckpointPace } from './checkpoint-pace.ts';
import { OpenPart } from './open-part.ts';
import type { PartialBlobs } from './partial-blobs.ts';

/** A medium of the set, with the parts that lie on it. */
export interface PartHolder {
  readonly volumeId: string;
  readonly reader: VolumeReader;
  readonly present: ReadonlySet<string>;
}

/** Bytes that do not have the digest of the index. */
export interface Damage {
  readonly part: SourcePart;
  readonly fromByte: number;
  readonly toByte: number;
}

export type CopyEnd =
  | { readonly end: 'complete' }
  /** Nothing more can be read from what is plugged in. */
  | { readonly end: 'incomplete'; readonly missing: readonly SourcePart[]; readonly damage: readonly Damage[] }
  | { readonly end: 'media-gone'; readonly missing: readonly SourcePart[]; readonly error: AppError };

export interface CopyInput {
  readonly parts: readonly SourcePart[];
  readonly blobs: readonly SizedBlob[];
  readonly holders: readonly PartHolder[];
  readonly incoming: PartialBlobs;
  readonly hasher: BackgroundHasher;
  readonly signal: AbortSignal;
  /** A range of a part that was checked and handed to the store, and the medium that gave it. */
  readonly onRead: (volumeId: string, part: SourcePart, range: ByteRange) => void;
  /** Bytes that a restart will not read again. */
  readonly onDurable: (doneBytes: number) => void;
}

/**
 * Streams what is still needed from the media into the store. Untrusted: every block is checked before a byte of it is
 * written, so damage is named and never stored. Reads the next block while the present one is written and earlier ones are flushed.
 */
export async function copyParts(input: CopyInput): Promise<CopyEnd> {
  const plan = planRestore({
    parts: input.parts,
    blobs: input.blobs,
    isPresent: (part) => input.holders.some((holder) => holder.present.has(part.name)),
    received: (digest: Digest) => input.incoming.received(digest),
  });
  const damage: Damage[] = [];
  const largest = plan.steps.reduce((most, step) => Math.max(most, step.end - step.start), 0);
  const pace = createCheckpointPace({
    checkpoint: () => input.incoming.checkpoint(),
    onDurable: (bytes) => {
      input.onDurable(plan.doneBytes + bytes);
    },
    blockBytes: largest,
  });
  // One block is written while the other is filled; a block is free again when its pieces were written. Hash threads see the same memory.
  const buffers = [sharedBuffer(largest), sharedBuffer(largest)] as const;
  const open = new OpenPart();
  const fill = (index: number): Promise<ReadResult> =>
    readAhead(input, open, plan.steps[index], buffers[index % 2 === 0 ? 0 : 1]);
  let ahead = fill(0);
  try {
    for (const [index, step] of plan.steps.entries()) {
      input.signal.throwIfAborted();
      const block = await unwrap(ahead);
      await pace.roomForBlock();
      ahead = fill(index + 1);
      if (block === 'damaged') damage.push({ part: step.part, fromByte: step.start, toByte: step.end });
      else pace.wrote(await keep(input, step, block), block.bytes.length);
    }
    await pace.settle();
  } catch (error) {
    await ahead;
    if (!isAppError(error, 'MEDIA_GONE')) {
      await pace.stop();
      throw error;
    }
    await pace.settle();
    return { end: 'media-gone', missing: stillNeeded(input), error };
  } finally {
    await open.close();
  }
  if (plan.missing.length === 0 && damage.length === 0) return { end: 'complete' };
  return { end: 'incomplete', missing: plan.missing, damage };
}

function sharedBuffer(bytes: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(bytes));
}

/** A block that has its digest, and the medium that gave it. */
interface ReadBlock {
  readonly bytes: Uint8Array;
  readonly volumeId: string;
}

type ReadResult = { readonly block: ReadBlock | 'damaged' } | { readonly error: unknown };

/** Never rejects: a failure waits until somebody asks for the block. */
async function readAhead(
  input: CopyInput,
  open: OpenPart,
  step: RestoreStep | undefined,
  buffer: Uint8Array,
): Promise<ReadResult> {
  if (step === undefined) return { block: 'damaged' };
  try {
    return { block: await readStep(input, open, step, buffer.subarray(0, step.end - step.start)) };
  } catch (error) {
    return { error };
  }
}

async function unwrap(ahead: Promise<ReadResult>): Promise<ReadBlock | 'damaged'> {
  const result = await ahead;
  if ('error' in result) throw result.error;
  return result.block;
}

/** Tries every medium that holds the part: a copy of a stick stands in for a damaged one. */
async function readStep(
  input: CopyInput,
  open: OpenPart,
  step: RestoreStep,
  block: Uint8Array,
): Promise<ReadBlock | 'damaged'> {
  let gone: AppError | undefined;
  for (const holder of input.holders.filter((candidate) => candidate.present.has(step.part.name))) {
    try {
      await open.read(holder, step.part, { start: step.start, into: block, signal: input.signal });
      if (step.chunkDigest === null || (await input.hasher.sha256(block)) === step.chunkDigest)
        return { bytes: block, volumeId: holder.volumeId };
    } catch (error) {
      if (isAppError(error, 'MEDIA_GONE') || isAppError(error, 'NOT_FOUND')) gone = error;
      else if (
        !isAppError(error, 'MEDIA_PART_DAMAGED') &&
        !isAppError(error, 'DISK_FAILED') &&
        !isAppError(error, 'BUNDLE_LINK_REFUSED')
      )
        throw error;
    }
  }
  if (gone !== undefined) throw asGone(gone);
  return 'damaged';
}

/** A part that was there a moment ago and is not now: the stick was pulled (its folder then reads as empty). */
function asGone(error: AppError): AppError {
  return error.code === 'MEDIA_GONE'
    ? error
    : new AppError('MEDIA_GONE', error.message, error.details, { cause: error });
}

/** Hands a block to the store and notes where it came from. */
async function keep(input: CopyInput, step: RestoreStep, block: ReadBlock): Promise<number> {
  const keptBytes = await writePieces(input.incoming, step, block.bytes);
  for (const { partOffset, length } of step.pieces)
    input.onRead(block.volumeId, step.part, { start: partOffset, end: partOffset + length });
  return keptBytes;
}

async function writePieces(incoming: PartialBlobs, step: RestoreStep, block: Uint8Array): Promise<number> {
  let bytes = 0;
  for (const piece of step.pieces) {
    const from = piece.partOffset - step.start;
    await incoming.write(piece.digest, piece.blobOffset, block.subarray(from, from + piece.length));
    bytes += piece.length;
  }
  return bytes;
}

function stillNeeded(input: CopyInput): readonly SourcePart[] {
  return planRestore({
    parts: input.parts,
    blobs: input.blobs,
    isPresent: () => false,
    received: (digest) => input.incoming.received(digest),
  }).missing;
}
