import { describe, expect, it } from 'vitest';
import { isWhole } from '#renderer/display/watch-whole.ts';

const sighting = (intersectionRatio: number, seen: number, screen: number | null) => ({
  intersectionRatio,
  intersectionRect: { height: seen },
  rootBounds: screen === null ? null : { height: screen },
});

describe('isWhole', () => {
  it.each([
    ['all of it is on screen', sighting(1, 200, 768), true],
    ['rounding took a little', sighting(0.995, 199, 768), true],
    ['half of it is on screen', sighting(0.5, 100, 768), false],
    ['none of it is on screen', sighting(0, 0, 768), false],
    ['it is taller than the screen and fills it', sighting(0.4, 700, 768), true],
    ['the screen has no height', sighting(0, 0, 0), false],
    ['the screen is not known', sighting(0.9, 700, null), false],
  ])('when %s', (_what, seen, whole) => {
    expect(isWhole(seen)).toBe(whole);
  });
});
