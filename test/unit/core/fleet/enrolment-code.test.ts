import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decideCode,
  deviceIdFor,
  enrolmentCodeText,
  readEnrolmentCode,
  type EnrolmentCodeRecord,
} from '#core/fleet/index.ts';

const FINGERPRINT = 'ab'.repeat(32);
const aCode = (change: Partial<EnrolmentCodeRecord> = {}): EnrolmentCodeRecord => ({
  id: 'c1',
  secretHash: `sha256:${'0'.repeat(64)}`,
  name: 'Camera 1',
  line: 'Line 4',
  cell: 'A',
  redundancyGroup: null,
  safety: false,
  createdAt: 1000,
  expiresAt: 2000,
  used: null,
  ...change,
});

describe('enrolment code', () => {
  it('is four groups of base32 and half the fingerprint of the site CA', () => {
    expect(enrolmentCodeText(new Uint8Array(10).fill(0xff), FINGERPRINT)).toBe(
      `zzzz-zzzz-zzzz-zzzz.${'ab'.repeat(16)}`,
    );
  });

  it('is read back however a person types it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 10, maxLength: 10 }), (secret) => {
        const text = enrolmentCodeText(secret, FINGERPRINT);
        const canonical = readEnrolmentCode(text).secret;

        expect(canonical).toHaveLength(16);
        expect(readEnrolmentCode(`  ${text.toUpperCase().replaceAll('-', ' ')} `).secret).toBe(canonical);
        expect(readEnrolmentCode(text.replaceAll('0', 'O').replaceAll('1', 'l')).secret).toBe(canonical);
        expect(readEnrolmentCode(text).caFingerprint).toBe('ab'.repeat(16));
        expect(readEnrolmentCode(text.split('.')[0] ?? '')).toEqual({ secret: canonical, caFingerprint: null });
      }),
    );
  });

  it('gives different texts for different secrets', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 10, maxLength: 10 }),
        fc.uint8Array({ minLength: 10, maxLength: 10 }),
        (one, other) => {
          expect(enrolmentCodeText(one, FINGERPRINT) === enrolmentCodeText(other, FINGERPRINT)).toBe(
            one.every((byte, at) => byte === other[at]),
          );
        },
      ),
    );
  });
});

describe('decideCode', () => {
  const at = (now: number, presentedFingerprint: string | null = null) => ({
    now,
    presentedFingerprint,
    caFingerprint: FINGERPRINT,
  });

  it.each([
    ['a fresh code', aCode(), at(1500), true],
    ['a fresh code with the fingerprint of this site', aCode(), at(1500, 'ab'.repeat(16)), true],
    ['an unknown code', undefined, at(1500), 'unknown'],
    ['a used code', aCode({ used: { at: 1200, device: 'camera-1' } }), at(1500), 'used'],
    ['a code at the moment it expires', aCode(), at(2000), 'expired'],
    ['a code of another site', aCode(), at(1500, 'cd'.repeat(16)), 'other-site'],
  ])('decides about %s', (_name, code, when, expected) => {
    const decision = decideCode(code, when);

    expect(decision.accept ? true : decision.why).toBe(expected);
  });
});

describe('deviceIdFor', () => {
  it.each([
    ['Press 3 / Camera links', [], 'press-3-camera-links'],
    ['Prüfstand Öl', [], 'prufstand-ol'],
    ['Camera', ['camera', 'camera-2'], 'camera-3'],
    ['***', [], 'device'],
  ])('turns %s into a free id', (name, taken, expected) => {
    expect(deviceIdFor(name, (id) => taken.includes(id))).toBe(expected);
  });

  it('always gives a valid id', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (name) => {
        expect(deviceIdFor(name, () => false)).toMatch(/^[a-z0-9][a-z0-9-]{0,63}$/);
      }),
    );
  });
});
