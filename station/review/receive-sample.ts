import type { SampleUpload } from '#contracts/device.ts';
import { AppError, canonicalJson, type Clock, type Digest } from '#core/base/index.ts';
import type { SampleRecord } from '#core/review/index.ts';
import { fromBase64 } from '#core/signing/index.ts';
import type { Hasher } from '#core/storage/ports.ts';

/** The bytes of an upload, checked against what it says about itself. */
export interface SampleContent {
  readonly bytes: Uint8Array;
  readonly digest: Digest;
}

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Signature, chunk length and type, width, height (PNG specification, 5.2 and 11.2.2). */
const PNG_HEAD_BYTES = 24;

/** Untrusted: comes from a device. INPUT_MALFORMED when the content is not what the upload claims. */
export function contentOf(upload: SampleUpload, hasher: Hasher): SampleContent {
  const { content } = upload;
  if (content.kind === 'features') {
    if (content.names.length !== content.values.length)
      throw malformed(upload, `${String(content.names.length)} names for ${String(content.values.length)} values`);
    const bytes = new TextEncoder().encode(canonicalJson({ names: content.names, values: content.values }));
    return { bytes, digest: hasher.sha256(bytes) };
  }
  const bytes = fromBase64(content.dataBase64);
  const size = pngSize(bytes);
  if (size === null) throw malformed(upload, 'the picture is not a PNG');
  if (size.width !== content.width || size.height !== content.height) {
    throw malformed(
      upload,
      `the upload says ${String(content.width)} × ${String(content.height)}, the picture has ${String(size.width)} × ${String(size.height)}`,
    );
  }
  return { bytes, digest: hasher.sha256(bytes) };
}

function pngSize(bytes: Uint8Array): { width: number; height: number } | null {
  if (bytes.length < PNG_HEAD_BYTES || PNG_SIGNATURE.some((byte, index) => bytes[index] !== byte)) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

function malformed(upload: SampleUpload, message: string): AppError {
  return new AppError('INPUT_MALFORMED', `sample ${upload.sampleId}: ${message}`, {
    sampleId: upload.sampleId,
    device: upload.device,
  });
}

/** A new sample, waiting for a person. */
export function newSample(
  upload: SampleUpload,
  content: SampleContent,
  about: { line: string; classes: string[] },
  clock: Clock,
): SampleRecord {
  const { content: sent } = upload;
  const isImage = sent.kind === 'image';
  return {
    v: 1,
    id: upload.sampleId,
    device: upload.device,
    line: about.line,
    takenAt: upload.takenAt,
    receivedAt: clock.now(),
    model: upload.model,
    reason: upload.reason,
    score: upload.score,
    kind: sent.kind,
    contentDigest: content.digest,
    mediaType: isImage ? sent.mediaType : 'application/json',
    width: isImage ? sent.width : null,
    height: isImage ? sent.height : null,
    features: isImage ? null : sent.names.map((name, index) => ({ name, value: sent.values[index] ?? 0 })),
    classes: about.classes,
    state: 'waiting',
    label: null,
    labelledBy: null,
    labelledAt: null,
    decidedBy: null,
    decidedAt: null,
    revision: 0,
  };
}
