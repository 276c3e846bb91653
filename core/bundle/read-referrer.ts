import { ANNOTATIONS, ImageManifest, MEDIA_TYPES, type Descriptor } from '#contracts/bundle.ts';
import type { Digest, Finding } from '#core/base/index.ts';
import type { BlobReader } from '#core/storage/ports.ts';
import { parseDocument, readBytes } from './document.ts';
import { findingOf, findingOfReadError } from './finding.ts';
import { BUNDLE_LIMITS } from './limits.ts';
import { cosignDocuments } from './cosign-layers.ts';
import type { LoadedReferrer } from './loaded.ts';

export interface ReferrerRead {
  /** One, or one for each layer that cosign v2 put there. */
  readonly referrers: readonly LoadedReferrer[];
  readonly blobs: readonly Descriptor[];
  readonly findings: readonly Finding[];
}

/** Untrusted: an attached manifest, named by its digest only. */
export async function readReferrer(reader: BlobReader, digest: Digest, subject: Digest): Promise<ReferrerRead> {
  const at = `referrer ${digest.slice(7, 19)}`;
  const size = await sizeOf(reader, digest, at);
  if (typeof size !== 'number') return { referrers: [], blobs: [], findings: [size] };
  const manifest: Descriptor = { mediaType: MEDIA_TYPES.ociManifest, digest, size };
  const bytes = await readBytes(reader, manifest, BUNDLE_LIMITS.manifestBytes);
  const read = bytes.ok
    ? parseDocument(bytes.value, ImageManifest, { limitBytes: BUNDLE_LIMITS.manifestBytes, at })
    : bytes;
  if (!read.ok) return { referrers: [], blobs: [manifest], findings: read.findings };
  const { layers, config } = read.value;
  const artifactType = read.value.artifactType ?? config.mediaType;
  const blobs = [{ ...manifest, artifactType }, config, ...layers];
  const attached = read.value.subject;
  const documents = attached === undefined ? cosignDocuments(manifest, layers) : [];
  if (documents.length > 0) return { referrers: documents, blobs, findings: [] };
  if (attached?.digest !== subject)
    return {
      referrers: [],
      blobs,
      findings: [findingOf('SIGNATURE_SUBJECT_MISMATCH', at, 'The attached manifest names another subject.')],
    };
  const [layer] = layers;
  if (layer === undefined || layers.length > 1)
    return {
      referrers: [],
      blobs,
      findings: [findingOf('BUNDLE_MANIFEST_INVALID', at, `One layer is needed, ${String(layers.length)} found.`)],
    };
  return {
    referrers: [
      {
        kind: 'referrer',
        manifest: { ...manifest, artifactType },
        artifactType,
        claims: read.value.annotations?.[ANNOTATIONS.predicateType] ?? '',
        layer,
      },
    ],
    blobs,
    findings: [],
  };
}

async function sizeOf(reader: BlobReader, digest: Digest, at: string): Promise<number | Finding> {
  try {
    return (await reader.size(digest)) ?? findingOf('BUNDLE_BLOB_MISSING', at);
  } catch (error) {
    const finding = findingOfReadError(error, at);
    if (finding === null) throw error;
    return finding;
  }
}
