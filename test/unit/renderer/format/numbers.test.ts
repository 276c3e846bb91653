import { describe, expect, it } from 'vitest';
import { formatBytes, formatMs, formatRate, formatShare, shareOf, UNKNOWN_VALUE } from '#renderer/format/numbers.ts';

describe('formatBytes', () => {
  it.each([
    [0, '0\u202fB'],
    [999, '999\u202fB'],
    [1000, '1.0\u202fkB'],
    [14_208_431, '14.2\u202fMB'],
    [212_400_000_000, '212\u202fGB'],
  ])('writes %i bytes with decimal units', (bytes, text) => {
    expect(formatBytes(bytes, 'en')).toBe(text);
  });

  it('writes numbers as the language does', () => {
    expect(formatBytes(1500, 'de')).toBe('1,5\u202fkB');
  });
});

describe('a value that is not known', () => {
  it('is never shown as a number', () => {
    expect(formatBytes(null, 'en')).toBe(UNKNOWN_VALUE);
    expect(formatMs(undefined, 'en')).toBe(UNKNOWN_VALUE);
    expect(formatShare(null, 'en')).toBe(UNKNOWN_VALUE);
    expect(formatRate(null, 'en')).toBe(UNKNOWN_VALUE);
    expect(shareOf(10, undefined)).toBeUndefined();
  });
});

describe('formatMs', () => {
  it.each([
    [0.4217, '0.422\u202fms'],
    [41.26, '41.3\u202fms'],
    [1240.4, '1,240\u202fms'],
  ])('keeps three significant digits of %f', (ms, text) => {
    expect(formatMs(ms, 'en')).toBe(text);
  });
});

describe('shareOf', () => {
  it('stays between nothing and all', () => {
    expect(shareOf(5, 10)).toBe(0.5);
    expect(shareOf(12, 10)).toBe(1);
    expect(shareOf(1, 0)).toBeUndefined();
  });
});
