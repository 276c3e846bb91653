import type { Descriptor } from '#contracts/bundle.ts';
import { shortDigest, type Digest, type Finding } from '#core/base/index.ts';
import { findingOf, findingOfReadError } from '#core/bundle/index.ts';
import type { ArtefactScan, ByteSource, ScanQuestion } from '#core/artefacts/index.ts';
import type { ArtefactScanner } from '#core/artefacts/ports.ts';
import type { BlobReader, ContentHasher } from '#core/storage/ports.ts';

export interface ContentCheck {
  readonly findings: readonly Finding[];
  /** Scans of the weights, by digest. Two variants of one file with two runtimes have one scan: of the first. */
  readonly scans: ReadonlyMap<Digest, ArtefactScan>;
}

export interface ContentOptions {
  readonly reader: BlobReader;
  readonly hasher: ContentHasher;
  readonly closure: readonly Descriptor[];
  /** Weights, and what is to load them. */
  readonly weights: ReadonlyMap<Digest, ScanQuestion>;
  readonly scanner: ArtefactScanner;
  readonly onBytes?: (doneBytes: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Untrusted: streams every blob once through the hash, or has the store tell its digests, and scans the weights: by ranges, so
 * that gigabytes of numbers are jumped over. Every fault is reported.
 */
export async function checkContent(options: ContentOptions): Promise<ContentCheck> {
  const findings: Finding[] = [];
  const scans = new Map<Digest, ArtefactScan>();
  let done = 0;
  for (const blob of options.closure) {
    const doneBefore = done;
    const question = options.weights.get(blob.digest);
    const [finding, scan] = await checkBlob(blob, question, options, (bytes) => {
      done += bytes;
      options.onBytes?.(done);
    });
    if (finding === null && done === doneBefore) {
      done += blob.size;
      options.onBytes?.(done);
    }
    if (finding !== null) findings.push(finding);
    // The structure of a damaged file says nothing about the model.
    else if (scan !== null) scans.set(blob.digest, scan);
  }
  for (const [digest, scan] of scans)
    findings.push(...scan.findings.map((finding) => ({ ...finding, at: `${shortDigest(digest)} ${finding.at}` })));
  return { findings, scans };
}

async function checkBlob(
  blob: Descriptor,
  question: ScanQuestion | undefined,
  options: ContentOptions,
  onBytes: (bytes: number) => void,
): Promise<[Finding | null, ArtefactScan | null]> {
  const at = shortDigest(blob.digest);
  try {
    const size = await options.reader.size(blob.digest);
    if (size === undefined) return [findingOf('BUNDLE_BLOB_MISSING', at, blob.mediaType), null];
    if (size !== blob.size)
      return [findingOf('BUNDLE_SIZE_MISMATCH', at, `${String(blob.size)} bytes stated, ${String(size)} found.`), null];
    const scanning = question === undefined ? null : scan(blob, question, options);
    const [found, scanned] = await Promise.all([digestOf(blob, options, onBytes), scanning]);
    if (found === blob.digest) return [null, scanned];
    return [findingOf('BUNDLE_DIGEST_MISMATCH', at, `${blob.digest} is named, the content is ${found}.`), null];
  } catch (error) {
    const finding = findingOfReadError(error, at);
    if (finding === null) throw error;
    return [finding, null];
  }
}

function scan(
  blob: Descriptor,
  question: ScanQuestion,
  { reader, scanner, signal }: ContentOptions,
): Promise<ArtefactScan> {
  const source: ByteSource = {
    sizeBytes: blob.size,
    read: async (start, length) => {
      signal?.throwIfAborted();
      return readRange(reader, blob.digest, { start, end: Math.min(start + length, blob.size) });
    },
  };
  return scanner.scan(source, question, signal);
}

async function readRange(
  reader: BlobReader,
  digest: Digest,
  range: { start: number; end: number },
): Promise<Uint8Array> {
  const whole = new Uint8Array(Math.max(0, range.end - range.start));
  let filled = 0;
  for await (const piece of reader.stream(digest, range)) {
    whole.set(piece.subarray(0, whole.length - filled), filled);
    filled = Math.min(whole.length, filled + piece.length);
  }
  return whole.subarray(0, filled);
}

async function digestOf(
  blob: Descriptor,
  { reader, hasher, signal }: ContentOptions,
  onBytes: (bytes: number) => void,
): Promise<Digest> {
  if (reader.storedDigest !== undefined)
    return reader.storedDigest(blob.digest, { onBytes, ...(signal === undefined ? {} : { signal }) });
  const hash = hasher.begin();
  for await (const piece of reader.stream(blob.digest)) {
    signal?.throwIfAborted();
    hash.update(piece);
    onBytes(piece.length);
  }
  return hash.digest();
}
