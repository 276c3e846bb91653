import { createHash } from 'node:crypto';
import { MEDIA_PATHS, type MediaPart, type MediaSet } from '#contracts/media.ts';
import {
  AppError,
  canonicalJson,
  isAppError,
  toIsoUtc,
  type Clock,
  type Digest,
  type IdSource,
} from '#core/base/index.ts';
import { CHUNK_BYTES, MEDIA_LIMITS, parseMediaIndex, type PlannedPart, type SourceBundle } from '#core/media/index.ts';
import type { VolumeReader, VolumeWriter } from '#core/media/ports.ts';
import type { BlobReader, FileSystemLimits } from '#core/storage/ports.ts';
import { planWithRoom } from './plan-with-room.ts';

/** A folder or stick that receives a part of the set. */
export interface MediaTarget {
  readonly reader: VolumeReader;
  readonly writer: VolumeWriter;
  readonly limits: FileSystemLimits;
  /** Targets of one name share their room: folders on one disk. */
  readonly fileSystem: string;
}

export interface WriteMediaSetInput {
  readonly bundles: readonly SourceBundle[];
  /** Gives the bytes of every blob of the bundles. */
  readonly blobs: BlobReader;
  readonly targets: readonly MediaTarget[];
  readonly partBytes: number;
  /** Signs the index; without it the set is protected by the signatures of its bundles alone. */
  readonly signIndex?: (index: { name: string; digest: Digest }) => Promise<Uint8Array>;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly report?: (doneBytes: number, totalBytes: number) => void;
}

/**
 * Writes a media set: parts first, the index last and on every stick, so that an index always describes whole parts.
 * Interrupted, the same call goes on: parts that already stand with the right bytes stay.
 */
export async function writeMediaSet(input: WriteMediaSetInput): Promise<MediaSet> {
  const standing = await standingSets(input);
  const planned = await planWithRoom(input);
  const totalBytes = planned.reduce((sum, part) => sum + part.sizeBytes, 0);
  const parts: MediaPart[] = [];
  let doneBytes = 0;
  for (const part of planned) {
    const target = input.targets[part.stick - 1];
    if (target === undefined) throw new AppError('INTERNAL', `stick ${String(part.stick)} was planned but not given`);
    const before = doneBytes;
    parts.push(
      await writePart(part, target.writer, input.blobs, (bytes) => input.report?.(before + bytes, totalBytes)),
    );
    doneBytes += part.sizeBytes;
  }
  const set: MediaSet = {
    v: 1,
    setId: standing?.setId ?? input.ids.next(),
    createdAt: standing?.createdAt ?? toIsoUtc(input.clock.now()),
    sticks: input.targets.length,
    bundles: [...input.bundles],
    parts,
  };
  await writeIndexes(input, set);
  return set;
}

/** An index of the same bundles is our own unfinished work; of other bundles it is somebody's set (MEDIA_NOT_EMPTY). */
async function standingSets({ targets, bundles }: WriteMediaSetInput): Promise<MediaSet | null> {
  const wanted = bundles.map((bundle) => bundle.digest).join();
  let standing: MediaSet | null = null;
  for (const [index, { reader }] of targets.entries()) {
    const bytes = await readIfPresent(reader, MEDIA_PATHS.index);
    if (bytes === undefined) continue;
    const { set } = parseMediaIndex(bytes);
    if (set?.bundles.map((bundle) => bundle.digest).join() !== wanted || set.sticks !== targets.length) {
      throw new AppError('MEDIA_NOT_EMPTY', `stick ${String(index + 1)} already holds a media set`, {
        stick: index + 1,
        setId: set?.setId ?? '',
      });
    }
    standing = set;
  }
  return standing;
}

async function readIfPresent(reader: VolumeReader, path: string): Promise<Uint8Array | undefined> {
  try {
    return await reader.readFile(path, MEDIA_LIMITS.indexBytes);
  } catch (error) {
    if (isAppError(error, 'NOT_FOUND')) return undefined;
    throw error;
  }
}

async function writePart(
  part: PlannedPart,
  writer: VolumeWriter,
  blobs: BlobReader,
  report: (bytes: number) => void,
): Promise<MediaPart> {
  const whole = createHash('sha256');
  const chunks: string[] = [];
  let chunk = createHash('sha256');
  let at = 0;
  function note(block: Uint8Array): void {
    whole.update(block);
    for (let done = 0; done < block.length;) {
      const length = Math.min(block.length - done, CHUNK_BYTES - (at % CHUNK_BYTES));
      chunk.update(block.subarray(done, done + length));
      done += length;
      at += length;
      if (at % CHUNK_BYTES === 0 || at === part.sizeBytes) {
        chunks.push(chunk.digest('hex'));
        chunk = createHash('sha256');
      }
    }
    report(at);
  }
  async function* content(): AsyncIterable<Uint8Array> {
    for (const range of part.ranges) {
      for await (const block of blobs.stream(range.digest, {
        start: range.blobOffset,
        end: range.blobOffset + range.length,
      })) {
        note(block);
        yield block;
      }
    }
  }
  await writer.writeFile(`${MEDIA_PATHS.parts}/${part.name}`, content());
  if (at !== part.sizeBytes)
    throw new AppError(
      'BUNDLE_BLOB_MISSING',
      `${part.name} must have ${String(part.sizeBytes)} bytes, its blobs gave ${String(at)}`,
      { part: part.name },
    );
  return { ...part, digest: `sha256:${whole.digest('hex')}`, chunkBytes: CHUNK_BYTES, chunks };
}

async function writeIndexes(input: WriteMediaSetInput, set: MediaSet): Promise<void> {
  const bytes = new TextEncoder().encode(canonicalJson(set));
  const digest: Digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  const signature = await input.signIndex?.({ name: MEDIA_PATHS.index, digest });
  for (const { reader, writer } of input.targets) {
    await writer.writeFile(MEDIA_PATHS.index, bytes);
    // After the index: a signature without it would outlive an interrupted set and belong to none.
    if (signature !== undefined && (await reader.sizeOf(MEDIA_PATHS.indexSignature)) === undefined)
      await writer.writeFile(MEDIA_PATHS.indexSignature, signature);
  }
}
