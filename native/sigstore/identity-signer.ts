import type { TrustedIdentity } from '#contracts/verdict.ts';
import type { AttestationResult, SignatureDemands } from '#core/verification/ports.ts';
import type { SigningCertificate } from './keyless/certificate.ts';
import { refusal, type RefusalCode } from './keyless/refusal.ts';
import { verifyEvidence } from './keyless/verify-evidence.ts';
import {
  channelsOf,
  openDocument,
  rootOf,
  thresholdsOf,
  verifiedAttestation,
  type SigstoreEvidence,
} from './signed-evidence.ts';

/**
 * A signature by a certificate: chain, SCT, log entries and times under the trusted root of the site first, then who it is. All evidence that
 * is there has to hold, because the time of a certificate of minutes depends on it.
 */
export function verifyByIdentity(evidence: SigstoreEvidence, demands: SignatureDemands): AttestationResult {
  const opened = openDocument(evidence, evidence.json);
  const { certificate } = opened;
  if (certificate === null)
    throw refusal('SIGNATURE_MATERIAL_WRONG', 'the policy demands an identity, the bundle is signed with a key');
  const thresholds = thresholdsOf(demands, opened);
  const root = rootOf(demands);
  if (root === null) throw refusal('TRUSTED_ROOT_MISSING', 'the policy demands an identity');
  const { identity: id, issuer, publicKey } = certificate;
  const named = { kind: 'identity', id, name: id, issuer } as const;
  const stage = verifyEvidence({ ...opened, root, thresholds, signer: { publicKey, named } });
  const known = trustedAs(certificate, demands.identities);
  const name = known.map((identity) => identity.name).join(', ');
  return verifiedAttestation(stage, { signer: { ...named, name }, channels: channelsOf(known) }, demands);
}

/** P1 to P3 exactly this subject, vouched for by exactly this issuer, with exactly the demanded extensions. */
function trustedAs(certificate: SigningCertificate, identities: readonly TrustedIdentity[]): TrustedIdentity[] {
  const { identity: subject, issuer } = certificate;
  const named = identities.filter((identity) => identity.subject === subject);
  if (named.length === 0)
    throw refusal('SIGNATURE_IDENTITY_WRONG', `nobody trusts ${subject}, vouched for by ${issuer}`);
  const vouched = named.filter((identity) => identity.issuer === issuer);
  if (vouched.length === 0)
    throw refusal('SIGNATURE_ISSUER_WRONG', `${subject} is trusted by ${named[0]?.issuer ?? ''}, found ${issuer}`);
  const whole = vouched.filter((identity) => differences(identity, certificate).length === 0);
  const [first] = vouched;
  if (whole.length === 0 && first !== undefined) {
    const different = differences(first, certificate);
    throw refusal(codeOf(different[0]?.name ?? ''), different.map(({ words }) => words).join('; '));
  }
  return whole;
}

function differences(
  { extensions }: TrustedIdentity,
  certificate: SigningCertificate,
): { name: string; words: string }[] {
  const stated: Readonly<Record<string, string | undefined>> = certificate.extensions;
  return Object.entries(extensions).flatMap(([name, wanted]) =>
    stated[name] === wanted
      ? []
      : [{ name, words: `${name}: ${wanted} is demanded, ${stated[name] ?? 'nothing'} is stated` }],
  );
}

/** A copied repository, a side branch and a foreign runner are three different stories for those who have to ask. */
function codeOf(extension: string): RefusalCode {
  if (extension === 'sourceRepositoryRef') return 'SIGNATURE_REF_WRONG';
  if (extension.startsWith('sourceRepository')) return 'SIGNATURE_SOURCE_WRONG';
  if (extension.startsWith('buildSigner') || extension === 'runnerEnvironment') return 'SIGNATURE_BUILDER_WRONG';
  return 'SIGNATURE_EXTENSION_WRONG';
}
