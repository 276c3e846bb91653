import { RFC3161Timestamp } from '@sigstore/core';
import type { TrustMaterial } from '@sigstore/verify';
import type { BundleDocument } from './document.ts';
import { decoded, refusal } from './refusal.ts';
import type { TrustedRoot } from './trusted-root.ts';

/** PKIStatus: granted, grantedWithMods (RFC 3161 section 2.4.2). */
const GRANTED: readonly bigint[] = [0n, 1n];

/**
 * Untrusted: RFC 3161 timestamps of the bundle. T1 it can be read and was granted; T2 it is over this signature; T3 its authority is
 * in the trusted root; T4 its time lies in the authority's window and in every certificate of its chain. The library checks the
 * authority's signature (T5) afterwards. Returns the times that the timestamps state.
 */
export function checkTimestamps(document: BundleDocument, signature: Buffer, root: TrustedRoot): Date[] {
  const timestamps = document.verificationMaterial.timestampVerificationData?.rfc3161Timestamps ?? [];
  return timestamps.map(({ signedTimestamp }) =>
    decoded(
      () => checkTimestamp(Buffer.from(signedTimestamp, 'base64'), signature, root),
      'SIGNATURE_TIMESTAMP_INVALID',
      'a timestamp',
    ),
  );
}

function checkTimestamp(der: Buffer, signature: Buffer, { material }: TrustedRoot): Date {
  const timestamp = RFC3161Timestamp.parse(Buffer.from(der));
  if (!GRANTED.includes(timestamp.status))
    throw refusal('SIGNATURE_TIMESTAMP_INVALID', 'the authority did not grant the timestamp');
  const time = timestamp.signingTime;
  if (Number.isNaN(time.getTime())) throw refusal('SIGNATURE_TIMESTAMP_INVALID', 'the timestamp states no time');
  try {
    timestamp.tstInfo.verify(signature);
  } catch (error) {
    throw refusal('SIGNATURE_TIMESTAMP_MISMATCH', 'the timestamp is over other bytes than this signature', error);
  }
  const known = material.timestampAuthorities.filter(
    ({ certChain: [leaf] }) =>
      leaf?.issuer.equals(timestamp.signerIssuer) === true && leaf.serialNumber.equals(timestamp.signerSerialNumber),
  );
  if (known.length === 0) throw refusal('SIGNATURE_TIMESTAMP_UNTRUSTED', 'its authority is not in the trusted root');
  if (!known.some((authority) => covers(authority, time))) {
    throw refusal(
      'SIGNATURE_TIMESTAMP_OUTSIDE_WINDOW',
      `${time.toISOString()} lies outside the validity of its authority`,
    );
  }
  return time;
}

/** Both ends count as inside. */
function covers({ validFor, certChain }: TrustMaterial['timestampAuthorities'][number], time: Date): boolean {
  return (
    validFor.start <= time && time <= validFor.end && certChain.every((certificate) => certificate.validForDate(time))
  );
}
