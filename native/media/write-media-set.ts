import { createHash } from 'node:crypto';
import { MEDIA_PATHS, type MediaPart, type MediaSet } from '#contracts/media.ts';
import { AppError, canonicalJson, isAppError, toIsoUtc, type Digest } from '#core/base/index.ts';
import { CHUNK_BYTES, MEDIA_LIMITS, parseMediaIndex, type PlannedPart } from '#core/media/index.ts';
import type { VolumeReader, VolumeWriter } from '#core/media/ports.ts';
import { chunkedDigest } from './chunked-digest.ts';
import type { WriteMediaSetInput } from './media-set-input.ts';
import { planWithRoom } from './plan-with-room.ts';

/**
 * Writes a media set: parts first, the index last and on every stick, so that an index always describes whole parts.
 * Interrupted, the same call goes on: parts that already stand with the right bytes stay. Encrypted parts never have the same bytes
 * twice: an interrupted encrypted set is begun anew in an empty folder (MEDIA_NOT_EMPTY).
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
      await writePart(part, { ...input, writer: target.writer }, (bytes) => input.report?.(before + bytes, totalBytes)),
    );
    doneBytes += part.sizeBytes;
  }
  const set: MediaSet = {
    v: 1,
    setId: standing?.setId ?? input.ids.next(),
    createdAt: standing?.createdAt ?? toIsoUtc(input.clock.now()),
    sticks: input.targets.length,
    ...(input.seal === undefined
      ? {}
      : { encryption: { scheme: 'age-v1' as const, recipients: [...input.seal.recipients] } }),
    bundles: [...input.bundles],
    ...(input.delta === undefined ? {} : { delta: input.delta }),
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
  to: Pick<WriteMediaSetInput, 'blobs' | 'seal'> & { writer: VolumeWriter },
  report: (bytes: number) => void,
): Promise<MediaPart> {
  const plain = chunkedDigest(part.sizeBytes, report);
  const sealed = to.seal === undefined ? null : chunkedDigest(null);
  async function* content(): AsyncIterable<Uint8Array> {
    for (const range of part.ranges) {
      for await (const block of to.blobs.stream(range.digest, {
        start: range.blobOffset,
        end: range.blobOffset + range.length,
      })) {
        plain.note(block);
        yield block;
      }
    }
  }
  const path = `${MEDIA_PATHS.parts}/${part.name}`;
  if (to.seal === undefined || sealed === null) await to.writer.writeFile(path, content());
  else await to.writer.writeFile(path, noted(to.seal.seal(content()), sealed));
  const { digest, chunks, sizeBytes } = plain.end();
  if (sizeBytes !== part.sizeBytes)
    throw new AppError(
      'BUNDLE_BLOB_MISSING',
      `${part.name} must have ${String(part.sizeBytes)} bytes, its blobs gave ${String(sizeBytes)}`,
      { part: part.name },
    );
  return { ...part, digest, chunkBytes: CHUNK_BYTES, chunks, ...(sealed === null ? {} : { sealed: sealed.end() }) };
}

async function* noted(
  blocks: AsyncIterable<Uint8Array>,
  measure: { note(block: Uint8Array): void },
): AsyncIterable<Uint8Array> {
  for await (const block of blocks) {
    measure.note(block);
    yield block;
  }
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
