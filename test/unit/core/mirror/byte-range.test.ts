import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideRange } from '#core/mirror/index.ts';

describe('decideRange', () => {
  it.each([
    [undefined, 3000, 'whole'],
    ['bytes=500-1499', 3000, '500-1500'],
    ['bytes=500-', 3000, '500-3000'],
    ['bytes=-500', 3000, '2500-3000'],
    ['bytes=-5000', 3000, '0-3000'],
    ['bytes=2000-5000', 3000, '2000-3000'],
    ['bytes=0-0', 3000, '0-1'],
    ['bytes=500-0', 3000, 'unsatisfiable'],
    ['bytes=5000-10000', 3000, 'unsatisfiable'],
    ['bytes=3000-', 3000, 'unsatisfiable'],
    ['bytes=-0', 3000, 'unsatisfiable'],
    ['bytes=0-', 0, 'unsatisfiable'],
    ['bytes=-', 3000, 'whole'],
    ['bytes=0-1,5-6', 3000, 'whole'],
    ['items=0-1', 3000, 'whole'],
    ['bytes=abc-', 3000, 'whole'],
  ])('answers %s of %i bytes with %s', (header, size, expected) => {
    const range = decideRange(header, size);

    expect(range.kind === 'part' ? `${String(range.start)}-${String(range.end)}` : range.kind).toBe(expected);
  });

  it('never leaves the content', () => {
    const header = fc.oneof(
      fc.string(),
      fc.tuple(fc.nat(), fc.nat()).map(([a, b]) => `bytes=${String(a)}-${String(b)}`),
      fc.nat().map((n) => `bytes=-${String(n)}`),
      fc.nat().map((n) => `bytes=${String(n)}-`),
    );

    fc.assert(
      fc.property(header, fc.nat(), (text, size) => {
        const range = decideRange(text, size);
        if (range.kind !== 'part') return;

        expect(range.start).toBeGreaterThanOrEqual(0);
        expect(range.start).toBeLessThan(range.end);
        expect(range.end).toBeLessThanOrEqual(size);
      }),
    );
  });
});
