import type { ImportPlan } from '#contracts/media.ts';
import type { Person } from '#contracts/site.ts';
import { AppError, type Digest, type Finding, type Instant } from '#core/base/index.ts';
import type { ImportRecord } from '#core/imports/index.ts';
import {
  assertBasesHere,
  bundleBytes,
  impostors,
  partsFor,
  planDelta,
  type DeltaPlan,
  type NamedMedium,
  type SourceBundle,
  type SourceSet,
} from '#core/media/index.ts';
import type { ConnectedMedium } from '#station/media/service.ts';
import type { ImportDeps } from './import-ports.ts';

/** A bundle on a medium that a person chose. */
export interface Choice {
  readonly medium: ConnectedMedium;
  readonly source: SourceSet;
  readonly bundle: SourceBundle;
}

export interface ImportPlanning {
  choose(input: { volumeId: string; bundleDigest: Digest }): Promise<Choice>;
  /** MEDIA_STICKS_DISAGREE when a connected stick claims to be of this set and carries another index. */
  assertAgreement(source: SourceSet): Promise<void>;
  /** Connected sticks that claim a set and carry another index than it. */
  strangersTo(set: Pick<SourceSet, 'setId' | 'indexDigest'>): Promise<Finding[]>;
  /** Blobs of a bundle that the store does not hold yet. */
  absentBlobs(bundle: SourceBundle): Promise<SourceBundle['blobs']>;
  plan(input: { volumeId: string; bundleDigest: Digest }): Promise<ImportPlan>;
  /** MEDIA_DELTA_BASE_MISSING when the set leaves out what this site does not have. */
  newRecord(choice: Choice, added: Digest[], person: Person): Promise<ImportRecord>;
}

/** What an import would bring, before anything is copied. */
export function createImportPlanning(deps: Pick<ImportDeps, 'media' | 'blobs' | 'clock' | 'ids'>): ImportPlanning {
  async function choose(input: { volumeId: string; bundleDigest: Digest }): Promise<Choice> {
    const medium = (await deps.media.connected()).find(({ volume }) => volume.id === input.volumeId);
    if (medium === undefined)
      throw new AppError('VOLUME_UNKNOWN', `${input.volumeId} is not connected`, { volumeId: input.volumeId });
    return choiceOn(medium, input);
  }

  async function absentBlobs(bundle: SourceBundle): Promise<SourceBundle['blobs']> {
    const absent: SourceBundle['blobs'] = [];
    for (const blob of new Map(bundle.blobs.map((candidate) => [candidate.digest, candidate])).values()) {
      if (!(await deps.blobs.has(blob.digest))) absent.push(blob);
    }
    return absent;
  }

  async function plan(input: { volumeId: string; bundleDigest: Digest }): Promise<ImportPlan> {
    const { medium, source, bundle } = await choose(input);
    const totalBytes = bundleBytes(bundle);
    const delta = await planDelta(source, bundle, (digest) => deps.blobs.has(digest));
    const rebuiltBytes = (delta?.plan.patches ?? []).reduce((sum, patch) => sum + patch.sizeBytes, 0);
    const needBytes = (await absentBlobs(bundle)).reduce((sum, blob) => sum + blob.sizeBytes, 0);
    const connected = await deps.media.connected();
    const present = new Set(
      connected
        .filter(({ contents }) => contents.source?.indexDigest === source.indexDigest)
        .flatMap(({ contents }) => [...contents.present]),
    );
    return {
      ...input,
      model: bundle.model,
      version: bundle.version,
      title: bundle.title,
      totalBytes,
      alreadyHereBytes: totalBytes - needBytes,
      needBytes,
      rebuiltBytes,
      freeBytes: known(await deps.blobs.freeBytes()),
      parts: partsFor(source.parts, delta?.plan.carried ?? bundle.blobs).map((part) => ({
        name: part.name,
        stick: part.stick,
        sizeBytes: part.sizeBytes,
        present: present.has(part.name),
      })),
      signature: medium.contents.signature,
      findings: [...medium.contents.findings, ...impostors(source, connected.map(toNamed)), ...(delta?.findings ?? [])],
    };
  }

  const strangersTo: ImportPlanning['strangersTo'] = async (set) =>
    impostors(set, (await deps.media.connected()).map(toNamed));

  return {
    choose,
    strangersTo,
    assertAgreement: async (source) => {
      const [first] = await strangersTo(source);
      if (first !== undefined)
        throw new AppError('MEDIA_STICKS_DISAGREE', `${first.at}: ${first.message}`, { stick: first.at });
    },
    absentBlobs,
    plan,
    newRecord: async (choice, added, person) => {
      const delta = await planDelta(choice.source, choice.bundle, (digest) => deps.blobs.has(digest));
      assertBasesHere(delta?.findings ?? []);
      const record = importRecord(choice, {
        id: deps.ids.next(),
        added,
        startedBy: person.name,
        now: deps.clock.now(),
      });
      return delta === null ? record : withDelta(record, delta.plan);
    },
  };
}

