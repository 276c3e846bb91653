import { describe, expect, it } from 'vitest';
import { resolveTheme } from '#renderer/preferences/apply-preferences.ts';
import { DEFAULT_PREFERENCES, parsePreferences } from '#renderer/preferences/preferences-store.ts';

describe('parsePreferences', () => {
  it('keeps what it knows', () => {
    expect(parsePreferences({ theme: 'light', density: 'glove', timeZone: 'utc' })).toEqual({
      theme: 'light',
      density: 'glove',
      timeZone: 'utc',
    });
  });

  it.each([null, 7, 'x', {}, { theme: 'pink', density: 3 }])('falls back for %j', (stored) => {
    expect(parsePreferences(stored)).toEqual(DEFAULT_PREFERENCES);
  });
});

describe('resolveTheme', () => {
  it('follows the system only when asked to', () => {
    expect(resolveTheme('dark', true)).toBe('dark');
    expect(resolveTheme('system', true)).toBe('light');
    expect(resolveTheme('system', false)).toBe('dark');
  });
});
