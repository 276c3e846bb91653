import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import { encodeGreyPng } from '#native/png/index.ts';

describe('encodeGreyPng', () => {
  it('is read back pixel by pixel by another decoder', () => {
    const [width, height] = [37, 11];
    const pixels = Uint8Array.from({ length: width * height }, (_, at) => (at * 73) % 256);

    const decoded = PNG.sync.read(Buffer.from(encodeGreyPng(width, height, pixels)));

    expect([decoded.width, decoded.height]).toEqual([width, height]);
    expect(Uint8Array.from({ length: pixels.length }, (_, at) => decoded.data[at * 4] ?? -1)).toEqual(pixels);
  });
});
