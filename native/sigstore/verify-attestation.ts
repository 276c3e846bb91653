import type { SignatureDemands, AttestationResult, AttestationVerifier } from '#core/verification/ports.ts';
import { isAppError } from '#core/base/index.ts';
import { documentOfLayer } from './cosign-layer.ts';
import { describeTrustedRoot } from './describe-trusted-root.ts';
import { verifyByIdentity } from './identity-signer.ts';
import { verifyByKey } from './key-signer.ts';
import { contentOfBytes } from './keyless/content.ts';
import { readBundleJson } from './keyless/document.ts';
import type { SigstoreEvidence } from './signed-evidence.ts';

/** Sigstore bundles and layers of cosign v2 against keys and identities, through the clauses that also judge published cases. */
export const sigstoreAttestations: AttestationVerifier = {
  verify: (document, demands, message) =>
    answer(() =>
      judge(
        { json: document, read: readBundleJson, content: contentOfBytes(message ?? NO_BYTES), namesKey: true },
        demands,
      ),
    ),
  verifyLayer: (layer, demands) =>
    answer(() => {
      const json = documentOfLayer(layer);
      return judge({ json, read: readBundleJson, content: contentOfBytes(layer.bytes), namesKey: false }, demands);
    }),
  describeRoot: (json) => {
    try {
      return describeTrustedRoot(json);
    } catch (error) {
      if (isAppError(error)) return null;
      throw error;
    }
  },
};

const NO_BYTES = new Uint8Array();

function judge(evidence: SigstoreEvidence, demands: SignatureDemands): AttestationResult {
  return demands.material === 'key' ? verifyByKey(evidence, demands) : verifyByIdentity(evidence, demands);
}

/** Clauses refuse by throwing; here a refusal becomes the answer. Faults of the program stay thrown. */
function answer(verify: () => AttestationResult): AttestationResult {
  try {
    return verify();
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { ok: false, code: faultOf(error.code), detail: `${error.message}.` };
  }
}

type Fault = Extract<AttestationResult, { ok: false }>['code'];

/** What the strict reader refuses is a fault of the annotation that it read: documents and roots have their own codes. */
function faultOf(code: string): Fault {
  if (code === 'INPUT_MALFORMED') return 'SIGNATURE_JSON_AMBIGUOUS';
  return isFault(code) ? code : 'ATTESTATION_INVALID';
}

function isFault(code: string): code is Fault {
  return /^(?:SIGNATURE_|BUNDLE_SIGN|TRUSTED_ROOT_)/.test(code);
}
