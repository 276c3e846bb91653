import { describe, expect, it } from 'vitest';
import { peerIdentity } from '#core/fleet/index.ts';

const GOOD = {
  subject: { CN: 'cam-1' },
  subjectaltname: 'URI:urn:gantry:plant:cam-1',
  serialNumber: '0A',
  fingerprint256: 'AB:CD',
  valid_to: 'Nov 21 00:00:00 2026 GMT',
};

describe('peerIdentity', () => {
  it('reads site and device from a certificate of the site CA', () => {
    expect(peerIdentity(GOOD)).toEqual({
      site: 'plant',
      device: 'cam-1',
      serial: '0a',
      fingerprint: 'abcd',
      notAfter: Date.parse('2026-11-21T00:00:00Z'),
    });
  });

  it.each([
    ['two common names', { ...GOOD, subject: { CN: ['cam-1', 'cam-2'] } }],
    ['no common name', { ...GOOD, subject: {} }],
    ['a URI that names another device', { ...GOOD, subjectaltname: 'URI:urn:gantry:plant:cam-2' }],
    ['two alternative names', { ...GOOD, subjectaltname: 'URI:urn:gantry:plant:cam-1, URI:urn:gantry:plant:cam-2' }],
    ['a DNS name instead of the URI', { ...GOOD, subjectaltname: 'DNS:cam-1' }],
    ['a quoted URI that only looks right', { ...GOOD, subjectaltname: 'URI:"urn:gantry:plant:cam-1"' }],
    ['an id outside the alphabet', { ...GOOD, subject: { CN: '-cam' }, subjectaltname: 'URI:urn:gantry:plant:-cam' }],
    ['no date', { ...GOOD, valid_to: 'never' }],
    ['nothing', {}],
  ])('finds nobody in a certificate with %s', (_name, certificate) => {
    expect(peerIdentity(certificate)).toBeUndefined();
  });
});
