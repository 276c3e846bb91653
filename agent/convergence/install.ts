import type { DeviceTrust, ModelRef } from '#contracts/device.ts';
import type { Verdict } from '#contracts/verdict.ts';
import { AppError, isBlocking, type Digest, type Instant } from '#core/base/index.ts';
import type { InstalledModel } from '#core/slots/index.ts';
import { verifierOf } from '#core/provenance/index.ts';
import { nodeSignatureVerifier } from '#native/keys/index.ts';
import type { AgentIdentity } from '#agent/identity/identity-file.ts';
import type { VerifiedForDevice, VerifyBundle } from './ports.ts';

/** Outcome of the device's own verification. */
export type Verification =
  | { readonly ok: true; readonly bundle: VerifiedForDevice; readonly verdict: Verdict }
  | { readonly ok: false; readonly verdict: Verdict };

export interface VerifyRequest {
  readonly bundleDigest: Digest;
  readonly referrers: readonly Digest[];
  readonly now: Instant;
  /** The newest trust that the station signed for this device; null: as enrolled. */
  readonly newest: DeviceTrust | null;
}

/**
 * By itself, with what was pinned at enrolment. The station's verdict plays a part only where the pinned policy says so, and then as
 * a summary that its pinned key signed.
 */
export async function verifyByItself(
  verify: VerifyBundle,
  identity: AgentIdentity,
  { newest, ...request }: VerifyRequest,
): Promise<Verification> {
  const { lineContract } = identity;
  const { trust, policy } = newest ?? identity;
  const { verdict, bundle } = await verify({
    ...request,
    trust,
    policy,
    lineContract,
    summaryTrust: {
      keyId: nodeSignatureVerifier.keyIdOf(identity.siteKeyPem),
      publicKeyPem: identity.siteKeyPem,
      verifier: verifierOf(identity.site),
    },
  });
  if (verdict.verdict !== 'accepted' || bundle === null) return { ok: false, verdict };
  return { ok: true, bundle, verdict };
}

/** What the slot remembers of the chosen variant. SLOT_VERIFICATION_FAILED when the bundle is not what was desired. */
export function installedFrom(
  ref: ModelRef,
  { bundle, verdict }: { bundle: VerifiedForDevice; verdict: Verdict },
): InstalledModel {
  const variant = bundle.variants.find((candidate) => candidate.digest === ref.variantDigest);
  if (variant === undefined)
    throw new AppError('SLOT_VERIFICATION_FAILED', `the bundle has no variant ${ref.variantDigest}`, {
      variant: ref.variantDigest,
    });
  if (verdict.model !== ref.repository || verdict.version !== ref.version) {
    throw new AppError(
      'SLOT_VERIFICATION_FAILED',
      `${ref.repository} ${ref.version} was desired, the signed bundle is ${verdict.model} ${verdict.version}`,
      { model: verdict.model, version: verdict.version },
    );
  }
  if (variant.target.runtime !== 'onnxruntime')
    throw new AppError('SLOT_VERIFICATION_FAILED', `runtime ${variant.target.runtime} is not on this device`, {
      runtime: variant.target.runtime,
    });
  return {
    ref,
    variantId: variant.target.id,
    runtime: variant.target.runtime,
    providers: variant.target.providers,
    weights: { digest: variant.weights.digest, size: variant.weights.size },
    contract: bundle.contract,
    golden: bundle.golden.map((vector) => ({
      inputs: vector.inputs.map((input) => input.digest),
      outputs: vector.outputs.map((output) => output.digest),
    })),
    blobs: [...new Set([ref.bundleDigest, ...bundle.closure.map((descriptor) => descriptor.digest)])],
    signer: verdict.signer?.name ?? '',
  };
}

/** The first blocking sentence of a verdict, for the one line that people see first. */
export function refusalOf(verdict: Verdict): string {
  const blocking = verdict.findings.find((finding) => isBlocking([finding]));
  return blocking === undefined ? 'the bundle is not verified' : `${blocking.code}: ${blocking.message}`;
}
