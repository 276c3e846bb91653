import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noteRead, NOTHING_READ, ReadJournal, readsBySticks } from '#core/imports/index.ts';

const stick = (name: string) => ({ volumeId: name, label: `LABEL ${name}`, serial: null });
const read = (part: string, start: number, end: number) => ({ part, stick: 1, start, end });

describe('read journal', () => {
  it('joins blocks that follow one another, and keeps sticks apart', () => {
    let journal = noteRead(NOTHING_READ, stick('a'), read('part-0001.bin', 0, 10));
    journal = noteRead(journal, stick('a'), read('part-0001.bin', 10, 25));
    journal = noteRead(journal, stick('b'), read('part-0001.bin', 25, 30));

    expect(journal.entries.map(({ volumeId, ranges }) => [volumeId, ranges])).toEqual([
      ['a', [{ start: 0, end: 25 }]],
      ['b', [{ start: 25, end: 30 }]],
    ]);
    expect(readsBySticks(journal).map(({ volumeId, bytes }) => [volumeId, bytes])).toEqual([
      ['a', 25],
      ['b', 5],
    ]);
  });

  it('stays small whatever is read, and covers at least what was read', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(500), fc.integer({ min: 1, max: 9 })), { minLength: 1, maxLength: 120 }),
        (reads) => {
          let journal = NOTHING_READ;
          for (const [start, length] of reads)
            journal = noteRead(journal, stick('a'), read('p', start, start + length));

          const [entry] = ReadJournal.parse(journal).entries;
          const ranges = entry?.ranges ?? [];
          for (const [start, length] of reads)
            expect(ranges.some((range) => range.start <= start && start + length <= range.end)).toBe(true);
          const isExact = ranges.reduce((sum, { start, end }) => sum + end - start, 0) === distinct(reads);
          expect(entry?.isCoarse === true || isExact).toBe(true);
        },
      ),
      { seed: 4 },
    );
  });
});

function distinct(reads: readonly (readonly [number, number])[]): number {
  const bytes = new Set<number>();
  for (const [start, length] of reads) for (let at = start; at < start + length; at += 1) bytes.add(at);
  return bytes.size;
}
