import { inflateSync } from 'node:zlib';

/** Code points that a font can draw. */
export type FontCoverage = ReadonlySet<number>;

/** Size of the header of a WOFF 1.0 file and of one entry of its table directory. */
const WOFF = { header: 44, entry: 20, signature: 0x774f4646 } as const;

/** Reads which code points a WOFF 1.0 font has glyphs for (OpenType `cmap`, formats 4 and 12). For the fonts that ship with Gantry, not for foreign ones. */
export function fontCoverage(woff: Uint8Array): FontCoverage {
  const cmap = tableOf(woff, 'cmap');
  const covered = new Set<number>();
  const subtables = cmap.getUint16(2);
  for (let index = 0; index < subtables; index += 1) {
    const offset = cmap.getUint32(4 + index * 8 + 4);
    const format = cmap.getUint16(offset);
    if (format === 4) addSegments(cmap, offset, covered);
    if (format === 12) addGroups(cmap, offset, covered);
  }
  return covered;
}

/** WOFF 1.0, 4 and 5: a table is stored plain when compressing it would not have made it smaller. */
function tableOf(woff: Uint8Array, wanted: string): DataView {
  const view = new DataView(woff.buffer, woff.byteOffset, woff.byteLength);
  if (view.getUint32(0) !== WOFF.signature) throw new Error('invariant: the font is not a WOFF 1.0 file');
  const tables = view.getUint16(12);
  for (let index = 0; index < tables; index += 1) {
    const entry = WOFF.header + index * WOFF.entry;
    if (Buffer.from(woff.subarray(entry, entry + 4)).toString('latin1') !== wanted) continue;
    const offset = view.getUint32(entry + 4);
    const stored = woff.subarray(offset, offset + view.getUint32(entry + 8));
    const size = view.getUint32(entry + 12);
    const table = stored.length < size ? inflateSync(stored, { maxOutputLength: size }) : stored;
    return new DataView(table.buffer, table.byteOffset, table.byteLength);
  }
  throw new Error(`invariant: the font has no ${wanted} table`);
}

function addSegments(cmap: DataView, offset: number, covered: Set<number>): void {
  const doubled = cmap.getUint16(offset + 6);
  const [ends, starts] = [offset + 14, offset + 16 + doubled];
  const [deltas, ranges] = [starts + doubled, starts + 2 * doubled];
  for (let segment = 0; segment < doubled; segment += 2) {
    const start = cmap.getUint16(starts + segment);
    const rangeOffset = cmap.getUint16(ranges + segment);
    const delta = cmap.getUint16(deltas + segment);
    for (let code = start; code <= cmap.getUint16(ends + segment) && code !== 0xffff; code += 1) {
      const stored = rangeOffset === 0 ? code : cmap.getUint16(ranges + segment + rangeOffset + 2 * (code - start));
      const glyph = rangeOffset !== 0 && stored === 0 ? 0 : (stored + delta) & 0xffff;
      if (glyph !== 0) covered.add(code);
    }
  }
}

function addGroups(cmap: DataView, offset: number, covered: Set<number>): void {
  const groups = cmap.getUint32(offset + 12);
  for (let index = 0; index < groups; index += 1) {
    const group = offset + 16 + index * 12;
    const start = cmap.getUint32(group);
    const firstGlyph = cmap.getUint32(group + 8);
    for (let code = start; code <= cmap.getUint32(group + 4); code += 1)
      if (firstGlyph + code - start !== 0) covered.add(code);
  }
}
