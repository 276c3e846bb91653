import { MEDIA_TYPES, PREDICATE_TYPES, type Descriptor } from '#contracts/bundle.ts';
import type { SiteTrust } from '#contracts/trust.ts';
import type { VerificationPolicy } from '#contracts/verdict.ts';
import { isBlocking, PROGRAM_VERSION, toIsoUtc, type Clock, type Digest, type Instant } from '#core/base/index.ts';
import { packReferrer } from '#core/bundle/index.ts';
import type { BundleRecord, Reverification } from '#core/imports/index.ts';
import { statementBytes, summaryPredicate, verifierOf } from '#core/provenance/index.ts';
import type { BlobStore, Hasher, StationStore } from '#core/storage/ports.ts';
import { policyDigest } from '#core/verification/index.ts';
import type { StationBundles } from './create-bundle-service.ts';
import { isSummarisedUnder } from './stored-standing.ts';

/** A verification of stored content: the verdict, and the SLSA build level that it granted. */
export type VerifyStored = (
  record: BundleRecord,
  signal: AbortSignal,
) => Promise<{ readonly reverified: Reverification; readonly buildLevel: number }>;

export interface SummaryDeps {
  readonly store: StationStore;
  readonly blobs: BlobStore;
  readonly hasher: Hasher;
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  readonly register: Pick<StationBundles['register'], 'all' | 'attach' | 'noteReverified'>;
  readonly policy: () => VerificationPolicy;
  readonly trust: () => SiteTrust;
  readonly site: { readonly id: string; readonly name: string };
  /** Verifies stored content again, under the rules of that moment. */
  readonly verifyStored: VerifyStored;
  /** Signs a statement with the key of the site: a Sigstore bundle. */
  readonly sign: (statement: Uint8Array) => Promise<Uint8Array>;
  readonly onError: (error: unknown) => void;
}

/** Keeps a verification summary (VSA) under the rules in force for every accepted bundle whose gateways may rely on one. */
export interface SummaryWriter {
  /** Also those that a kill left without one. */
  start(): void;
  /** Resolves when everything that was asked for so far is written. */
  settled(): Promise<void>;
  /** Ends what is being verified, and waits for what is being written. */
  stop(): Promise<void>;
}

/** How often the age of summaries is looked at. */
const AGE_TICK_MS = 3_600_000;
const DAY_MS = 86_400_000;

/**
 * After a change of rules or of trust, stored bundles are verified again and get new summaries: gateways compare the policy, and without
 * new ones a fleet would be stranded. One that is refused now loses its summary, and the screens say why.
 *
 * INVARIANTS: one summary is written at a time; a bundle has at most one; blobs are durable before the record names them.
 */
export function createSummaryWriter(deps: SummaryDeps): SummaryWriter {
  const stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();
  let isQueued = false;
  let unsubscribe: (() => void) | undefined;

  const writeMissing = async (): Promise<void> => {
    isQueued = false;
    for (const record of deps.register.all()) {
      if (stopping.signal.aborted) return;
      await bringUpToDate(deps, record, stopping.signal);
    }
  };
  const trigger = (): void => {
    if (isQueued) return;
    isQueued = true;
    running = running.then(writeMissing).catch((error: unknown) => {
      if (!stopping.signal.aborted) deps.onError(error);
    });
  };

  const watchAge = async (): Promise<void> => {
    try {
      for (;;) {
        await deps.clock.sleep(AGE_TICK_MS, stopping.signal);
        trigger();
      }
    } catch (error) {
      if (!stopping.signal.aborted) deps.onError(error);
    }
  };

  return {
    start: () => {
      unsubscribe = deps.store.events.subscribe((event) => {
        if (event.type === 'import.accepted' || event.stream === 'trust') trigger();
      });
      trigger();
      void watchAge();
    },
    settled: () => running,
    stop: async () => {
      unsubscribe?.();
      stopping.abort();
      await running;
    },
  };
}

