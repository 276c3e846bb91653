import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { AppError } from '#core/base/index.ts';
import type { SigningCertificate } from './certificate.ts';
import type { BundleDocument } from './document.ts';
import type { Thresholds } from './library.ts';
import { refusal } from './refusal.ts';

/** Whom a signature must be by: exactly this identity as vouched for by exactly this issuer, or exactly this key. */
export type SignerDemand =
  | { readonly kind: 'identity'; readonly identity: string; readonly issuer: string }
  | {
      readonly kind: 'key';
      readonly publicKeyPem: string;
      readonly validFor?: { readonly start: Date; readonly end: Date };
    };

/** M1 a demand names somebody: an empty text would be found in every name. */
export function checkDemand(demand: SignerDemand): void {
  if (demand.kind !== 'identity') return;
  if (demand.identity.trim() === '') throw refusal('SIGNATURE_DEMAND_EMPTY', 'the demanded identity is empty');
  if (demand.issuer.trim() === '') throw refusal('SIGNATURE_DEMAND_EMPTY', 'the demanded issuer is empty');
}

/** M2 the material is of the demanded kind. The stock library ignores a demanded key when the bundle brings a certificate. */
export function checkMaterial(demand: SignerDemand, certificate: SigningCertificate | null): void {
  if (demand.kind === 'identity' && certificate === null)
    throw refusal('SIGNATURE_MATERIAL_WRONG', 'an identity is demanded, the bundle is signed with a key');
  if (demand.kind === 'key' && certificate !== null)
    throw refusal('SIGNATURE_MATERIAL_WRONG', 'a key is demanded, the bundle brings a certificate');
}

/** M3 a hint that is a key id names the demanded key. A hint of another form says nothing, and proves nothing either way. */
export function checkHint(hint: string | undefined, keyId: string): void {
  if (hint === undefined) return;
  const named = /^[0-9a-f]{64}$/.test(hint) ? hint : Buffer.from(hint, 'base64').toString('hex');
  const isKeyId =
    named === hint || (named.length === keyId.length && Buffer.from(named, 'hex').toString('base64') === hint);
  if (isKeyId && named !== keyId)
    throw refusal('BUNDLE_SIGNER_UNTRUSTED', `the bundle is signed with key ${named}, demanded is ${keyId}`);
}

/** A1 enough log entries, A2 enough statements of when; a certificate lives for minutes, so it always needs one. */
export function checkAmount(
  { verificationMaterial: { tlogEntries = [], timestampVerificationData } }: BundleDocument,
  thresholds: Thresholds,
  certificate: SigningCertificate | null,
): void {
  if (tlogEntries.length < thresholds.logThreshold)
    throw refusal(
      'SIGNATURE_LOG_MISSING',
      `${String(thresholds.logThreshold)} demanded, ${String(tlogEntries.length)} found`,
    );
  const promises = tlogEntries.filter(
    (entry) => entry.inclusionPromise && Number(entry.integratedTime ?? 0) > 0,
  ).length;
  const found = promises + (timestampVerificationData?.rfc3161Timestamps?.length ?? 0);
  const demanded = Math.max(thresholds.timestampThreshold, certificate === null ? 0 : 1);
  if (found < demanded)
    throw refusal('SIGNATURE_TIMESTAMP_MISSING', `${String(demanded)} demanded, ${String(found)} found`);
}

/** P1, P2 the verified signer is exactly the demanded one. Texts are compared, never patterns: the stock library reads the demand as an unanchored regular expression. */
export function checkIdentity(demand: SignerDemand, certificate: SigningCertificate | null): void {
  if (demand.kind === 'key' || certificate === null) return;
  if (certificate.identity !== demand.identity)
    throw refusal(
      'SIGNATURE_IDENTITY_WRONG',
      `demanded ${JSON.stringify(demand.identity)}, found ${JSON.stringify(certificate.identity)}`,
    );
  if (certificate.issuer !== demand.issuer)
    throw refusal(
      'SIGNATURE_ISSUER_WRONG',
      `demanded ${JSON.stringify(demand.issuer)}, found ${JSON.stringify(certificate.issuer)}`,
    );
}

/** The demanded key, opened. */
export function openDemandedKey(publicKeyPem: string): { publicKey: KeyObject; keyId: string } {
  try {
    const publicKey = createPublicKey({ key: publicKeyPem, format: 'pem' });
    return {
      publicKey,
      keyId: createHash('sha256')
        .update(publicKey.export({ type: 'spki', format: 'der' }))
        .digest('hex'),
    };
  } catch (error) {
    throw new AppError('KEY_FILE_INVALID', 'the demanded key is not a public key in PEM', {}, { cause: error });
  }
}
