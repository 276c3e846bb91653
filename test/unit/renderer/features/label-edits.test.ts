import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  clampBox,
  EMPTY_LABEL,
  middleBox,
  nextBoxId,
  nextOpenIndex,
  withBox,
  withoutBox,
} from '#renderer/features/review/label-edits.ts';

const PICTURE = { width: 640, height: 480 };
const aBox = (id: string, change = {}) => ({ id, className: 'open', x: 10, y: 10, width: 20, height: 20, ...change });

describe('clampBox', () => {
  it('keeps every box inside its picture', () => {
    const coordinate = fc.double({ min: -5000, max: 5000, noNaN: true });
    fc.assert(
      fc.property(coordinate, coordinate, coordinate, coordinate, (x, y, width, height) => {
        const box = clampBox(aBox('b', { x, y, width, height }), PICTURE);

        expect(box.x).toBeGreaterThanOrEqual(0);
        expect(box.y).toBeGreaterThanOrEqual(0);
        expect(box.x + box.width).toBeLessThanOrEqual(PICTURE.width + 1e-9);
        expect(box.y + box.height).toBeLessThanOrEqual(PICTURE.height + 1e-9);
        expect(Math.min(box.width, box.height)).toBeGreaterThan(0);
      }),
    );
  });

  it('leaves a good box as it is', () => {
    expect(clampBox(aBox('b'), PICTURE)).toEqual(aBox('b'));
  });
});

describe('edits of a label', () => {
  it('add, replace and remove boxes by id', () => {
    const two = withBox(withBox(EMPTY_LABEL, aBox('a')), aBox('b'));

    expect(withBox(two, aBox('a', { className: 'short' })).boxes.map((box) => box.className)).toEqual([
      'short',
      'open',
    ]);
    expect(withoutBox(two, 'a').boxes.map((box) => box.id)).toEqual(['b']);
    expect(two.boxes).toHaveLength(2);
  });

  it('go around the boxes', () => {
    const two = withBox(withBox(EMPTY_LABEL, aBox('a')), aBox('b'));

    expect(nextBoxId(two, null)).toBe('a');
    expect(nextBoxId(two, 'b')).toBe('a');
    expect(nextBoxId(EMPTY_LABEL, null)).toBeNull();
  });
});

describe('middleBox', () => {
  it('stands in the middle of the picture', () => {
    expect(middleBox('m', 'open', PICTURE)).toEqual({
      id: 'm',
      className: 'open',
      x: 256,
      y: 192,
      width: 128,
      height: 96,
    });
  });
});

describe('nextOpenIndex', () => {
  it('finds the next sample that wants work, around the end', () => {
    expect(nextOpenIndex(['accepted', 'waiting', 'rejected'], 1)).toBe(1);
    expect(nextOpenIndex(['in-work', 'accepted', 'accepted'], 1)).toBe(0);
    expect(nextOpenIndex(['waiting', 'waiting'], -1)).toBe(0);
  });

  it('goes to the neighbour when all are done', () => {
    expect(nextOpenIndex(['accepted', 'rejected'], 0)).toBe(1);
    expect(nextOpenIndex(['accepted', 'rejected'], 1)).toBe(1);
  });
});
