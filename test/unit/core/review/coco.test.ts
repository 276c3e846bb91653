import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cocoDocument, isLabelledImage, planCocoExport, type SampleRecord } from '#core/review/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { aBox, anAccepted } from './builders.ts';

interface Coco {
  images: { id: number; file_name: string; width: number; height: number; gantry: Record<string, unknown> }[];
  annotations: { id: number; image_id: number; category_id: number; bbox: number[]; area: number }[];
  categories: { id: number; name: string }[];
}

const coco = (samples: readonly SampleRecord[]): Coco =>
  JSON.parse(cocoDocument(samples.filter(isLabelledImage), nodeHasher)) as Coco;
const size = () => 10;

describe('cocoDocument', () => {
  it('holds images, boxes and classes with references that fit', () => {
    const document = coco([anAccepted()]);

    expect(document.images).toEqual([
      expect.objectContaining({ file_name: `images/${'c'.repeat(64)}.png`, width: 64, height: 48 }),
    ]);
    expect(document.annotations).toEqual([
      expect.objectContaining({ image_id: document.images[0]?.id, bbox: [1.25, 2, 10.5, 4], area: 42 }),
    ]);
    expect(document.categories).toEqual([
      { id: 1, name: 'bridge', supercategory: '' },
      { id: 2, name: 'short', supercategory: '' },
    ]);
    expect(document.annotations[0]?.category_id).toBe(1);
  });

  it('gives the same bytes for the same samples in any order, and back to the last digit', () => {
    const coordinate = fc.double({ min: 0, max: 20, noNaN: true });
    const samples = fc.uniqueArray(
      fc.record({ id: fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/), x: coordinate, y: coordinate }),
      { selector: (one) => one.id, minLength: 1, maxLength: 8 },
    );
    fc.assert(
      fc.property(samples, (list) => {
        const accepted = list.map(({ id, x, y }) =>
          anAccepted({ id, label: { imageClass: null, boxes: [aBox({ x, y })], note: '' } }),
        );

        const text = cocoDocument(accepted.filter(isLabelledImage), nodeHasher);

        expect(cocoDocument([...accepted].reverse().filter(isLabelledImage), nodeHasher)).toBe(text);
        const boxes = coco(accepted).annotations.map((annotation) => annotation.bbox.slice(0, 2));
        expect(boxes.map((box) => box.join()).sort()).toEqual(
          list.map(({ x, y }) => [x + 0, y + 0].map((value) => (Object.is(value, -0) ? 0 : value)).join()).sort(),
        );
      }),
    );
  });

  it('keeps ids when other samples come and go', () => {
    const alone = coco([anAccepted()]);
    const among = coco([anAccepted({ id: 'a-first' }), anAccepted(), anAccepted({ id: 'z-last' })]);

    expect(among.images.map((image) => image.id)).toContain(alone.images[0]?.id);
    expect(among.annotations.map((annotation) => annotation.id)).toContain(alone.annotations[0]?.id);
    expect(new Set(among.annotations.map((annotation) => annotation.id)).size).toBe(3);
  });

  it('keeps what COCO has no place for beside the image', () => {
    const [image] = coco([anAccepted({ label: { imageClass: 'short', boxes: [], note: 'left edge' } })]).images;

    expect(image?.gantry).toMatchObject({
      imageClass: 'short',
      note: 'left edge',
      reason: 'low-confidence',
      device: 'gw-1',
      version: '1.0.0',
    });
  });
});

describe('planCocoExport', () => {
  it('takes accepted samples only and lists every file with its digest', () => {
    const plan = planCocoExport(
      [
        anAccepted(),
        anAccepted({ id: 'sample-2', state: 'rejected' }),
        anAccepted({ id: 'sample-3', state: 'in-work' }),
      ],
      nodeHasher,
      size,
    );

    expect(plan).toMatchObject({ imageCount: 1, featureCount: 0 });
    expect((JSON.parse(plan.manifest) as { files: { path: string }[] }).files.map((file) => file.path)).toEqual([
      'annotations.json',
      `images/${'c'.repeat(64)}.png`,
    ]);
  });

  it('is named by its content', () => {
    expect(planCocoExport([anAccepted()], nodeHasher, size).exportId).toBe(
      planCocoExport([anAccepted()], nodeHasher, size).exportId,
    );
    expect(planCocoExport([anAccepted({ labelledAt: 6 })], nodeHasher, size).exportId).not.toBe(
      planCocoExport([anAccepted()], nodeHasher, size).exportId,
    );
  });

  it('writes one picture for two samples of the same content', () => {
    const plan = planCocoExport([anAccepted(), anAccepted({ id: 'sample-2' })], nodeHasher, size);

    expect(plan.files.filter((file) => 'blob' in file)).toHaveLength(1);
    expect(plan.imageCount).toBe(2);
  });

  it('drops no feature row silently', () => {
    const row = anAccepted({
      id: 'row-1',
      kind: 'features',
      width: null,
      height: null,
      features: [{ name: 'torque', value: 4.5 }],
      label: { imageClass: 'short', boxes: [], note: '' },
    });

    const file = planCocoExport([row], nodeHasher, size).files.find((candidate) => candidate.path === 'features.jsonl');

    expect(file !== undefined && 'text' in file ? JSON.parse(file.text) : null).toMatchObject({
      sampleId: 'row-1',
      features: [{ name: 'torque', value: 4.5 }],
      imageClass: 'short',
    });
  });
});
