import { MEDIA_PATHS } from '#contracts/media.ts';
import { MIB, type Digest } from '#core/base/index.ts';
import {
  assertFits,
  CHUNK_BYTES,
  planMediaSet,
  type NeededFile,
  type PlannedPart,
  type SizedBlob,
} from '#core/media/index.ts';
import type { MediaTarget, WriteMediaSetInput } from './media-set-input.ts';

/** A block digest in the index, with its quotes and comma. */
const INDEX_BYTES_PER_BLOCK = 67;
const INDEX_BYTES_PER_BLOB = 512;

/** age v1: chunks of 64 KiB with a tag of 16 bytes; a header with as many recipients as an index can name. */
const PLAIN_CHUNK_BYTES = 65_536;
const SEALED_CHUNK_BYTES = PLAIN_CHUNK_BYTES + 16;
const SEAL_HEADER_BYTES = 8192;

/**
 * The plan of a set for these targets, refused before byte 1 when it does not fit (D8). What an interrupted write left is counted as
 * room, because it is written over or kept.
 */
export async function planWithRoom(input: WriteMediaSetInput): Promise<PlannedPart[]> {
  const blobs = distinctBlobs(input);
  const totalBytes = blobs.reduce((sum, blob) => sum + blob.sizeBytes, 0);
  const indexBytes =
    MIB + INDEX_BYTES_PER_BLOCK * Math.ceil(totalBytes / CHUNK_BYTES) + INDEX_BYTES_PER_BLOB * blobs.length;
  const own = await Promise.all(input.targets.map(standingParts));
  const isShared = new Set(input.targets.map(({ fileSystem }) => fileSystem)).size < input.targets.length;
  const rooms = input.targets.map(({ limits: { freeBytes, blockBytes } }, index) =>
    freeBytes === null || isShared
      ? null
      : Math.max(0, freeBytes + standingBytes(own[index]) - indexBytes - blockBytes * blobs.length),
  );
  const planned = planMediaSet(blobs, { partBytes: largestPart(input, totalBytes), targets: rooms });
  for (const [fileSystem, files] of filesBySystem(input.targets, planned, { own, indexBytes })) {
    const target = input.targets.find((candidate) => candidate.fileSystem === fileSystem);
    if (target !== undefined) assertFits(files, target.limits);
  }
  return planned;
}

/** What the sticks carry: every blob once, without what the site has, and the patches in place of what they make. */
function distinctBlobs({ bundles, delta }: WriteMediaSetInput): SizedBlob[] {
  const blobs = new Map<Digest, SizedBlob>(
    bundles.flatMap((bundle) => bundle.blobs).map((blob) => [blob.digest, blob]),
  );
  for (const { digest } of delta?.omitted ?? []) blobs.delete(digest);
  for (const { target, patch, patchBytes } of delta?.patches ?? []) {
    blobs.delete(target);
    blobs.set(patch, { digest: patch, sizeBytes: patchBytes });
  }
  return [...blobs.values()];
}

/** Within what every target can hold as one file. More sticks than parts would leave sticks empty: then parts are cut smaller. */
function largestPart({ partBytes, targets, seal }: WriteMediaSetInput, totalBytes: number): number {
  const limits = targets.map(({ limits: { largestFileBytes } }) => largestFileBytes ?? Number.POSITIVE_INFINITY);
  // An encrypted part is longer than what it opens to: a tag for every 64 KiB, and a header.
  const room = Math.min(partBytes, ...limits);
  const largest =
    seal === undefined ? room : Math.floor((room - SEAL_HEADER_BYTES) / SEALED_CHUNK_BYTES) * PLAIN_CHUNK_BYTES;
  return Math.max(1, Math.min(largest, Math.ceil(totalBytes / targets.length)));
}

/** Parts of an earlier, interrupted write with their sizes. */
async function standingParts({ reader }: MediaTarget): Promise<ReadonlyMap<string, number>> {
  const standing = new Map<string, number>();
  for (const name of await reader.list(MEDIA_PATHS.parts, 20_000)) {
    if (!/^part-[0-9]{4}\.bin$/.test(name)) continue;
    standing.set(name, (await reader.sizeOf(`${MEDIA_PATHS.parts}/${name}`)) ?? 0);
  }
  return standing;
}

function standingBytes(parts: ReadonlyMap<string, number> | undefined): number {
  return [...(parts?.values() ?? [])].reduce((sum, size) => sum + size, 0);
}

function filesBySystem(
  targets: readonly MediaTarget[],
  planned: readonly PlannedPart[],
  { own, indexBytes }: { own: readonly ReadonlyMap<string, number>[]; indexBytes: number },
): Map<string, NeededFile[]> {
  const bySystem = new Map<string, NeededFile[]>();
  for (const [index, { fileSystem }] of targets.entries()) {
    const parts = planned.filter((part) => part.stick === index + 1 && own[index]?.get(part.name) !== part.sizeBytes);
    const files: NeededFile[] = [
      { path: MEDIA_PATHS.index, sizeBytes: indexBytes },
      ...parts.map((part) => ({ path: part.name, sizeBytes: part.sizeBytes })),
    ];
    bySystem.set(fileSystem, [...(bySystem.get(fileSystem) ?? []), ...files]);
  }
  return bySystem;
}
