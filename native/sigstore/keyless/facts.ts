import type { Fact, Signer } from '#contracts/verdict.ts';
import type { Instant } from '#core/base/index.ts';
import type { WitnessedTime } from '#core/verification/ports.ts';
import { fact, type FactCode } from '#core/verification/index.ts';
import type { SigningCertificate } from './certificate.ts';
import type { SignedContent } from './content.ts';
import type { BundleDocument } from './document.ts';
import type { Thresholds } from './library.ts';
import type { Subject } from './signed-subject.ts';

/** How far a verification came. What lies behind the last stage is not established, whatever the reason. */
type Reached = { readonly stage: 'unsigned' } | SignedStage;

/** The signature holds, over this content; whether by the demanded signer is the last question. */
export interface SignedStage {
  readonly stage: 'signed' | 'demanded';
  readonly subject: Subject;
  readonly content: SignedContent;
  readonly signer: Signer;
  readonly certificate: SigningCertificate | null;
  readonly document: BundleDocument;
  readonly timestamps: readonly Date[];
}

/** The statements of a verdict. Content that an unverified signature is about is not established content. */
export function establishedFacts(at: Reached, thresholds: Thresholds, now: Instant): Fact[] {
  const timeDemanded = thresholds.timestampThreshold > 0;
  const logDemanded = thresholds.logThreshold > 0;
  if (at.stage !== 'unsigned') return signedFacts(at, { timeDemanded, logDemanded, now });
  return [
    missing('CONTENT_WHOLE', true),
    missing('SIGNATURE_TIMESTAMPED', timeDemanded),
    missing('SIGNATURE_LOGGED', logDemanded),
    missing('SIGNATURE_HOLDS', true),
    missing('SOURCE_KNOWN', false),
    missing('BUILDER_KNOWN', false),
    missing('SIGNER_TRUSTED', true),
  ];
}

/** What the evidence of a signature that holds says, in words. */
export function evidenceOf(stage: SignedStage): {
  readonly log: string;
  readonly time: string;
  readonly signedAt: Instant | null;
  readonly witnessed: readonly WitnessedTime[];
  readonly logs: ReadonlySet<string>;
  readonly times: number;
} {
  const times = timesOf(stage);
  return {
    log: logDetail(stage),
    time: timesDetail(times),
    witnessed: [
      ...stage.timestamps.map((time) => ({ at: time.getTime(), kind: 'timestamp' as const })),
      ...promisedTimes(stage).map((time) => ({ at: time.getTime(), kind: 'log' as const })),
    ],
    signedAt: times.length === 0 ? null : Math.min(...times.map((time) => time.getTime())),
    logs: new Set(entriesOf(stage).map((entry) => entry.logId.keyId)),
    times: times.length,
  };
}

function missing(code: FactCode, demanded: boolean): Fact {
  return fact(code, { established: false, demanded, subject: '', detail: 'the verification ended before' });
}

interface Asked {
  readonly timeDemanded: boolean;
  readonly logDemanded: boolean;
  readonly now: Instant;
}

function signedFacts(at: SignedStage, { timeDemanded, logDemanded, now }: Asked): Fact[] {
  const subject = at.signer.id;
  const times = timesOf(at);
  const isDemanded = at.stage === 'demanded';
  return [
    fact('CONTENT_WHOLE', {
      established: true,
      subject: `sha256:${at.content.sha256.toString('hex')}`,
      detail: at.subject.kind === 'message' ? 'exactly this content is signed' : 'a subject of the signed statement',
    }),
    fact('SIGNATURE_TIMESTAMPED', {
      established: times.length > 0,
      demanded: timeDemanded || at.certificate !== null,
      subject,
      detail: timesDetail(times),
      ageSeconds: ageOf(times, now),
    }),
    fact('SIGNATURE_LOGGED', {
      established: entriesOf(at).length > 0,
      demanded: logDemanded,
      subject,
      detail: logDetail(at),
    }),
    fact('SIGNATURE_HOLDS', { established: true, subject, detail: 'by the key of this signer' }),
    certificateFact('SOURCE_KNOWN', at.certificate?.extensions.sourceRepositoryUri, sourceDetail(at)),
    certificateFact('BUILDER_KNOWN', at.certificate?.extensions.buildSignerUri, builderDetail(at)),
    fact('SIGNER_TRUSTED', {
      established: isDemanded,
      subject,
      detail: isDemanded ? 'exactly the demanded signer' : 'not the demanded signer',
    }),
  ];
}

/** Told, not asked for: this verb takes no demand on source or builder. */
function certificateFact(code: FactCode, value: string | undefined, detail: string): Fact {
  return fact(code, { established: value !== undefined, demanded: false, subject: value ?? '', detail });
}

/** The age of the youngest time; null when nobody states one, or when it lies ahead of this clock. */
function ageOf(times: readonly Date[], now: Instant): number | null {
  const age = now - Math.max(...times.map((time) => time.getTime()));
  return Number.isFinite(age) && age >= 0 ? Math.floor(age / 1000) : null;
}

function entriesOf({ document }: SignedStage): NonNullable<BundleDocument['verificationMaterial']['tlogEntries']> {
  return document.verificationMaterial.tlogEntries ?? [];
}

function timesOf(stage: SignedStage): Date[] {
  return [...stage.timestamps, ...promisedTimes(stage)];
}

/** The time of a log entry counts only where the log signed it: the inclusion proof alone does not cover it. */
function promisedTimes(stage: SignedStage): Date[] {
  return entriesOf(stage)
    .filter((entry) => entry.inclusionPromise && Number(entry.integratedTime ?? 0) > 0)
    .map((entry) => new Date(Number(entry.integratedTime) * 1000));
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
