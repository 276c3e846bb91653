import type { Descriptor } from '#contracts/bundle.ts';
import { shortDigest, type Digest, type Finding } from '#core/base/index.ts';
import { findingOf, findingOfReadError } from '#core/bundle/index.ts';
import { createOnnxScanner, type OnnxScan } from '#core/onnx/index.ts';
import type { BlobReader, ContentHasher } from '#core/storage/ports.ts';

export interface ContentCheck {
  readonly findings: readonly Finding[];
  /** Scans of the ONNX weights, by digest. */
  readonly scans: ReadonlyMap<Digest, OnnxScan>;
}

export interface ContentOptions {
  readonly reader: BlobReader;
  readonly hasher: ContentHasher;
  readonly closure: readonly Descriptor[];
  /** Weights that are ONNX files. */
  readonly onnx: ReadonlySet<Digest>;
  readonly onBytes?: (doneBytes: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Untrusted: streams every blob once, through the hash and (for ONNX weights) through the scanner, and reports every fault.
 * Where the content lies in a store that can tell its digests, only weights to scan are streamed, while the store hashes them.
 */
export async function checkContent(options: ContentOptions): Promise<ContentCheck> {
  const findings: Finding[] = [];
  const scans = new Map<Digest, OnnxScan>();
  let done = 0;
  for (const blob of options.closure) {
    const scanner = options.onnx.has(blob.digest) ? createOnnxScanner() : null;
    const doneBefore = done;
    const finding = await checkBlob(blob, options, (piece) => {
      scanner?.push(piece);
      done += piece.length;
      options.onBytes?.(done);
    });
    if (finding === null && done === doneBefore) {
      done += blob.size;
      options.onBytes?.(done);
    }
    if (finding !== null) findings.push(finding);
    // The structure of a damaged file says nothing about the model.
    else if (scanner !== null) scans.set(blob.digest, scanner.finish());
  }
  for (const [digest, scan] of scans)
    findings.push(...scan.findings.map((finding) => ({ ...finding, at: `${shortDigest(digest)} ${finding.at}` })));
  return { findings, scans };
}

async function checkBlob(
  blob: Descriptor,
  options: ContentOptions,
  each: (piece: Uint8Array) => void,
): Promise<Finding | null> {
  const at = shortDigest(blob.digest);
  try {
    const size = await options.reader.size(blob.digest);
    if (size === undefined) return findingOf('BUNDLE_BLOB_MISSING', at, blob.mediaType);
    if (size !== blob.size)
      return findingOf('BUNDLE_SIZE_MISMATCH', at, `${String(blob.size)} bytes stated, ${String(size)} found.`);
    const found = await digestOf(blob, options, each);
    return found === blob.digest
      ? null
      : findingOf('BUNDLE_DIGEST_MISMATCH', at, `${blob.digest} is named, the content is ${found}.`);
  } catch (error) {
    const finding = findingOfReadError(error, at);
    if (finding === null) throw error;
    return finding;
  }
}

async function digestOf(blob: Descriptor, options: ContentOptions, each: (piece: Uint8Array) => void): Promise<Digest> {
  const { reader, signal } = options;
  if (reader.storedDigest === undefined) {
    const hash = options.hasher.begin();
    await stream(blob, options, (piece) => {
      hash.update(piece);
      each(piece);
    });
    return hash.digest();
  }
  const [found] = await Promise.all([
    reader.storedDigest(blob.digest, signal),
    options.onnx.has(blob.digest) ? stream(blob, options, each) : undefined,
  ]);
  return found;
}

async function stream(
  blob: Descriptor,
  { reader, signal }: ContentOptions,
  each: (piece: Uint8Array) => void,
): Promise<void> {
  for await (const piece of reader.stream(blob.digest)) {
    signal?.throwIfAborted();
    each(piece);
  }
}
