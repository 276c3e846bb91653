import { MEDIA_PATHS, type MediaPart } from '#contracts/media.ts';
import { AppError, canonicalJson } from '#core/base/index.ts';
import { CHUNK_BYTES, type PlannedPart } from '#core/media/index.ts';
import { chunkedDigest, type ChunkedDigest } from './chunked-digest.ts';
import type { MediaTarget, WriteMediaSetInput } from './media-set-input.ts';
import { writePartNote } from './unfinished-write.ts';

interface PartWrite {
  readonly input: Pick<WriteMediaSetInput, 'blobs' | 'seal'>;
  readonly target: MediaTarget;
  /** What an earlier write says of the encrypted part that stands; every digest of it is compared. */
  readonly known: MediaPart | undefined;
  readonly isStanding: boolean;
  readonly report: (bytes: number) => void;
}

/** Writes a part, or proves that the one that stands has the right bytes: a stick need not have room for it twice. */
export async function writePart(part: PlannedPart, write: PartWrite): Promise<MediaPart> {
  const { input, target, isStanding } = write;
  const path = `${MEDIA_PATHS.parts}/${part.name}`;
  if (isStanding) return standingPart(part, write, path);
  const plain = chunkedDigest(part.sizeBytes, write.report);
  const content = noted(contentOf(part, input), plain);
  if (input.seal === undefined) {
    await target.writer.writeFile(path, content);
    return described(part, plain.end());
  }
  const sealed = chunkedDigest(null);
  let written: MediaPart | undefined;
  await target.writer.writeFile(path, noted(input.seal.seal(content), sealed), async () => {
    written = { ...described(part, plain.end()), sealed: sealed.end() };
    await writePartNote(target, written);
  });
  if (written !== undefined) return written;
  throw otherContent(path);
}

async function standingPart(part: PlannedPart, { input, target, known, report }: PartWrite, path: string) {
  const plain = chunkedDigest(part.sizeBytes, report);
  for await (const block of contentOf(part, input)) plain.note(block);
  const wanted = described(part, plain.end());
  const standing = await target.writer.digestOf(path);
  if (input.seal === undefined && standing === wanted.digest) return wanted;
  const { sealed, ...opened } = known ?? {};
  const isSame = canonicalJson(opened) === canonicalJson(wanted);
  if (input.seal !== undefined && sealed !== undefined && isSame && standing === sealed.digest)
    return { ...wanted, sealed };
  throw otherContent(path);
}

async function* contentOf(part: PlannedPart, { blobs }: Pick<WriteMediaSetInput, 'blobs'>): AsyncIterable<Uint8Array> {
  for (const { digest, blobOffset, length } of part.ranges)
    yield* blobs.stream(digest, { start: blobOffset, end: blobOffset + length });
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

function described(part: PlannedPart, { digest, chunks, sizeBytes }: ChunkedDigest): MediaPart {
  if (sizeBytes === part.sizeBytes) return { ...part, digest, chunkBytes: CHUNK_BYTES, chunks };
  const sentence = `${part.name} must have ${String(part.sizeBytes)} bytes, its blobs gave ${String(sizeBytes)}`;
  throw new AppError('BUNDLE_BLOB_MISSING', sentence, { part: part.name });
}

function otherContent(path: string): AppError {
  return new AppError('MEDIA_NOT_EMPTY', `${path} is already there with other content`, { path });
}
