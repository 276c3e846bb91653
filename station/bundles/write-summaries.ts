import { MEDIA_TYPES, PREDICATE_TYPES, type Descriptor } from '#contracts/bundle.ts';
import type { VerificationPolicy } from '#contracts/verdict.ts';
import { toIsoUtc, type Digest } from '#core/base/index.ts';
import { packReferrer } from '#core/bundle/index.ts';
import type { BundleRecord } from '#core/imports/index.ts';
import { statementBytes, summaryPredicate, verifierOf } from '#core/provenance/index.ts';
import type { BlobStore, Hasher, StationStore } from '#core/storage/ports.ts';
import { policyDigest } from '#core/verification/index.ts';
import type { StationBundles } from './create-bundle-service.ts';

export interface SummaryDeps {
  readonly store: StationStore;
  readonly blobs: BlobStore;
  readonly hasher: Hasher;
  readonly register: Pick<StationBundles['register'], 'all' | 'attach'>;
  readonly policy: () => VerificationPolicy;
  readonly site: { readonly id: string; readonly name: string };
  /** Signs a statement with the key of the site: a Sigstore bundle. */
  readonly sign: (statement: Uint8Array) => Promise<Uint8Array>;
  readonly onError: (error: unknown) => void;
}

const STATION_VERSION = '0.1.0';

/** Writes the verification summary (VSA) of every bundle that was accepted under the policy in force. */
export interface SummaryWriter {
  /** Also those that a kill between acceptance and summary left without one. */
  start(): void;
  /** Ends after what is being written. */
  stop(): Promise<void>;
}

/**
 * INVARIANTS: one summary is written at a time; a bundle has at most one for a policy; blobs are durable before the record names them.
 */
export function createSummaryWriter(deps: SummaryDeps): SummaryWriter {
  let running: Promise<void> = Promise.resolve();
  let unsubscribe: (() => void) | undefined;

  const writeMissing = async (): Promise<void> => {
    const policy = deps.policy();
    for (const record of deps.register.all()) {
      // What was judged by older rules has not been judged by these.
      if (record.verdict.policyVersion !== policy.version || record.summarised === policy.version) continue;
      await writeOne(deps, record, policy);
    }
  };
  const trigger = (): void => {
    running = running.then(writeMissing).catch(deps.onError);
  };

  return {
    start: () => {
      unsubscribe = deps.store.events.subscribe((event) => {
        if (event.type === 'import.accepted') trigger();
      });
      trigger();
    },
    stop: async () => {
      unsubscribe?.();
      await running;
    },
  };
}

async function writeOne(deps: SummaryDeps, record: BundleRecord, policy: VerificationPolicy): Promise<void> {
  const { summary, verdict, referrers, closure } = record;
  const { digest, model } = summary;
  const subject = closure.find((blob) => blob.digest === digest);
  if (subject === undefined) return;
  const predicate = summaryPredicate({
    verifier: verifierOf(deps.site.id),
    verifierVersion: STATION_VERSION,
    timeVerified: verdict.checkedAt,
    model,
    digest,
    policy: {
      uri: `${verifierOf(deps.site.id)}:policy:${String(policy.version)}`,
      digest: policyDigest(policy, deps.hasher),
    },
    buildLevel: record.buildLevel ?? 0,
    inputs: referrers,
  });
  const statement = statementBytes({
    subject: [{ name: model, digest }],
    predicateType: PREDICATE_TYPES.verificationSummary,
    predicate,
  });
  const packed = packReferrer(
    {
      subject: { mediaType: MEDIA_TYPES.ociIndex, digest, size: subject.size },
      content: await deps.sign(statement),
      kind: 'sigstore',
      predicateType: PREDICATE_TYPES.verificationSummary,
      createdAt: toIsoUtc(verdict.checkedAt),
    },
    deps.hasher,
  );
  for (const blob of packed.blobs) await deps.blobs.put(blob.descriptor.digest, once(blob.bytes));
  note(deps, record, {
    manifest: packed.manifest.descriptor.digest,
    blobs: packed.blobs.map((blob) => blob.descriptor),
    policyVersion: policy.version,
  });
}

function note(
  deps: SummaryDeps,
  { summary }: BundleRecord,
  attached: { manifest: Digest; blobs: readonly Descriptor[]; policyVersion: number },
): void {
  deps.store.transaction(() => {
    deps.register.attach(summary.digest, attached);
    deps.store.events.append({
      actor: { kind: 'station', id: deps.site.id, name: deps.site.name.slice(0, 128) },
      stream: 'bundle',
      type: 'bundle.summarised',
      subject: summary.digest,
      payload: { summary: attached.manifest, policyVersion: attached.policyVersion },
    });
  });
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(bytes);
}
