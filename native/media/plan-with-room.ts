import { createHash } from 'node:crypto';
import { MEDIA_PATHS } from '#contracts/media.ts';
import { MIB, type Digest } from '#core/base/index.ts';
import {
  assertFits,
  CHUNK_BYTES,
  layParts,
  planMediaSet,
  type NeededFile,
  type PlannedPart,
  type SizedBlob,
} from '#core/media/index.ts';
import type { PartSeal, WriteMediaSetInput } from './media-set-input.ts';
import { readPlanNote, standingParts, wishOf } from './unfinished-write.ts';

/** A block digest in the index, with its quotes and comma. */
const INDEX_BYTES_PER_BLOCK = 67;
const INDEX_BYTES_PER_BLOB = 512;

/** age v1: chunks of 64 KiB with a tag of 16 bytes; a header with as many recipients as an index can name. */
const PLAIN_CHUNK_BYTES = 65_536;
const SEALED_CHUNK_BYTES = PLAIN_CHUNK_BYTES + 16;
const SEAL_HEADER_BYTES = 8192;

/** Where every byte goes, and what stands already. */
export interface RoomyPlan {
  readonly parts: readonly PlannedPart[];
  /** Parts of an earlier write with their sizes, by stick. */
  readonly standing: readonly ReadonlyMap<string, number>[];
  readonly wish: string;
  /** The sticks hold these cuts already. */
  readonly isNoted: boolean;
}

/**
 * The plan of a set for these targets, refused before byte 1 when it does not fit (D8). What an interrupted write left is counted as
 * room, because it is kept; its cuts are kept too.
 */
export async function planWithRoom(input: WriteMediaSetInput): Promise<RoomyPlan> {
  const { targets, partBytes, seal } = input;
  const blobs = distinctBlobs(input);
  const wish = wishOf(blobs, { partBytes, sticks: targets.length, recipients: seal?.recipients ?? [] }, sha256);
  const totalBytes = blobs.reduce((sum, blob) => sum + blob.sizeBytes, 0);
  const indexBytes =
    MIB + INDEX_BYTES_PER_BLOCK * Math.ceil(totalBytes / CHUNK_BYTES) + INDEX_BYTES_PER_BLOB * blobs.length;
  const standing = await Promise.all(targets.map(standingParts));
  const cuts = await readPlanNote(targets, { wish, blobs });
  const isShared = new Set(targets.map(({ fileSystem }) => fileSystem)).size < targets.length;
  const rooms = targets.map(({ limits: { freeBytes, blockBytes } }, index) =>
    freeBytes === null || isShared
      ? null
      : plainRoom(freeBytes + standingBytes(standing[index]) - indexBytes - blockBytes * blobs.length, seal),
  );
  const parts =
    cuts === null
      ? planMediaSet(blobs, { partBytes: largestPart(input, totalBytes), targets: rooms })
      : layParts(blobs, cuts);
  for (const [fileSystem, files] of filesBySystem(input, parts, { standing, indexBytes })) {
    const target = targets.find((candidate) => candidate.fileSystem === fileSystem);
    if (target !== undefined) assertFits(files, target.limits);
  }
  return { parts, standing, wish, isNoted: cuts !== null };
}

function sha256(bytes: Uint8Array): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** What can be encrypted into so much room. */
function plainRoom(roomBytes: number, seal: PartSeal | undefined): number {
  const room = Math.max(0, roomBytes);
  return seal === undefined ? room : Math.floor(room / SEALED_CHUNK_BYTES) * PLAIN_CHUNK_BYTES;
}

/** The largest file that encrypting so many bytes makes. */
function storedBytes(sizeBytes: number, seal: PartSeal | undefined): number {
  if (seal === undefined) return sizeBytes;
  return SEAL_HEADER_BYTES + Math.max(1, Math.ceil(sizeBytes / PLAIN_CHUNK_BYTES)) * 16 + sizeBytes;
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

function standingBytes(parts: ReadonlyMap<string, number> | undefined): number {
  return [...(parts?.values() ?? [])].reduce((sum, size) => sum + size, 0);
}

function filesBySystem(
  { targets, seal }: WriteMediaSetInput,
  planned: readonly PlannedPart[],
  { standing, indexBytes }: { standing: RoomyPlan['standing']; indexBytes: number },
): Map<string, NeededFile[]> {
  const bySystem = new Map<string, NeededFile[]>();
  for (const [index, { fileSystem }] of targets.entries()) {
    const parts = planned.filter(({ stick, name }) => stick === index + 1 && (standing[index]?.get(name) ?? 0) === 0);
    const files: NeededFile[] = [
      { path: MEDIA_PATHS.index, sizeBytes: indexBytes },
      ...parts.map((part) => ({ path: part.name, sizeBytes: storedBytes(part.sizeBytes, seal) })),
    ];
    bySystem.set(fileSystem, [...(bySystem.get(fileSystem) ?? []), ...files]);
  }
  return bySystem;
}
