import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_PART_BYTES } from '#contracts/media.ts';
import { isAppError } from '#core/base/index.ts';
import { checkMediaIndex, planMediaSet } from '#core/media/index.ts';
import { aMediaSet, someBlobs } from './builders.ts';

const sizes = fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 12 });
const limits = fc.record({
  partBytes: fc.integer({ min: 1, max: 200 }),
  targets: fc.array(fc.constant(null), { minLength: 1, maxLength: 5 }),
});
const sized = (list: readonly number[]) =>
  [...someBlobs(list)].map(([digest, bytes]) => ({ digest, sizeBytes: bytes.length }));

describe('planMediaSet', () => {
  it('gives parts that carry every blob exactly once, whatever the limits', () => {
    fc.assert(
      fc.property(sizes, limits, (list, limit) => {
        const { set } = aMediaSet(someBlobs(list), limit);

        expect(checkMediaIndex(set)).toEqual([]);
        expect(Math.max(0, ...set.parts.map((part) => part.sizeBytes))).toBeLessThanOrEqual(limit.partBytes);
      }),
    );
  });

  it('gives the same plan for the same blobs in any order', () => {
    fc.assert(
      fc.property(sizes, limits, (list, limit) => {
        const blobs = sized(list);

        expect(planMediaSet([...blobs].reverse(), limit)).toEqual(planMediaSet(blobs, limit));
      }),
    );
  });

  it('never gives a stick more than its room', () => {
    const rooms = fc.array(fc.integer({ min: 0, max: 800 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(sizes, rooms, fc.integer({ min: 1, max: 200 }), (list, targets, partBytes) => {
        const blobs = sized(list);
        const total = blobs.reduce((sum, blob) => sum + blob.sizeBytes, 0);
        fc.pre(targets.reduce((sum, room) => sum + room, 0) >= total);

        const plan = planMediaSet(blobs, { partBytes, targets });

        for (const [index, room] of targets.entries()) {
          const held = plan.filter((part) => part.stick === index + 1).reduce((sum, part) => sum + part.sizeBytes, 0);
          expect(held).toBeLessThanOrEqual(room);
        }
      }),
    );
  });

  describe('when the targets are too small', () => {
    it('says how many bytes are missing', () => {
      const plan = () => planMediaSet(sized([100, 200]), { partBytes: 64, targets: [120, 100] });

      expect(plan).toThrow(
        expect.objectContaining({ code: 'MEDIA_TARGET_TOO_SMALL', details: { needBytes: 300, missingBytes: 80 } }),
      );
    });
  });

  describe('when a blob is larger than a FAT32 file', () => {
    it('cuts it into files of 4 GiB − 1 at most', () => {
      const digest = `sha256:${'a'.repeat(64)}` as const;

      const plan = planMediaSet([{ digest, sizeBytes: 10_000_000_000 }], {
        partBytes: MAX_PART_BYTES,
        targets: [null],
      });

      expect(plan.map((part) => part.sizeBytes)).toEqual([
        MAX_PART_BYTES,
        MAX_PART_BYTES,
        10_000_000_000 - 2 * MAX_PART_BYTES,
      ]);
    });
  });

  it('refuses a part size that FAT32 cannot hold', () => {
    try {
      planMediaSet(sized([1]), { partBytes: MAX_PART_BYTES + 1, targets: [null] });
      expect.unreachable();
    } catch (error) {
      expect(isAppError(error, 'USAGE_INVALID')).toBe(true);
    }
  });

  it('refuses parts so small that four digits cannot number them', () => {
    expect(() =>
      planMediaSet([{ digest: `sha256:${'a'.repeat(64)}`, sizeBytes: 10_000 }], { partBytes: 1, targets: [null] }),
    ).toThrow('at most 9999');
  });
});
