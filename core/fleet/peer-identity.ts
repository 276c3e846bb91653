import { DeviceId, SiteId } from '#contracts/primitives.ts';
import type { PeerIdentity } from './ports.ts';

/** The fields of Node's peer certificate that an identity is read from. */
export interface PeerCertificateFields {
  readonly subject?: { readonly CN?: string | string[] | undefined } | undefined;
  readonly subjectaltname?: string | undefined;
  readonly serialNumber?: string | undefined;
  readonly fingerprint256?: string | undefined;
  readonly valid_to?: string | undefined;
}

const URI = /^URI:urn:gantry:([a-z0-9-]+):([a-z0-9-]+)$/;

/**
 * Who a client certificate names: exactly one subject CN and exactly one URI SAN `urn:gantry:<site>:<device>`, and both agree.
 * Precondition: the chain was verified against the site CA. Anything ambiguous is undefined.
 */
export function peerIdentity(certificate: PeerCertificateFields): PeerIdentity | undefined {
  const commonName = certificate.subject?.CN;
  const uri = URI.exec(certificate.subjectaltname ?? '');
  const site = SiteId.safeParse(uri?.[1]);
  const device = DeviceId.safeParse(uri?.[2]);
  const notAfter = Date.parse(certificate.valid_to ?? '');
  if (typeof commonName !== 'string' || !site.success || !device.success || device.data !== commonName)
    return undefined;
  if (certificate.serialNumber === undefined || certificate.fingerprint256 === undefined || !Number.isFinite(notAfter))
    return undefined;
  return {
    site: site.data,
    device: device.data,
    serial: certificate.serialNumber.toLowerCase(),
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    notAfter,
  };
}
