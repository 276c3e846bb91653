import { MEDIA_TYPES, PREDICATE_TYPES, type Channel } from '#contracts/bundle.ts';
import type { Digest, Finding } from '#core/base/index.ts';
import { BUNDLE_LIMITS, findingOf, parseDocument, readBytes, type LoadedReferrer } from '#core/bundle/index.ts';
import { InTotoStatement, speaksAbout } from '#core/provenance/index.ts';
import type { BlobReader } from '#core/storage/ports.ts';
import type { AttestationVerifier, SignatureDemands, VerifiedAttestation } from './ports.ts';
import { SigstoreDocument } from './sigstore-document.ts';

/** A statement about this bundle whose signature holds under the policy. */
export interface TrustedStatement {
  readonly signature: VerifiedAttestation;
  readonly predicateType: string;
  readonly predicate: unknown;
}

export interface AttestationsRead {
  readonly statements: readonly TrustedStatement[];
  readonly findings: readonly Finding[];
  /** Whether something claims to be the signature; when it does not hold, its own finding says why. */
  readonly isSignatureClaimed: boolean;
  /** Unsigned statements are counted and otherwise ignored: anybody can write one. */
  readonly unsigned: number;
}

export interface AttestationsOptions {
  readonly reader: BlobReader;
  readonly subject: Digest;
  readonly referrers: readonly LoadedReferrer[];
  readonly attestations: AttestationVerifier;
  readonly demands: SignatureDemands;
  readonly channel: Channel;
}

/** Untrusted: reads and verifies every attached Sigstore bundle. */
export async function readAttestations(options: AttestationsOptions): Promise<AttestationsRead> {
  const statements: TrustedStatement[] = [];
  const findings: Finding[] = [];
  for (const referrer of options.referrers.filter((attached) => attached.artifactType === MEDIA_TYPES.sigstoreBundle)) {
    const read = await readAttestation(referrer, options);
    if ('statement' in read) statements.push(read.statement);
    else findings.push(...read.findings);
  }
  const ranked = rankByChannel(statements, options);
  return {
    statements: ranked.statements,
    findings: [...soften(findings, ranked.statements), ...ranked.findings],
    isSignatureClaimed: options.referrers.some(
      (attached) =>
        attached.artifactType === MEDIA_TYPES.sigstoreBundle && attached.claims === PREDICATE_TYPES.signature,
    ),
    unsigned: options.referrers.filter((attached) => attached.artifactType === MEDIA_TYPES.inToto).length,
  };
}

/** A key that may not sign for the channel proves nothing about builder or parts; as the signer it is named and refused later. */
function rankByChannel(
  statements: readonly TrustedStatement[],
  { demands, channel }: AttestationsOptions,
): { statements: TrustedStatement[]; findings: Finding[] } {
  const may = ({ signature }: TrustedStatement): boolean =>
    demands.keys.find((key) => key.keyId === signature.signer.id)?.channels.includes(channel) === true;
  const isSignature = (statement: TrustedStatement): boolean => statement.predicateType === PREDICATE_TYPES.signature;
  const foreign = statements.filter((statement) => !may(statement) && !isSignature(statement));
  return {
    statements: [
      ...statements.filter(may),
      ...statements.filter((statement) => !may(statement) && isSignature(statement)),
    ],
    findings: foreign.map(({ signature, predicateType }) =>
      findingOf(
        'BUNDLE_SIGNER_UNTRUSTED',
        channel,
        `${signature.signer.name} may not attest ${predicateType} here; its statement was ignored.`,
        'warn',
      ),
    ),
  };
}

/** Beside a signature that holds, one by somebody unknown is only that. A broken one is never softened. */
function soften(findings: readonly Finding[], statements: readonly TrustedStatement[]): Finding[] {
  const isSigned = statements.some((statement) => statement.predicateType === PREDICATE_TYPES.signature);
  return findings.map((finding) =>
    isSigned && FOREIGN.has(finding.code) ? { ...finding, severity: 'warn' } : finding,
  );
}

const FOREIGN: ReadonlySet<string> = new Set(['BUNDLE_SIGNER_UNTRUSTED', 'SIGNATURE_MATERIAL_WRONG']);

async function readAttestation(
  referrer: LoadedReferrer,
  options: AttestationsOptions,
): Promise<{ statement: TrustedStatement } | { findings: readonly Finding[] }> {
  const at = `referrer ${referrer.manifest.digest.slice(7, 19)}`;
  const bytes = await readBytes(options.reader, referrer.layer, BUNDLE_LIMITS.attestationBytes);
  if (!bytes.ok) return bytes;
  const document = parseDocument(bytes.value, SigstoreDocument, { limitBytes: BUNDLE_LIMITS.attestationBytes, at });
  if (!document.ok) return { findings: asInvalid(document.findings) };
  const signature = options.attestations.verify(document.value, options.demands);
  if (!signature.ok) return { findings: [findingOf(signature.code, at, signature.detail)] };
  if (signature.payloadType !== MEDIA_TYPES.inToto)
    return { findings: [findingOf('ATTESTATION_INVALID', at, `Its payload type is ${signature.payloadType}.`)] };
  const statement = parseDocument(signature.payload, InTotoStatement, {
    limitBytes: BUNDLE_LIMITS.attestationBytes,
    at,
  });
  if (!statement.ok) return { findings: asInvalid(statement.findings) };
  // The stock library never compares the subject with the content.
  if (!speaksAbout(statement.value, options.subject))
    return { findings: [findingOf('SIGNATURE_SUBJECT_MISMATCH', at)] };
  return {
    statement: { signature, predicateType: statement.value.predicateType, predicate: statement.value.predicate },
  };
}

function asInvalid(findings: readonly Finding[]): Finding[] {
  return findings.map((finding) => ({ ...findingOf('ATTESTATION_INVALID', finding.at), message: finding.message }));
}

/** Statements of one kind. */
export function statementsOf(read: AttestationsRead, kind: keyof typeof PREDICATE_TYPES): TrustedStatement[] {
  return read.statements.filter((statement) => statement.predicateType === PREDICATE_TYPES[kind]);
}
