import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MediaSet } from '#contracts/media.ts';
import { parseMediaIndex, visibleText } from '#core/media/index.ts';
import { aMediaSet, someBlobs } from './builders.ts';

const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const whole = (): MediaSet => aMediaSet(someBlobs([100, 40, 7]), { partBytes: 50, targets: [null, null] }).set;

/** The index with its first part changed. */
function withPart(change: (part: MediaSet['parts'][number]) => Partial<MediaSet['parts'][number]>): MediaSet {
  const set = whole();
  return { ...set, parts: set.parts.map((part, index) => (index === 0 ? { ...part, ...change(part) } : part)) };
}

describe('parseMediaIndex', () => {
  it('accepts what the writer makes', () => {
    expect(parseMediaIndex(encode(whole()))).toEqual({ set: whole(), findings: [] });
  });

  const damaged: [string, unknown][] = [
    ['a part name that leaves the folder', withPart(() => ({ name: '../../etc/passwd' }))],
    ['a part that claims more than 4 GiB − 1', withPart(() => ({ sizeBytes: 2 ** 32 }))],
    ['a part whose ranges leave a gap', withPart((part) => ({ ranges: part.ranges.slice(1) }))],
    ['a part with too few block digests', withPart((part) => ({ chunks: part.chunks.slice(1) }))],
    ['two parts of one name', { ...whole(), parts: [...whole().parts, ...whole().parts.slice(0, 1)] }],
    ['a missing part', { ...whole(), parts: whole().parts.slice(1) }],
    ['a stick number beyond the set', withPart(() => ({ stick: 9 }))],
    [
      'a referrer outside the closure',
      {
        ...whole(),
        bundles: whole().bundles.map((bundle) => ({ ...bundle, referrers: [`sha256:${'0'.repeat(64)}`] })),
      },
    ],
    ['another version of the format', { ...whole(), v: 2 }],
  ];
  it.each(damaged)('refuses %s with MEDIA_INDEX_INVALID', (_, set) => {
    const { set: parsed, findings } = parseMediaIndex(encode(set));

    expect(parsed).toBeNull();
    expect(findings.map((finding) => finding.code)).toContain('MEDIA_INDEX_INVALID');
  });

  it('never throws and never half-accepts, whatever byte is changed', () => {
    const bytes = encode(whole());
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = Uint8Array.from(bytes, (byte, index) => (index === at ? byte ^ flip : byte));

        const { set, findings } = parseMediaIndex(changed);

        expect(set === null).toBe(findings.length > 0);
      }),
    );
  });
});

describe('visibleText', () => {
  it('shows what would hide or turn text around', () => {
    expect(visibleText('PLANT\u202Etxt.exe\n\u0007')).toBe('PLANT\\u{202E}txt.exe\\u{A}\\u{7}');
  });

  it('leaves words of any script alone', () => {
    expect(visibleText('Löt­station 工場'.replace('\u00AD', ''))).toBe('Lötstation 工場');
  });
});
