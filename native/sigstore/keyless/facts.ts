import type { Fact, Signer } from '#contracts/verdict.ts';
import type { Instant } from '#core/base/index.ts';
import { fact, type FactCode } from '#core/verification/index.ts';
import type { SigningCertificate } from './certificate.ts';
import type { SignedContent } from './content.ts';
import type { BundleDocument } from './document.ts';
import type { Subject } from './signed-subject.ts';

/** How far a verification came. What lies behind the last stage is not established, whatever the reason. */
export type FactsInput =
  | { readonly stage: 'unread' }
  | { readonly stage: 'bound'; readonly subject: Subject; readonly content: SignedContent }
  | SignedStage;

interface SignedStage {
  readonly stage: 'signed' | 'demanded';
  readonly subject: Subject;
  readonly content: SignedContent;
  readonly signer: Signer;
  readonly certificate: SigningCertificate | null;
  readonly document: BundleDocument;
  readonly timestamps: readonly Date[];
}

/** The statements of a verdict, in the order in which they are established. */
export function establishedFacts(at: FactsInput, now: Instant): Fact[] {
  const signed = at.stage === 'signed' || at.stage === 'demanded' ? at : null;
  const signer = signed?.signer.id ?? '';
  const times = signed === null ? [] : timesOf(signed);
  const { sourceRepositoryUri, buildSignerUri } = signed?.certificate?.extensions ?? {};
  return [
    at.stage === 'unread'
      ? missing('CONTENT_WHOLE')
      : fact('CONTENT_WHOLE', {
          established: true,
          subject: `sha256:${at.content.sha256.toString('hex')}`,
          detail: boundDetail(at.subject),
        }),
    signed === null
      ? missing('SIGNATURE_TIMESTAMPED')
      : fact('SIGNATURE_TIMESTAMPED', {
          established: times.length > 0,
          subject: signer,
          detail: timesDetail(times),
          ageSeconds: ageOf(times, now),
        }),
    signed === null
      ? missing('SIGNATURE_LOGGED')
      : fact('SIGNATURE_LOGGED', {
          established: entriesOf(signed).length > 0,
          subject: signer,
          detail: logDetail(signed),
        }),
    signed === null
      ? missing('SIGNATURE_HOLDS')
      : fact('SIGNATURE_HOLDS', { established: true, subject: signer, detail: 'over exactly this content' }),
    signed === null
      ? missing('SOURCE_KNOWN')
      : fact('SOURCE_KNOWN', {
          established: sourceRepositoryUri !== undefined,
          subject: sourceRepositoryUri ?? '',
          detail: sourceDetail(signed),
        }),
    signed === null
      ? missing('BUILDER_KNOWN')
      : fact('BUILDER_KNOWN', {
          established: buildSignerUri !== undefined,
          subject: buildSignerUri ?? '',
          detail: builderDetail(signed),
        }),
    at.stage === 'demanded'
      ? fact('SIGNER_TRUSTED', { established: true, subject: signer, detail: 'exactly the demanded signer' })
      : missing('SIGNER_TRUSTED', signed === null ? undefined : 'the signer is not the demanded one'),
  ];
}

function missing(code: FactCode, detail = 'the verification ended before'): Fact {
  return fact(code, { established: false, subject: '', detail });
}

/** The age of the youngest time; null when nobody states one, or when it lies ahead of this clock. */
function ageOf(times: readonly Date[], now: Instant): number | null {
  const age = now - Math.max(...times.map((time) => time.getTime()));
  return Number.isFinite(age) && age >= 0 ? Math.floor(age / 1000) : null;
}

function boundDetail(subject: Subject): string {
  return subject.kind === 'message'
    ? `the signature states its ${subject.hash} digest`
    : 'a subject of the signed statement';
}

function entriesOf({ document }: SignedStage): NonNullable<BundleDocument['verificationMaterial']['tlogEntries']> {
  return document.verificationMaterial.tlogEntries ?? [];
}

function timesOf(stage: SignedStage): Date[] {
  const promised = entriesOf(stage).filter((entry) => entry.inclusionPromise && Number(entry.integratedTime ?? 0) > 0);
  return [...stage.timestamps, ...promised.map((entry) => new Date(Number(entry.integratedTime) * 1000))];
}

function timesDetail(times: readonly Date[]): string {
  return times.length === 0
    ? 'nobody says when it was signed, and none was demanded'
    : times.map((time) => time.toISOString()).join(', ');
}

function logDetail(stage: SignedStage): string {
  const entries = entriesOf(stage);
  if (entries.length === 0) return 'no log entry, and none was demanded';
  return entries
    .map(
      ({ logIndex, logId, kindVersion }) =>
        `entry ${String(logIndex)} (${kindVersion.kind} ${kindVersion.version}) of log ${Buffer.from(logId.keyId, 'base64').toString('hex').slice(0, 16)}`,
    )
    .join(', ');
}

function sourceDetail(signed: SignedStage): string {
  if (signed.certificate === null) return 'a key says nothing about the source';
  const { sourceRepositoryRef, sourceRepositoryDigest } = signed.certificate.extensions;
  return `ref ${sourceRepositoryRef ?? 'not stated'}, commit ${sourceRepositoryDigest ?? 'not stated'}`;
}

function builderDetail(signed: SignedStage): string {
  if (signed.certificate === null) return 'a key says nothing about the builder';
  return `runner ${signed.certificate.extensions.runnerEnvironment ?? 'not stated'}`;
}
