import { describe, expect, it } from 'vitest';
import { placeWindow } from '#electron/main/window-state.ts';

const DESK = { x: 0, y: 0, width: 1920, height: 1040 };
const SAVED = { x: 2000, y: 100, width: 1400, height: 900, isMaximized: false };

describe('placeWindow', () => {
  it('centres the first window on the primary display', () => {
    expect(placeWindow(null, [DESK])).toEqual({ x: 277, y: 136, width: 1366, height: 768, isMaximized: false });
  });

  it('puts a window where it was while that display is there', () => {
    expect(placeWindow(SAVED, [DESK, { x: 1920, y: 0, width: 1920, height: 1040 }])).toEqual(SAVED);
  });

  it('brings a window back from a display that is gone', () => {
    expect(placeWindow(SAVED, [DESK])).toEqual({ x: 260, y: 70, width: 1400, height: 900, isMaximized: false });
  });

  it('shrinks a window to a smaller display', () => {
    expect(placeWindow(SAVED, [{ x: 0, y: 0, width: 1280, height: 760 }])).toMatchObject({
      x: 0,
      y: 0,
      width: 1280,
      height: 760,
    });
  });
});
