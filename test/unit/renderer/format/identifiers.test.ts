import { describe, expect, it } from 'vitest';
import { fingerprintGroups, isDigestText, shortId } from '#renderer/format/identifiers.ts';

const DIGEST = `sha256:${'ab12'.repeat(16)}`;

describe('fingerprintGroups', () => {
  it('keeps every digit, in fours', () => {
    const hex = 'AB12'.repeat(16);

    expect(fingerprintGroups(hex)).toHaveLength(16);
    expect(fingerprintGroups(hex).join('')).toBe(hex.toLowerCase());
  });
});

describe('shortId', () => {
  it('shortens digests only', () => {
    expect(shortId(DIGEST)).toBe('ab12ab12ab12');
    expect(shortId('aoi-4-01')).toBe('aoi-4-01');
  });
});

describe('isDigestText', () => {
  it('takes nothing else for a digest', () => {
    expect(isDigestText(DIGEST)).toBe(true);
    expect(isDigestText(DIGEST.toUpperCase())).toBe(false);
    expect(isDigestText('sha256:12')).toBe(false);
  });
});
