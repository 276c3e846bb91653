import type { BlobRange } from '#contracts/media.ts';
import { AppError, type Digest } from '#core/base/index.ts';
import type { BlobReader, Hasher } from '#core/storage/ports.ts';
import type { VolumeReader } from './ports.ts';
import type { SourcePart, SourceSet } from './source-set.ts';

/** A piece of a blob with the part that carries it. */
interface PlacedRange extends BlobRange {
  readonly part: SourcePart;
}

/**
 * Content of a media set by digest, read in place: `gantry verify` and an import plan look at a stick through this.
 * `readerOf` gives the medium that holds a part, or undefined while it is not plugged in (MEDIA_PART_MISSING).
 */
export function createSetReader(
  set: SourceSet,
  readerOf: (part: SourcePart) => VolumeReader | undefined,
  hasher: Hasher,
): BlobReader {
  const sizes = new Map<Digest, number>(
    set.bundles.flatMap((bundle) => bundle.blobs).map((blob) => [blob.digest, blob.sizeBytes]),
  );
  const places = placesOf(set.parts);
  const leftOut = new Set([
    ...(set.delta?.omitted ?? []).map((blob) => blob.digest),
    ...(set.delta?.patches ?? []).map((patch) => patch.target),
  ]);

  async function* stream(digest: Digest, range?: { start: number; end: number }): AsyncIterable<Uint8Array> {
    const size = sizes.get(digest);
    if (size === undefined) throw new AppError('BUNDLE_BLOB_MISSING', `the medium does not list ${digest}`, { digest });
    if (leftOut.has(digest))
      throw new AppError(
        'BUNDLE_BLOB_MISSING',
        `the set carries only a difference for site ${set.delta?.siteId ?? ''}; ${digest} is there`,
        { digest },
      );
    const wanted = { start: range?.start ?? 0, end: Math.min(range?.end ?? size, size) };
    for (const place of places.get(digest) ?? []) {
      const start = Math.max(wanted.start, place.blobOffset);
      const end = Math.min(wanted.end, place.blobOffset + place.length);
      if (start >= end) continue;
      const reader = readerOf(place.part);
      if (reader === undefined) throw partMissing(place.part);
      const shift = place.partOffset - place.blobOffset;
      yield* reader.stream(place.part.path, { start: start + shift, end: end + shift });
    }
  }

  async function read(digest: Digest, limitBytes: number): Promise<Uint8Array> {
    const size = sizes.get(digest);
    if (size === undefined) throw new AppError('BUNDLE_BLOB_MISSING', `the medium does not list ${digest}`, { digest });
    if (size > limitBytes)
      throw new AppError('INPUT_TOO_LARGE', `${digest} has ${String(size)} bytes, the limit is ${String(limitBytes)}`, {
        digest,
        size,
        limitBytes,
      });
    const bytes = new Uint8Array(size);
    let at = 0;
    for await (const block of stream(digest)) {
      bytes.set(block.subarray(0, size - at), at);
      at += block.length;
    }
    const found = hasher.sha256(bytes.subarray(0, at));
    if (found !== digest)
      throw new AppError('BUNDLE_DIGEST_MISMATCH', `index says ${digest}, the medium has ${found}`, {
        want: digest,
        got: found,
      });
    return bytes;
  }

  return { size: (digest) => Promise.resolve(sizes.get(digest)), read, stream };
}

/** The error that names a part and the stick to look for. */
function partMissing(part: SourcePart): AppError {
  return new AppError('MEDIA_PART_MISSING', `${part.name} (stick ${String(part.stick)}) is not here`, {
    part: part.name,
    stick: part.stick,
  });
}

function placesOf(parts: readonly SourcePart[]): Map<Digest, PlacedRange[]> {
  const places = new Map<Digest, PlacedRange[]>();
  for (const part of parts) {
    for (const range of part.ranges) {
      const list = places.get(range.digest) ?? [];
      list.push({ ...range, part });
      places.set(range.digest, list);
    }
  }
  for (const list of places.values()) list.sort((a, b) => a.blobOffset - b.blobOffset);
  return places;
}
