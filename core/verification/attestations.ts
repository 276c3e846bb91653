import { MEDIA_TYPES, PREDICATE_TYPES, type Channel } from '#contracts/bundle.ts';
import type { Finding } from '#core/base/index.ts';
import { findingOf, type LoadedReferrer } from '#core/bundle/index.ts';
import {
  claimsSignature,
  isSigned,
  readAttestation,
  type AttestationQuestion,
  type TrustedStatement,
} from './read-attestation.ts';

export interface AttestationsRead {
  readonly statements: readonly TrustedStatement[];
  readonly findings: readonly Finding[];
  /** Whether something claims to be the signature; when it does not hold, its own finding says why. */
  readonly isSignatureClaimed: boolean;
  /** Unsigned statements are counted and otherwise ignored: anybody can write one. */
  readonly unsigned: number;
}

export interface AttestationsOptions extends AttestationQuestion {
  readonly referrers: readonly LoadedReferrer[];
  readonly channel: Channel;
}

/** Untrusted: reads and verifies every attached Sigstore bundle. */
export async function readAttestations(options: AttestationsOptions): Promise<AttestationsRead> {
  const statements: TrustedStatement[] = [];
  const findings: Finding[] = [];
  for (const referrer of options.referrers.filter(isSigned)) {
    const read = await readAttestation(referrer, options);
    if ('statement' in read) statements.push(read.statement);
    else findings.push(...read.findings);
  }
  const ranked = rankByChannel(statements, options);
  return {
    statements: ranked.statements,
    findings: [...soften(findings, ranked.statements), ...ranked.findings],
    isSignatureClaimed: options.referrers.some(claimsSignature),
    unsigned: options.referrers.filter((attached) => attached.artifactType === MEDIA_TYPES.inToto).length,
  };
}

/** A key that may not sign for the channel proves nothing about builder or parts; as the signer it is named and refused later. */
function rankByChannel(
  statements: readonly TrustedStatement[],
  { channel }: AttestationsOptions,
): { statements: TrustedStatement[]; findings: Finding[] } {
  const may = ({ signature }: TrustedStatement): boolean => signature.channels.includes(channel);
  const isSignature = (statement: TrustedStatement): boolean => statement.predicateType === PREDICATE_TYPES.signature;
  const foreign = statements.filter((statement) => !may(statement) && !isSignature(statement));
  return {
    statements: [
      ...statements.filter(may),
      ...statements.filter((statement) => !may(statement) && isSignature(statement)),
    ],
    findings: foreign.map(({ signature, predicateType }) =>
      findingOf(
        'SIGNER_CHANNEL_WRONG',
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

const FOREIGN: ReadonlySet<string> = new Set([
  'BUNDLE_SIGNER_UNTRUSTED',
  'SIGNATURE_IDENTITY_WRONG',
  'SIGNATURE_MATERIAL_WRONG',
]);

/** Statements of one kind. */
export function statementsOf(read: AttestationsRead, kind: keyof typeof PREDICATE_TYPES): TrustedStatement[] {
  return read.statements.filter((statement) => statement.predicateType === PREDICATE_TYPES[kind]);
}
