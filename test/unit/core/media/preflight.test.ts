import { describe, expect, it } from 'vitest';
import { assertFits, shortage } from '#core/media/index.ts';

const roomy = { freeBytes: null, freeFiles: null, largestFileBytes: null, blockBytes: 4096 };
const files = [
  { path: 'a', sizeBytes: 5000 },
  { path: 'b', sizeBytes: 1 },
];

describe('pre-flight of a target', () => {
  it('knows no shortage where the file system tells nothing', () => {
    expect(shortage(files, roomy)).toBeNull();
  });

  it('counts whole blocks and tells the amount that is missing', () => {
    expect(() => {
      assertFits(files, { ...roomy, freeBytes: 12_287 });
    }).toThrow(
      expect.objectContaining({
        code: 'MEDIA_TARGET_TOO_SMALL',
        details: { needBytes: 12_288, freeBytes: 12_287, missingBytes: 1 },
      }) as Error,
    );
    expect(shortage(files, { ...roomy, freeBytes: 12_288 })).toBeNull();
  });

  it('names the file that is too large for the file system, and the number of files that have no room', () => {
    expect(() => {
      assertFits(files, { ...roomy, largestFileBytes: 4999 });
    }).toThrow(
      expect.objectContaining({
        code: 'MEDIA_FILE_TOO_LARGE',
        details: { path: 'a', sizeBytes: 5000, largestFileBytes: 4999 },
      }) as Error,
    );
    expect(shortage(files, { ...roomy, freeFiles: 1 })).toEqual({ kind: 'files', needFiles: 2, freeFiles: 1 });
  });
});
