import { describe, expect, it } from 'vitest';
import type { DeviceTrust } from '#contracts/device.ts';
import { TRUSTS_NOBODY, VerificationPolicy } from '#contracts/verdict.ts';
import { admitDesired, AgentState, FRESH_STATE, renewDesired, takeDesired } from '#core/slots/index.ts';
import { aDesired } from '#test/support/builders/a-model.ts';

const policy = VerificationPolicy.parse({ v: 1, version: 1, channels: { staging: {}, production: {} } });
const trust = (
  trustVersion: number,
  policyVersion = 1,
  timeFloor: number | null = null,
  timeResets = 0,
): DeviceTrust => ({
  trustVersion,
  policyVersion,
  timeFloor,
  timeResets,
  trust: TRUSTS_NOBODY,
  policy,
});
const held = takeDesired(FRESH_STATE, aDesired({ generation: 5, trust: trust(5, 3) }));

describe('trust that a document brings', () => {
  it('is kept with the document, over a restart', () => {
    expect(AgentState.parse(JSON.parse(JSON.stringify(held))).trust).toEqual(trust(5, 3));
  });

  it('is absent on a device whose state was written by an earlier release', () => {
    const { trust: _none, ...earlier } = FRESH_STATE;

    expect(AgentState.parse(earlier).trust).toBeNull();
  });

  it('replaces the one before, also in a document that is only sealed again', () => {
    const renewal = aDesired({ generation: 5, issuedAt: 1500, trust: trust(6, 3) });

    expect(admitDesired(held, renewal, { site: 'site-1', device: 'gw-1' }, 2000)).toEqual({
      admitted: true,
      renewal: true,
    });
    expect(renewDesired(held, renewal).trust?.trustVersion).toBe(6);
    expect(takeDesired(held, aDesired({ generation: 6, trust: trust(5, 4) })).trust?.policyVersion).toBe(4);
  });

  it.each([
    ['an older trust', trust(4, 3)],
    ['older rules', trust(9, 2)],
    ['none, from an earlier station', undefined],
  ])('does not go back to %s', (_what, offered) => {
    const next = aDesired({ generation: 6, ...(offered === undefined ? {} : { trust: offered }) });

    expect(takeDesired(held, next).trust).toEqual(trust(5, 3));
  });

  it('raises the floor under the clock of the device', () => {
    expect(takeDesired(held, aDesired({ generation: 6, trust: trust(6, 3, 9_000) })).timeFloor).toBe(9_000);
    expect(takeDesired(held, aDesired({ generation: 6, trust: trust(6, 3, 1) })).timeFloor).toBe(1000);
  });

  describe('when two people at the site set the time back', () => {
    const far = takeDesired(held, aDesired({ generation: 6, trust: trust(6, 3, 9_000_000) }));
    const me = { site: 'site-1', device: 'gw-1' };

    it('goes back with it, and takes documents again that were out of date before', () => {
      const late = aDesired({ generation: 7, issuedAt: 2000, expiresAt: 8000, trust: trust(6, 3, 1500, 0) });
      const reset = aDesired({ generation: 7, issuedAt: 2000, expiresAt: 8000, trust: trust(6, 3, 1500, 1) });

      expect(admitDesired(far, late, me, 3000)).toMatchObject({ admitted: false, code: 'DOCUMENT_STALE' });
      expect(admitDesired(far, reset, me, 3000)).toEqual({ admitted: true, renewal: false });
      expect(takeDesired(far, reset).timeFloor).toBe(2000);
    });

    it('also hears it in a document that is only sealed again, though it is issued before the held one', () => {
      const ahead = takeDesired(
        held,
        aDesired({ generation: 6, issuedAt: 9_000_000, expiresAt: 9_900_000, trust: trust(6, 3) }),
      );
      const again = aDesired({ generation: 6, issuedAt: 2000, expiresAt: 8000, trust: trust(6, 3, 1500, 1) });

      expect(admitDesired(ahead, again, me, 3000)).toEqual({ admitted: true, renewal: true });
      expect(renewDesired(ahead, again).timeFloor).toBe(2000);
    });

    it('does not believe a station that was restored from before', () => {
      const reset = takeDesired(far, aDesired({ generation: 7, issuedAt: 2000, trust: trust(6, 3, 1500, 2) }));
      const old = aDesired({ generation: 8, issuedAt: 2500, trust: trust(5, 3, 1, 3) });

      expect(takeDesired(reset, old).timeFloor).toBe(2500);
      expect(takeDesired(reset, old).trust?.timeResets).toBe(2);
    });
  });
});
