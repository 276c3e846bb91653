import { ImageManifest, type Channel, type Descriptor } from '#contracts/bundle.ts';
import { AppError, KIB, MIB, type Digest, type Instant } from '#core/base/index.ts';
import { BundleRecord, type Reverification } from '#core/imports/index.ts';
import type { BlobReader, StationStore } from '#core/storage/ports.ts';
import { matchKnownBad } from '#core/provenance/index.ts';
import type { StoredJudgement } from '#core/verification/index.ts';
import type { BundleDetail, BundleService } from './service.ts';
import { layersOf, partsOf } from './stored-standing.ts';

export interface BundleDeps {
  readonly store: StationStore;
  readonly blobs: BlobReader;
  /** What speaks today against bringing an accepted bundle to gateways. */
  readonly standingOf: (record: BundleRecord) => StoredJudgement;
}

export interface AttachedSummary {
  readonly manifest: Digest;
  readonly blobs: readonly Descriptor[];
  readonly policyVersion: number;
  readonly trustVersion: number;
  readonly verifiedAt: Instant;
}

/** Accepted bundles; `register` is how an import adds one, inside its accepting transaction. */
export interface StationBundles {
  readonly service: BundleService;
  readonly register: {
    add(record: BundleRecord): void;
    all(): BundleRecord[];
    /** Adds the verification summary of the site to an accepted bundle, in the place of the one before. */
    attach(digest: Digest, attached: AttachedSummary): void;
    /** Notes a verification under rules that changed; a refused bundle loses its summary. */
    noteReverified(digest: Digest, reverified: Reverification): void;
    neededBlobs(): ReadonlySet<Digest>;
    /** Highest accepted sequence of a model on a channel (anti-rollback); null when there is none. */
    sequenceFloor(model: string, channel: Channel): number | null;
  };
}

const MODEL_CARD_LIMIT = 512 * KIB;
const MANIFEST_LIMIT = 4 * MIB;

export function createBundleService(deps: BundleDeps): StationBundles {
  const records = deps.store.documents('bundles', BundleRecord);

  function require(digest: Digest): BundleRecord {
    const record = records.get(digest);
    if (record === undefined) throw new AppError('NOT_FOUND', `no accepted bundle ${digest}`, { digest });
    return record;
  }

  const service: BundleService = {
    list: () =>
      records
        .list()
        .map((record) => record.summary)
        .sort((a, b) => b.acceptedAt - a.acceptedAt || (a.digest < b.digest ? -1 : 1)),
    require: (digest) => require(digest).summary,
    contractOf: async (digest) => Promise.resolve(require(digest).contract),
    get: async (digest) => {
      const record = require(digest);
      const { summary, contract, verdict, evaluation, provenance, components } = record;
      return {
        summary,
        contract,
        verdict,
        evaluation,
        provenance,
        components,
        modelCard: await modelCardOf(deps.blobs, record),
        referrers: await referrersOf(deps.blobs, record),
        standing: deps.standingOf(record),
        reverified: record.reverified ?? null,
      };
    },
    standingOf: (digest) => deps.standingOf(require(digest)),
    namedBy: ({ entries }) =>
      records.list().flatMap((record) => {
        const found = matchKnownBad(entries, { parts: partsOf(record), layers: layersOf(record) });
        const { digest, model, version } = record.summary;
        const refused = found.some(({ entry }) => entry.severity === 'refuse');
        return found.length === 0 ? [] : [{ digest, model, version, refused }];
      }),
    closureOf: (digest) => {
      const { closure, referrers } = require(digest);
      return { closure, referrers };
    },
  };
  return {
    service,
    register: {
      add: (record) => {
        records.put(record.summary.digest, record);
      },
      sequenceFloor: (model, channel) => {
        const accepted = records
          .list()
          .filter(({ summary }) => summary.model === model && summary.channel === channel)
          .map((record) => record.summary.sequence);
        return accepted.length === 0 ? null : Math.max(...accepted);
      },
      all: () => records.list(),
      attach: (digest, { manifest, blobs, policyVersion, trustVersion, verifiedAt }) => {
        const record = withoutSummary(require(digest));
        const known = new Set(record.closure.map((blob) => blob.digest));
        const added = blobs.filter((blob) => !known.has(blob.digest));
        records.put(digest, {
          ...record,
          closure: [...record.closure, ...added],
          referrers: [...new Set([...record.referrers, manifest])],
          summarised: policyVersion,
          standingSummary: { manifest, blobs: added.map((blob) => blob.digest), trustVersion, verifiedAt },
        });
      },
      noteReverified: (digest, reverified) => {
        const record = require(digest);
        records.put(digest, { ...(reverified.verdict === 'refused' ? withoutSummary(record) : record), reverified });
      },
      neededBlobs: () => new Set(records.list().flatMap((record) => record.closure.map((blob) => blob.digest))),
    },
  };
}

/** A gateway asks for all referrers: summaries that stand for nothing any more must not pile up there. */
function withoutSummary(record: BundleRecord): BundleRecord {
  const { summarised, standingSummary, ...rest } = record;
  if (summarised === undefined || standingSummary === undefined) return rest;
  const gone = new Set([standingSummary.manifest, ...standingSummary.blobs]);
  return {
    ...rest,
    referrers: rest.referrers.filter((digest) => !gone.has(digest)),
    closure: rest.closure.filter(({ digest }) => !gone.has(digest)),
  };
}

async function modelCardOf(blobs: BlobReader, record: BundleRecord): Promise<string> {
  return new TextDecoder('utf-8').decode(await blobs.read(record.modelCard.digest, MODEL_CARD_LIMIT));
}

/** OCI 1.1 referrers with the predicate that their publisher states; what holds is in the verdict. */
async function referrersOf(blobs: BlobReader, record: BundleRecord): Promise<BundleDetail['referrers']> {
  return Promise.all(
    record.referrers.map(async (digest) => {
      const bytes = await blobs.read(digest, MANIFEST_LIMIT);
      const manifest = ImageManifest.parse(JSON.parse(new TextDecoder().decode(bytes)));
      return {
        digest,
        artifactType: manifest.artifactType ?? manifest.config.mediaType,
        predicateType: manifest.annotations?.['dev.sigstore.bundle.predicateType'] ?? '',
        sizeBytes: bytes.length + manifest.layers.reduce((sum, layer) => sum + layer.size, 0),
      };
    }),
  );
}
