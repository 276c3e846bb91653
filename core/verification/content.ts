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

/** Untrusted: streams every blob once, through the hash and (for ONNX weights) through the scanner, and reports every fault. */
export async function checkContent(options: ContentOptions): Promise<ContentCheck> {
  const findings: Finding[] = [];
  const scans = new Map<Digest, OnnxScan>();
  let done = 0;
  for (const blob of options.closure) {
    const scanner = options.onnx.has(blob.digest) ? createOnnxScanner() : null;
    const finding = await checkBlob(blob, options, (piece) => {
      scanner?.push(piece);
      done += piece.length;
      options.onBytes?.(done);
    });
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
    const hash = options.hasher.begin();
    for await (const piece of options.reader.stream(blob.digest)) {
      options.signal?.throwIfAborted();
      hash.update(piece);
      each(piece);
    }
    const found = hash.digest();
    return found === blob.digest
      ? null
      : findingOf('BUNDLE_DIGEST_MISMATCH', at, `${blob.digest} is named, the content is ${found}.`);
  } catch (error) {
    const finding = findingOfReadError(error, at);
    if (finding === null) throw error;
    return finding;
  }
}