async function bringUpToDate(deps: SummaryDeps, record: BundleRecord, signal: AbortSignal): Promise<void> {
  const policy = deps.policy();
  const rules = { policyVersion: policy.version, trustVersion: deps.trust().version };
  const { devices, vsaMaxAgeDays } = policy.channels[record.summary.channel];
  const { verifiedAt } = record.standingSummary ?? {};
  // Half of the allowed age is left for gateways that are switched off.
  const isAging = verifiedAt !== undefined && deps.clock.now() - verifiedAt > (vsaMaxAgeDays * DAY_MS) / 2;
  if (isSummarisedUnder(record, rules) && !isAging) return;
  // Freshly accepted: the verdict of the import is what the summary states.
  if (record.summarised === undefined && record.reverified === undefined && isJudgedUnder(record, policy)) {
    await writeOne(deps, record, { policy, trustVersion: rules.trustVersion, verifiedAt: record.verdict.checkedAt });
    return;
  }
  if (devices === 'bundle' || isRefusedUnder(record, rules)) return;
  const { reverified, buildLevel } = await deps.verifyStored(record, signal);
  noteReverified(deps, record, reverified);
  const isStillInForce = deps.policy().version === reverified.policyVersion;
  if (reverified.verdict === 'refused' || !isStillInForce) return;
  const { trustVersion, at: verifiedAtNow } = reverified;
  await writeOne(deps, { ...record, buildLevel }, { policy: deps.policy(), trustVersion, verifiedAt: verifiedAtNow });
}

function isJudgedUnder({ verdict }: BundleRecord, policy: VerificationPolicy): boolean {
  return verdict.policyVersion === policy.version;
}

function isRefusedUnder(
  { reverified }: BundleRecord,
  rules: { readonly policyVersion: number; readonly trustVersion: number },
): boolean {
  return (
    reverified?.verdict === 'refused' &&
    reverified.policyVersion === rules.policyVersion &&
    reverified.trustVersion === rules.trustVersion
  );
}

interface Basis {
  readonly policy: VerificationPolicy;
  readonly trustVersion: number;
  readonly verifiedAt: Instant;
}

async function writeOne(deps: SummaryDeps, record: BundleRecord, basis: Basis): Promise<void> {
  const { summary, closure } = record;
  const subject = closure.find((blob) => blob.digest === summary.digest);
  if (subject === undefined) return;
  const packed = packReferrer(
    {
      subject: { mediaType: MEDIA_TYPES.ociIndex, digest: summary.digest, size: subject.size },
      content: await deps.sign(statementOf(deps, record, basis)),
      kind: 'sigstore',
      predicateType: PREDICATE_TYPES.verificationSummary,
      createdAt: toIsoUtc(basis.verifiedAt),
    },
    deps.hasher,
  );
  for (const blob of packed.blobs) await deps.blobs.put(blob.descriptor.digest, once(blob.bytes));
  noteSummary(deps, record, {
    manifest: packed.manifest.descriptor.digest,
    blobs: packed.blobs.map((blob) => blob.descriptor),
    basis,
  });
}

function statementOf(deps: SummaryDeps, record: BundleRecord, { policy, verifiedAt }: Basis): Uint8Array {
  const { digest, model } = record.summary;
  const verifier = verifierOf(deps.site.id);
  const own = record.standingSummary?.manifest;
  return statementBytes({
    subject: [{ name: model, digest }],
    predicateType: PREDICATE_TYPES.verificationSummary,
    predicate: summaryPredicate({
      verifier,
      verifierVersion: PROGRAM_VERSION,
      timeVerified: verifiedAt,
      model,
      digest,
      policy: { uri: `${verifier}:policy:${String(policy.version)}`, digest: policyDigest(policy, deps.hasher) },
      buildLevel: record.buildLevel ?? 0,
      inputs: record.referrers.filter((referrer) => referrer !== own),
    }),
  });
}

function noteSummary(
  deps: SummaryDeps,
  { summary }: BundleRecord,
  { manifest, blobs, basis }: { manifest: Digest; blobs: readonly Descriptor[]; basis: Basis },
): void {
  const { policy, trustVersion, verifiedAt } = basis;
  const policyVersion = policy.version;
  deps.store.transaction(() => {
    deps.register.attach(summary.digest, { manifest, blobs, policyVersion, trustVersion, verifiedAt });
    append(deps, { type: 'bundle.summarised', subject: summary.digest, payload: { summary: manifest, policyVersion } });
  });
}

function noteReverified(deps: SummaryDeps, { summary }: BundleRecord, reverified: Reverification): void {
  const { verdict, policyVersion, trustVersion, findings } = reverified;
  const codes = findings.filter((finding) => isBlocking([finding])).map(({ code }) => code);
  deps.store.transaction(() => {
    deps.register.noteReverified(summary.digest, reverified);
    append(deps, {
      type: 'bundle.reverified',
      subject: summary.digest,
      payload: { verdict, policyVersion, trustVersion, codes },
    });
  });
}

function append(
  { store, site }: SummaryDeps,
  event: Pick<Parameters<StationStore['events']['append']>[0], 'type' | 'subject' | 'payload'>,
): void {
  store.events.append({
    actor: { kind: 'station', id: site.id, name: site.name.slice(0, 128) },
    stream: 'bundle',
    ...event,
  });
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(bytes);
}