/** Throws what a person is told when the medium does not offer this bundle. */
function choiceOn(medium: ConnectedMedium, input: { volumeId: string; bundleDigest: Digest }): Choice {
  const { source, findings } = medium.contents;
  if (source === null) {
    const damage = findings.find((finding) => finding.severity === 'block');
    if (damage?.code === 'MEDIA_INDEX_INVALID' || damage?.code === 'MEDIA_INDEX_SIGNATURE_INVALID')
      throw new AppError(damage.code, damage.message, { volumeId: input.volumeId, at: damage.at });
    throw new AppError('MEDIA_NO_SET', damage?.message ?? 'the medium holds neither a media set nor a layout', {
      volumeId: input.volumeId,
    });
  }
  const bundle = source.bundles.find((candidate) => candidate.digest === input.bundleDigest);
  if (bundle === undefined)
    throw new AppError('NOT_FOUND', `the medium does not carry ${input.bundleDigest}`, {
      digest: input.bundleDigest,
    });
  return { medium, source, bundle };
}

/** The record of an import that begins. */
function importRecord(
  { medium, source, bundle }: Choice,
  { id, added, startedBy, now }: { id: string; added: Digest[]; startedBy: string; now: Instant },
): ImportRecord {
  return {
    v: 1,
    id,
    state: 'planned',
    volumeId: medium.volume.id,
    volumeLabel: medium.volume.label,
    volumeSerial: medium.volume.serial,
    setId: source.setId,
    indexDigest: source.indexDigest,
    bundleDigest: bundle.digest,
    model: bundle.model,
    version: bundle.version,
    title: bundle.title,
    blobs: [...new Map(bundle.blobs.map((blob) => [blob.digest, blob])).values()],
    referrers: [...bundle.referrers],
    added,
    totalBytes: bundleBytes(bundle),
    copiedBytes: 0,
    jobId: null,
    verdict: null,
    error: null,
    missingParts: [],
    startedBy,
    decidedBy: null,
    decisionReason: null,
    createdAt: now,
    updatedAt: now,
  };
}

/** The record of an import that copies what the set carries and makes the rest. */
function withDelta(record: ImportRecord, { carried, patches }: DeltaPlan): ImportRecord {
  return {
    ...record,
    delta: { carried: [...carried], patches: [...patches] },
    added: [...record.added, ...patches.map(({ patch }) => patch)],
    totalBytes: carried.reduce((sum, blob) => sum + blob.sizeBytes, 0),
  };
}

/** Null where the file system does not tell. */
function known(bytes: number): number | null {
  return Number.isFinite(bytes) ? bytes : null;
}

/** A medium under what a person reads on it. */
function toNamed({ volume, contents }: ConnectedMedium): NamedMedium {
  return { name: volume.serial === null ? volume.label : `${volume.label} (${volume.serial})`, medium: contents };
}
