import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ratePerSecond, remainingMs, withSample, type RateSample } from '#renderer/format/rate-meter.ts';

describe('withSample', () => {
  describe('when a counter went back', () => {
    it('starts afresh', () => {
      expect(withSample([{ at: 0, done: 10 }], { at: 100, done: 2 })).toEqual([{ at: 100, done: 2 }]);
    });
  });

  it('forgets what left the window', () => {
    const samples = withSample(
      [
        { at: 0, done: 0 },
        { at: 4000, done: 40 },
      ],
      { at: 6000, done: 60 },
    );

    expect(samples.map((sample) => sample.at)).toEqual([4000, 6000]);
  });
});

describe('ratePerSecond', () => {
  it('says nothing after one look', () => {
    expect(ratePerSecond([{ at: 0, done: 5 }])).toBeNull();
  });

  it('is the change over the window', () => {
    expect(
      ratePerSecond([
        { at: 0, done: 0 },
        { at: 2000, done: 50 },
      ]),
    ).toBe(25);
  });

  it('is never negative, whatever the counter does', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ step: fc.integer({ min: 1, max: 9000 }), done: fc.nat() })), (looks) => {
        let at = 0;
        let samples: readonly RateSample[] = [];
        for (const { step, done } of looks) samples = withSample(samples, { at: (at += step), done });

        expect(ratePerSecond(samples) ?? 0).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe('remainingMs', () => {
  it('is not known while nothing moves', () => {
    expect(
      remainingMs(
        [
          { at: 0, done: 5 },
          { at: 1000, done: 5 },
        ],
        10,
      ),
    ).toBeNull();
  });

  it('follows the present rate', () => {
    expect(
      remainingMs(
        [
          { at: 0, done: 0 },
          { at: 1000, done: 10 },
        ],
        40,
      ),
    ).toBe(3000);
  });
});
