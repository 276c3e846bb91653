import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAppError } from '#core/base/index.ts';
import { createPatchHeader, parsePatchHeader, xorInto } from '#core/delta/index.ts';

describe('patch header', () => {
  it('gives back the blocks that it was made of, and they tile target and patch', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ length: fc.nat(1000), isStored: fc.boolean() }), { minLength: 1, maxLength: 50 }),
        fc.integer({ min: 1, max: 1000 }),
        (packed, blockBytes) => {
          const targetBytes = packed.length * blockBytes - Math.floor(blockBytes / 2);
          const header = createPatchHeader({ method: 'xor-zstd', blockBytes, targetBytes }, packed);
          const patchBytes = header.length + packed.reduce((sum, { length }) => sum + length, 0);

          const parsed = parsePatchHeader(header, patchBytes);

          expect(parsed.blocks.map(({ length, isStored }) => ({ length, isStored }))).toEqual(packed);
          expect(parsed.blocks.at(-1)?.end).toBe(targetBytes);
          expect(() => parsePatchHeader(header, patchBytes + 1)).toThrow('tile the patch');
        },
      ),
      { seed: 8 },
    );
  });

  it('refuses whatever was changed, by name and without reading past its end', () => {
    const whole = createPatchHeader({ method: 'xor-zstd', blockBytes: 64, targetBytes: 200 }, [
      { length: 10, isStored: false },
      { length: 64, isStored: true },
      { length: 3, isStored: false },
      { length: 8, isStored: false },
    ]);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), fc.nat(whole.length), (at, mask, cut) => {
        const bytes = whole.slice(0, cut);
        if (at < cut) bytes[at] = (bytes[at] ?? 0) ^ mask;
        try {
          const { blocks, targetBytes } = parsePatchHeader(bytes, whole.length + 85);
          expect(blocks.reduce((sum, { start, end }) => sum + end - start, 0)).toBe(targetBytes);
        } catch (error) {
          expect(isAppError(error, 'PATCH_INVALID')).toBe(true);
        }
      }),
      { seed: 8, numRuns: 2_000 },
    );
  });
});

describe('xor', () => {
  it('undoes itself, also where the memory is not aligned and the lengths differ', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ maxLength: 40 }), fc.nat(3), (a, b, shift) => {
        const memory = new Uint8Array(a.length + shift);
        const target = memory.subarray(shift);
        target.set(a);

        xorInto(target, b);
        xorInto(target, b);

        expect([...target]).toEqual([...a]);
      }),
      { seed: 8 },
    );
  });
});
