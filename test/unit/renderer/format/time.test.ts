import { describe, expect, it } from 'vitest';
import { ageParts, formatCountdown, formatInstant, offsetText, wallTime } from '#renderer/format/time.ts';

const AT = Date.UTC(2026, 2, 29, 0, 59, 59);

describe('wallTime', () => {
  it('carries the zone of its instant', () => {
    expect(wallTime(AT, 60)).toEqual({ date: '2026-03-29', time: '01:59:59', zone: '+01:00' });
    // The second after: Central Europe has jumped to summer time.
    expect(wallTime(AT + 1000, 120)).toEqual({ date: '2026-03-29', time: '03:00:00', zone: '+02:00' });
  });

  it('crosses the date line of its zone', () => {
    expect(wallTime(AT, -330).date).toBe('2026-03-28');
  });
});

describe('offsetText', () => {
  it.each([
    [0, '+00:00'],
    [345, '+05:45'],
    [-210, '-03:30'],
  ])('writes %i minutes as %s', (minutes, text) => {
    expect(offsetText(minutes)).toBe(text);
  });
});

describe('formatInstant', () => {
  it('is the same everywhere under the UTC choice', () => {
    expect(formatInstant(AT, 'utc')).toBe('2026-03-29 00:59:59 +00:00');
    expect(formatInstant(AT, 'utc', 'time')).toBe('00:59:59 +00:00');
  });
});

describe('ageParts', () => {
  it.each([
    [-5000, 'seconds', 0],
    [59_999, 'seconds', 59],
    [60_000, 'minutes', 1],
    [3_599_999, 'minutes', 59],
    [3_600_000, 'hours', 1],
    [86_400_000 * 3, 'days', 3],
  ])('tells %i ms as %s %i', (ms, unit, count) => {
    expect(ageParts(ms)).toEqual({ unit, count });
  });
});

describe('formatCountdown', () => {
  it.each([
    [-1, '0:00'],
    [400, '0:01'],
    [65_000, '1:05'],
    [7_389_000, '2:03:09'],
  ])('writes %i ms as %s', (ms, text) => {
    expect(formatCountdown(ms)).toBe(text);
  });
});
