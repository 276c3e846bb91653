import { canonicalJson, digestHex, type Digest, type Json } from '#core/base/index.ts';
import type { Hasher } from '#core/storage/ports.ts';
import type { SampleRecord } from './sample-record.ts';

/** A sample that may leave the plant: an accepted picture with its label. */
export type LabelledImage = SampleRecord & {
  readonly kind: 'image';
  readonly label: NonNullable<SampleRecord['label']>;
};

export function isLabelledImage(sample: SampleRecord): sample is LabelledImage {
  return sample.kind === 'image' && sample.label !== null && sample.state === 'accepted';
}

/** Ids stay below 2^52: exact in every JSON reader, and far from colliding. */
const ID_HEX_DIGITS = 13;

/**
 * COCO object detection (cocodataset.org, "Data format"): images, annotations, categories. Ids are functions of what they
 * name, so two stations give the same id to the same thing, and equal samples give equal bytes (L4). Coordinates are not rounded.
 */
export function cocoDocument(samples: readonly LabelledImage[], hasher: Hasher): string {
  const sorted = [...samples].sort((a, b) => (a.id < b.id ? -1 : 1));
  const categories = categoriesOf(sorted);
  const idOf = stableIds(hasher);
  const images = sorted.map((sample) => ({ id: idOf(`image ${sample.id}`), ...imageOf(sample) }));
  const annotations = sorted.flatMap((sample) =>
    [...sample.label.boxes]
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .map((box) => ({
        id: idOf(`annotation ${sample.id} ${box.id}`),
        image_id: idOf(`image ${sample.id}`),
        category_id: categories.get(box.className) ?? 0,
        bbox: [box.x, box.y, box.width, box.height],
        area: box.width * box.height,
        iscrowd: 0,
        segmentation: [],
      })),
  );
  const document: Json = {
    info: { description: 'Samples labelled at a Gantry station', version: '1' },
    licenses: [],
    categories: [...categories].map(([name, id]) => ({ id, name, supercategory: '' })),
    images,
    annotations,
  };
  return `${canonicalJson(document)}\n`;
}

/** Where a picture lies in the export: by digest, so that a sample that arrived twice lies there once. */
export function imageFileName(digest: Digest): string {
  return `images/${digestHex(digest)}.png`;
}

/** What COCO has no place for stays with its image: nothing is dropped silently. */
function imageOf(sample: LabelledImage): Record<string, Json> {
  const { model, label } = sample;
  return {
    file_name: imageFileName(sample.contentDigest),
    width: sample.width ?? 0,
    height: sample.height ?? 0,
    gantry: {
      sampleId: sample.id,
      device: sample.device,
      line: sample.line,
      takenAt: sample.takenAt,
      reason: sample.reason,
      score: sample.score,
      model: model.repository,
      version: model.version,
      bundle: model.bundleDigest,
      imageClass: label.imageClass,
      note: label.note,
      labelledBy: sample.labelledBy,
      labelledAt: sample.labelledAt,
    },
  };
}

/** Every class that the models know or a label uses, by name; numbers follow the order of the names. */
function categoriesOf(samples: readonly LabelledImage[]): Map<string, number> {
  const names = new Set(
    samples.flatMap((sample) => [...sample.classes, ...sample.label.boxes.map((box) => box.className)]),
  );
  return new Map([...names].sort().map((name, index) => [name, index + 1]));
}

function stableIds(hasher: Hasher): (name: string) => number {
  const encoder = new TextEncoder();
  return (name) => Number.parseInt(digestHex(hasher.sha256(encoder.encode(name))).slice(0, ID_HEX_DIGITS), 16);
}
