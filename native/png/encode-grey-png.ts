import { crc32, deflateSync } from 'node:zlib';
import { invariant } from '#core/base/index.ts';

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
/** Greyscale, 8 bits a sample (PNG specification, 11.2.1). */
const COLOUR_GREY = 0;
const BIT_DEPTH = 8;
/** Filter type "sub" pays on camera images; the first byte of each row names it. */
const FILTER_SUB = 1;

/** An 8-bit grey PNG of `pixels`, row by row from the top. Same pixels, same bytes. */
export function encodeGreyPng(width: number, height: number, pixels: Uint8Array): Uint8Array<ArrayBuffer> {
  invariant(pixels.length === width * height, 'one byte for each pixel');
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header[8] = BIT_DEPTH;
  header[9] = COLOUR_GREY;
  const chunks = [
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(filtered(width, height, pixels), { level: 6 })),
    chunk('IEND', new Uint8Array()),
  ];
  return Uint8Array.from(Buffer.concat([SIGNATURE, ...chunks]));
}

function filtered(width: number, height: number, pixels: Uint8Array): Uint8Array {
  const rows = new Uint8Array((width + 1) * height);
  for (let y = 0; y < height; y += 1) {
    const to = y * (width + 1);
    const from = y * width;
    rows[to] = FILTER_SUB;
    for (let x = 0; x < width; x += 1)
      rows[to + 1 + x] = (pixels[from + x] ?? 0) - (x === 0 ? 0 : (pixels[from + x - 1] ?? 0));
  }
  return rows;
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const out = new Uint8Array(12 + data.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, data.length);
  out.set(new TextEncoder().encode(type), 4);
  out.set(data, 8);
  view.setUint32(8 + data.length, crc32(out.subarray(4, 8 + data.length)));
  return out;
}
