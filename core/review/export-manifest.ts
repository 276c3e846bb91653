import { canonicalJson, digestHex, type Digest } from '#core/base/index.ts';
import type { Hasher } from '#core/storage/ports.ts';
import { cocoDocument, imageFileName, isLabelledImage } from './coco.ts';
import type { SampleRecord } from './sample-record.ts';

/** DSSE payload type of an export manifest. */
export const REVIEW_EXPORT_TYPE = 'application/vnd.gantry.review-export.v1+json';

/** A file of an export: text that was made here, or a blob of the store. */
export type ExportFile =
  | { readonly path: string; readonly text: string }
  | { readonly path: string; readonly blob: Digest; readonly sizeBytes: number };

export interface ReviewExport {
  /** A function of the content: the same samples export to the same folder with the same bytes. */
  readonly exportId: string;
  readonly files: readonly ExportFile[];
  /** `manifest.json`: every other file with its digest; this text is what the site key signs. */
  readonly manifest: string;
  readonly imageCount: number;
  readonly featureCount: number;
}

/** Accepted samples as COCO; feature rows, which COCO cannot hold, lie beside it as JSON Lines. */
export function planCocoExport(
  samples: readonly SampleRecord[],
  hasher: Hasher,
  sizeOf: (digest: Digest) => number,
): ReviewExport {
  const accepted = samples.filter((sample) => sample.state === 'accepted');
  const images = accepted.filter(isLabelledImage);
  const features = accepted.filter((sample) => sample.kind === 'features').sort((a, b) => (a.id < b.id ? -1 : 1));
  const texts = [
    { path: 'annotations.json', text: cocoDocument(images, hasher) },
    ...(features.length === 0 ? [] : [{ path: 'features.jsonl', text: features.map(featureLine).join('') }]),
  ];
  const pictures = [...new Set(images.map((sample) => sample.contentDigest))]
    .sort()
    .map((blob) => ({ path: imageFileName(blob), blob, sizeBytes: sizeOf(blob) }));
  const listed = [
    ...texts.map(({ path, text }) => describe(path, text, hasher)),
    ...pictures.map(({ path, blob, sizeBytes }) => ({ path, digest: blob, sizeBytes })),
  ];
  const manifest = `${canonicalJson({ v: 1, format: 'coco', images: images.length, features: features.length, files: listed })}\n`;
  const exportId = `coco-${digestHex(hasher.sha256(new TextEncoder().encode(manifest))).slice(0, 24)}`;
  return {
    exportId,
    files: [...pictures, ...texts],
    manifest,
    imageCount: images.length,
    featureCount: features.length,
  };
}

function describe(path: string, text: string, hasher: Hasher): { path: string; digest: Digest; sizeBytes: number } {
  const bytes = new TextEncoder().encode(text);
  return { path, digest: hasher.sha256(bytes), sizeBytes: bytes.length };
}

function featureLine(sample: SampleRecord): string {
  const { id, device, line, takenAt, reason, score, model, features, label, labelledBy, labelledAt } = sample;
  return `${canonicalJson({ sampleId: id, device, line, takenAt, reason, score, model: model.repository, version: model.version, bundle: model.bundleDigest, features, imageClass: label?.imageClass ?? null, note: label?.note ?? '', labelledBy, labelledAt })}\n`;
}
