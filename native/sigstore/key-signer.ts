import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import type { TrustedKey } from '#contracts/verdict.ts';
import { isAppError } from '#core/base/index.ts';
import type { AttestationResult, SignatureDemands } from '#core/verification/ports.ts';
import { keyOfHint } from './key-hint.ts';
import { refusal } from './keyless/refusal.ts';
import { parseTrustedRoot } from './keyless/trusted-root.ts';
import { verifyEvidence } from './keyless/verify-evidence.ts';
import { openDocument, rootOf, thresholdsOf, verifiedAttestation, type SigstoreEvidence } from './signed-evidence.ts';

/** A signature by a key that the site trusts. A demanded key is never ignored because the bundle brings a certificate. */
export function verifyByKey(evidence: SigstoreEvidence, demands: SignatureDemands): AttestationResult {
  const { publicKey } = evidence.json.verificationMaterial;
  if (publicKey === undefined)
    throw refusal('SIGNATURE_MATERIAL_WRONG', 'the policy demands a key, the bundle brings a certificate');
  if (evidence.namesKey) {
    const key = keyOfHint(publicKey.hint ?? '', demands.keys);
    if (key === undefined)
      throw refusal('BUNDLE_SIGNER_UNTRUSTED', `its key is ${JSON.stringify(publicKey.hint ?? 'not named')}`);
    return verifyWith(evidence, key, demands);
  }
  for (const key of demands.keys) {
    try {
      return verifyWith(evidence, key, demands);
    } catch (error) {
      if (!isAppError(error, 'BUNDLE_SIGNATURE_INVALID')) throw error;
    }
  }
  throw refusal('BUNDLE_SIGNER_UNTRUSTED', 'no trusted key made the signature, and it does not say which key did');
}

/** First with all evidence, so that what holds is told; then with what the policy counts only: a key needs nothing else. */
function verifyWith(evidence: SigstoreEvidence, key: TrustedKey, demands: SignatureDemands): AttestationResult {
  const counted = countedEvidence(evidence, demands);
  if (rootOf(demands) !== null) {
    try {
      return verifyCounting(evidence, evidence.json, { key, demands });
    } catch (error) {
      if (!isAppError(error) || counted === evidence.json) throw error;
    }
  }
  return verifyCounting(evidence, counted, { key, demands });
}

function verifyCounting(
  evidence: SigstoreEvidence,
  json: unknown,
  { key, demands }: { key: TrustedKey; demands: SignatureDemands },
): AttestationResult {
  const opened = openDocument(evidence, json);
  const thresholds = thresholdsOf(demands, opened);
  const root = rootOf(demands);
  if (root === null && thresholds.logThreshold + thresholds.timestampThreshold > 0)
    throw refusal('TRUSTED_ROOT_MISSING', 'the policy demands log entries or timestamps');
  const signer = {
    publicKey: openKey(key),
    named: { kind: 'key', id: key.keyId, name: key.name },
  } as const;
  const stage = verifyEvidence({ ...opened, root: root ?? EMPTY_ROOT, thresholds, signer });
  return verifiedAttestation(stage, { signer: signer.named, channels: key.channels }, demands);
}

const EMPTY_ROOT = parseTrustedRoot(
  new TextEncoder().encode('{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1"}'),
);

/** Log entries also state times, so they go only when neither is counted. */
function countedEvidence({ json }: SigstoreEvidence, demands: SignatureDemands): SigstoreEvidence['json'] {
  const { tlogEntries = [], timestampVerificationData: _uncounted, ...material } = json.verificationMaterial;
  if (demands.timestampThreshold > 0) return json;
  const keepsLog = demands.logThreshold > 0;
  return { ...json, verificationMaterial: { ...material, tlogEntries: keepsLog ? tlogEntries : [] } };
}

/** The key of a trust store entry, only when it is the one that its id names. */
function openKey(key: TrustedKey): KeyObject {
  try {
    const publicKey = createPublicKey({ key: key.publicKeyPem, format: 'pem', type: 'spki' });
    const id = createHash('sha256')
      .update(publicKey.export({ type: 'spki', format: 'der' }))
      .digest('hex');
    if (id === key.keyId) return publicKey;
  } catch (error) {
    throw refusal('BUNDLE_SIGNER_UNTRUSTED', `the trusted key ${key.name} cannot be read`, error);
  }
  throw refusal('BUNDLE_SIGNER_UNTRUSTED', `the trusted key ${key.name} does not have the id under which it is listed`);
}
