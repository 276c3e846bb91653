import { describe, expect, it } from 'vitest';
import { en } from '#renderer/messages/en/index.ts';
import { findClashes, sheetRows, shortcutFor, type Pressed } from '#renderer/shortcuts/shortcut-table.ts';

const press = (pressed: Partial<Pressed>): Pressed => ({
  code: '',
  key: '',
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...pressed,
});

describe('shortcut table', () => {
  it('gives no key two meanings in one place', () => {
    expect(findClashes()).toEqual([]);
  });

  it('has words for every row of the sheet', () => {
    const rows = (['global', 'fleet', 'review'] as const).flatMap((scope) => sheetRows(scope));

    expect(rows.length).toBeGreaterThan(15);
    for (const row of rows) expect(en.shortcut[row.label]).not.toBe('');
  });

  it('lists the four arrows of one meaning in one row', () => {
    const move = sheetRows('review').filter((row) => row.label === 'reviewMove');

    expect(move).toHaveLength(1);
    expect(move[0]?.keys).toEqual(['←', '→', '↑', '↓']);
  });
});

describe('shortcutFor', () => {
  it('goes by the position of a key, so that layouts do not matter', () => {
    // The A key of a French keyboard stands where Q stands elsewhere and reports KeyQ.
    expect(shortcutFor('review', press({ code: 'KeyA', key: 'q' }))).toBe('reviewPrevious');
    expect(shortcutFor('review', press({ code: 'Digit1', key: '&' }))).toBe('class1');
  });

  it('goes by the character where the character is the point', () => {
    expect(shortcutFor('global', press({ code: 'Minus', key: '?', shiftKey: true }))).toBe('help');
    expect(shortcutFor('fleet', press({ code: 'Digit7', key: '/', shiftKey: true }))).toBe('fleetFilter');
  });

  it('tells Ctrl+Z from Z and Shift+arrow from arrow', () => {
    expect(shortcutFor('review', press({ code: 'KeyZ', key: 'z' }))).toBeUndefined();
    expect(shortcutFor('review', press({ code: 'KeyZ', key: 'z', ctrlKey: true }))).toBe('reviewUndo');
    expect(shortcutFor('review', press({ code: 'ArrowLeft' }))).toBe('moveLeft');
    expect(shortcutFor('review', press({ code: 'ArrowLeft', shiftKey: true }))).toBe('sizeLeft');
  });

  it('leaves the browser its own combinations', () => {
    expect(shortcutFor('review', press({ code: 'KeyD', ctrlKey: true }))).toBeUndefined();
    expect(shortcutFor('review', press({ code: 'KeyD', altKey: true }))).toBeUndefined();
  });
});
