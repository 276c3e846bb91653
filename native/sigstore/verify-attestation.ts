import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { bundleFromJSON, type Bundle } from '@sigstore/bundle';
import { toSignedEntity, VerificationError, Verifier, type TrustMaterial } from '@sigstore/verify';
import type { TrustedKey } from '#contracts/verdict.ts';
import type {
  AttestationResult,
  AttestationVerifier,
  SignatureDemands,
  SignatureFault,
  SigstoreDocument,
} from '#core/verification/ports.ts';
import { keyOfHint } from './key-hint.ts';

/** Key-signed Sigstore bundles, verified by the Sigstore library behind our own checks (it lets several things pass that we refuse). */
export const sigstoreAttestations: AttestationVerifier = {
  verify(document, demands) {
    const hint = document.verificationMaterial.publicKey?.hint;
    if (demands.material !== 'key')
      return fault(
        'SIGNATURE_MATERIAL_WRONG',
        'The policy demands an identity; this site cannot check identities yet.',
      );
    // The library ignores a demanded key when the bundle brings a certificate.
    if (hint === undefined)
      return fault('SIGNATURE_MATERIAL_WRONG', 'The policy demands a key, the bundle brings a certificate.');
    const key = keyOfHint(hint, demands.keys);
    if (key === undefined) return fault('BUNDLE_SIGNER_UNTRUSTED', `Its key is ${JSON.stringify(hint)}.`);
    return verifyWith(document, key, demands);
  },
};

function verifyWith(document: SigstoreDocument, key: TrustedKey, demands: SignatureDemands): AttestationResult {
  const publicKey = openKey(key);
  if (publicKey === null)
    return fault(
      'BUNDLE_SIGNER_UNTRUSTED',
      `The trusted key ${key.name} does not have the id under which it is listed.`,
    );
  let bundle: Bundle;
  try {
    bundle = bundleFromJSON(countedEvidence(document, demands));
  } catch (error) {
    return fault('ATTESTATION_INVALID', reasonOf(error));
  }
  try {
    new Verifier(trustOnly(publicKey), {
      ctlogThreshold: 0,
      tlogThreshold: demands.logThreshold,
      timestampThreshold: demands.timestampThreshold,
    }).verify(toSignedEntity(bundle));
  } catch (error) {
    return fault(faultOf(error), reasonOf(error));
  }
  const { payload, payloadType } = document.dsseEnvelope;
  return {
    ok: true,
    signer: { kind: 'key', id: key.keyId, name: key.name },
    payloadType,
    payload: new Uint8Array(Buffer.from(payload, 'base64')),
    logEntries: demands.logThreshold === 0 ? 0 : (document.verificationMaterial.tlogEntries?.length ?? 0),
    timestamps:
      demands.timestampThreshold === 0
        ? 0
        : (document.verificationMaterial.timestampVerificationData?.rfc3161Timestamps?.length ?? 0),
  };
}

/** Evidence that the policy does not count is left out: without log and timestamp roots it can neither help nor be judged. */
function countedEvidence(document: SigstoreDocument, demands: SignatureDemands): object {
  const { tlogEntries, timestampVerificationData, ...material } = document.verificationMaterial;
  return {
    ...document,
    verificationMaterial: {
      ...material,
      tlogEntries: demands.logThreshold === 0 ? [] : (tlogEntries ?? []),
      ...(demands.timestampThreshold === 0 || timestampVerificationData === undefined
        ? {}
        : { timestampVerificationData }),
    },
  };
}

/** No certificate authority, log or timestamp root: only this key, and only for what this key signed. */
function trustOnly(publicKey: KeyObject): TrustMaterial {
  return {
    certificateAuthorities: [],
    timestampAuthorities: [],
    tlogs: [],
    ctlogs: [],
    publicKey: () => ({ publicKey, validFor: () => true }),
  };
}

/** The key of a trust store entry, only when it is the one that its id names. */
function openKey(key: TrustedKey): KeyObject | null {
  try {
    const publicKey = createPublicKey({ key: key.publicKeyPem, format: 'pem', type: 'spki' });
    const id = createHash('sha256')
      .update(publicKey.export({ type: 'spki', format: 'der' }))
      .digest('hex');
    return id === key.keyId ? publicKey : null;
  } catch {
    // An unusable entry of the trust store trusts nothing; the caller says so with its name.
    return null;
  }
}

function faultOf(error: unknown): SignatureFault {
  if (!(error instanceof VerificationError)) return 'BUNDLE_SIGNATURE_INVALID';
  switch (error.code) {
    case 'TLOG_ERROR':
    case 'TLOG_INCLUSION_PROOF_ERROR':
    case 'TLOG_INCLUSION_PROMISE_ERROR':
    case 'TLOG_MISSING_INCLUSION_ERROR':
    case 'TLOG_BODY_ERROR':
      return 'SIGNATURE_LOG_MISSING';
    case 'TIMESTAMP_ERROR':
      return 'SIGNATURE_TIMESTAMP_MISSING';
    case 'PUBLIC_KEY_ERROR':
      return 'BUNDLE_SIGNER_UNTRUSTED';
    default:
      return 'BUNDLE_SIGNATURE_INVALID';
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? `${error.message}.` : '';
}

function fault(code: SignatureFault, detail: string): AttestationResult {
  return { ok: false, code, detail };
}
