import { describe, expect, it } from 'vitest';
import { admitDesired, FRESH_STATE, takeDesired } from '#core/slots/index.ts';
import { aDesired, aModelRef } from '#test/support/builders/a-model.ts';

const ME = { site: 'site-1', device: 'gw-1' };
const HELD = takeDesired(FRESH_STATE, aDesired({ generation: 5 }));

describe('admitDesired', () => {
  it('takes a newer generation', () => {
    expect(admitDesired(HELD, aDesired({ generation: 6 }), ME, 2000)).toEqual({ admitted: true, renewal: false });
  });

  it('knows the retained copy of what is in force', () => {
    expect(admitDesired(HELD, aDesired({ generation: 5 }), ME, 2000)).toEqual({ admitted: false, repeat: true });
  });

  it('takes the same wish with a later lifetime or another mirror', () => {
    expect(admitDesired(HELD, aDesired({ generation: 5, issuedAt: 1500, expiresAt: 2_000_000 }), ME, 2000)).toEqual({
      admitted: true,
      renewal: true,
    });
    expect(admitDesired(HELD, aDesired({ generation: 5, mirror: { url: 'https://127.0.0.1:2' } }), ME, 2000)).toEqual({
      admitted: true,
      renewal: true,
    });
  });

  it.each([
    ['an older generation', aDesired({ generation: 4 }), 'DOCUMENT_STALE'],
    ['an older copy of the same wish', aDesired({ generation: 5, issuedAt: 500 }), 'DOCUMENT_STALE'],
    ['the same generation with another model', aDesired({ generation: 5, model: aModelRef('2') }), 'DOCUMENT_STALE'],
    ['another device', aDesired({ generation: 6, device: 'gw-2' }), 'DOCUMENT_SIGNATURE_INVALID'],
    ['another site', aDesired({ generation: 6, site: 'site-2' }), 'DOCUMENT_SIGNATURE_INVALID'],
    ['an expired document', aDesired({ generation: 6, expiresAt: 1999 }), 'DOCUMENT_STALE'],
  ])('refuses %s', (_what, document, code) => {
    expect(admitDesired(HELD, document, ME, 2000)).toMatchObject({ admitted: false, repeat: false, code });
  });

  describe('when the device clock is years behind', () => {
    it('uses signed times as a floor', () => {
      expect(admitDesired(HELD, aDesired({ generation: 6, issuedAt: 100, expiresAt: 900 }), ME, 0)).toMatchObject({
        code: 'DOCUMENT_STALE',
      });
    });
  });
});
