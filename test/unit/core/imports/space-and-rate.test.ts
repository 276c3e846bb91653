import { describe, expect, it } from 'vitest';
import { MIB } from '#core/base/index.ts';
import { assertSpace, createByteProgress, SPACE_MARGIN_BYTES } from '#core/imports/index.ts';

describe('assertSpace', () => {
  it('says exactly how many bytes are missing, margin included', () => {
    expect(() => {
      assertSpace(100 * MIB, 130 * MIB);
    }).toThrow(
      expect.objectContaining({
        code: 'IMPORT_NO_SPACE',
        details: { needBytes: 100 * MIB, freeBytes: 130 * MIB, missingBytes: 34 * MIB },
      }),
    );
  });

  it('lets an import through that just fits, and one that brings nothing new', () => {
    expect(() => {
      assertSpace(1, 1 + SPACE_MARGIN_BYTES);
    }).not.toThrow();
    expect(() => {
      assertSpace(0, 0);
    }).not.toThrow();
  });
});

describe('createByteProgress', () => {
  it('gives no remaining time before it measured a rate', () => {
    const progress = createByteProgress(1000);

    expect(progress.note(100, 0)).toEqual({ done: 100, total: 1000, unit: 'bytes' });
    expect(progress.note(200, 500)).toEqual({ done: 200, total: 1000, unit: 'bytes' });
  });

  it('estimates from the last seconds only', () => {
    const progress = createByteProgress(10_000);
    progress.note(0, 0);
    progress.note(1000, 6_000);

    expect(progress.note(2000, 8_000).etaSeconds).toBe(16);
  });
});
