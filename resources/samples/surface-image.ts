import { randomFrom } from './random.ts';

/** Pixels along each side of an image. */
export const SIDE = 64;

/** A defect with its box in pixels. */
export interface Defect {
  readonly kind: 'spot' | 'scratch';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** How much brighter than the surface, 0 to 1. */
  readonly contrast: number;
}

/** A grey image of a ground metal surface. */
export interface SurfaceImage {
  readonly side: typeof SIDE;
  /** Grey values 0 to 1, row by row. */
  readonly pixels: Float32Array<ArrayBuffer>;
  readonly defects: readonly Defect[];
}

/** Part number `index` of a line: brushed texture, uneven light, and now and then a defect; some are hard to see. */
export function surfaceImage(seed: number, index: number): SurfaceImage {
  const random = randomFrom(seed * 7919 + index);
  const pixels = new Float32Array(SIDE * SIDE);
  const light = 0.35 + random() * 0.15;
  const slope = (random() - 0.5) * 0.1;
  for (let y = 0; y < SIDE; y += 1) {
    const groove = (random() - 0.5) * 0.03;
    for (let x = 0; x < SIDE; x += 1)
      pixels[y * SIDE + x] = light + slope * (x / SIDE - 0.5) + groove + (random() - 0.5) * 0.03;
  }
  const defects = Array.from({ length: Math.floor(random() * 4) }, () => drawDefect(pixels, random));
  return { side: SIDE, pixels: pixels.map((value) => Math.min(1, Math.max(0, value))), defects };
}

function drawDefect(pixels: Float32Array, random: () => number): Defect {
  const isSpot = random() < 0.6;
  // One in three is faint: those are what a person has to look at.
  const contrast = random() < 0.33 ? 0.14 + random() * 0.06 : 0.3 + random() * 0.2;
  const width = isSpot ? 3 : 6 + Math.floor(random() * 8);
  const height = isSpot ? 3 : 2;
  const x = 4 + Math.floor(random() * (SIDE - width - 8));
  const y = 4 + Math.floor(random() * (SIDE - height - 8));
  for (let row = y; row < y + height; row += 1) {
    for (let column = x; column < x + width; column += 1)
      pixels[row * SIDE + column] = (pixels[row * SIDE + column] ?? 0) + contrast;
  }
  return { kind: isSpot ? 'spot' : 'scratch', x, y, width, height, contrast };
}

/** The image as a portable grey map (netpbm P5), which every viewer opens. */
export function toPgm(image: SurfaceImage): Uint8Array {
  const head = new TextEncoder().encode(`P5\n${String(SIDE)} ${String(SIDE)}\n255\n`);
  const bytes = new Uint8Array(head.length + image.pixels.length);
  bytes.set(head);
  image.pixels.forEach((value, at) => {
    bytes[head.length + at] = Math.round(value * 255);
  });
  return bytes;
}
