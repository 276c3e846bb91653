import type { Person } from '#contracts/site.ts';
import { PlantKeys, type RepositoryView, type RootView, type SiteTrust, type UpdatePreview } from '#contracts/trust.ts';
import { AppError, KIB, MIB, type Clock } from '#core/base/index.ts';
import type { SignatureVerifier } from '#core/keys/ports.ts';
import type { DocumentCollection, StationStore } from '#core/storage/ports.ts';
import { parseStrictJson } from '#core/strict-json/index.ts';
import { applyPlantKeys, assertNotOlder, comparePlantKeys, type Managed } from '#core/trust/index.ts';
import type { ListedRepository, RefreshResult, TufClient } from '#core/trust/ports.ts';
import { judgeClock } from '#core/trusted-time/index.ts';
import { assertChain } from './assert-chain.ts';
import type { TrustExceptions } from './exceptions.ts';
import type { FloorKeeper } from './floor-keeper.ts';
import {
  encoded,
  metadataOf,
  RepositoryRecord,
  ROOT_LIMIT,
  rootView,
  versionsOf,
  viewOf,
} from './repository-record.ts';

const KEY = 'repository';
const TRUSTED_ROOT = 'trusted_root.json';
const TRUSTED_ROOT_LIMIT = MIB;
const PLANT_KEYS = 'plant-keys.json';
const PLANT_KEYS_LIMIT = 512 * KIB;

/** A further target that another feature wants: read and checked here, used there, in the same transaction. */
export interface TargetConsumer {
  readonly name: string;
  readonly limitBytes: number;
  /** Reads the content and throws when it cannot be used. */
  prepare(content: Uint8Array): PreparedTarget;
}

/** A target that was read and checked. */
export interface PreparedTarget {
  /** The version in force and the one that comes; equal when nothing changes. */
  readonly from: number;
  readonly to: number;
  /** Called inside the transaction of the update. */
  apply(person: Person): void;
}

export interface RepositoryDeps {
  readonly store: StationStore;
  readonly clock: Clock;
  readonly verifier: SignatureVerifier;
  readonly tuf: TufClient;
  readonly floors: FloorKeeper;
  readonly exceptions: TrustExceptions;
  readonly trust: Pick<DocumentCollection<SiteTrust>, 'put'> & { readonly current: () => SiteTrust };
  readonly targets: readonly TargetConsumer[];
}

export interface TrustRepository {
  view(): RepositoryView | null;
  /** The first root of a medium, for people to compare. TUF_* when it is no root. */
  readRoot(files: ListedRepository): Promise<RootView>;
  /** Pins the first root after its fingerprint was compared. TRUST_ROOT_FINGERPRINT, TRUST_ROOT_PINNED. */
  pinRoot(files: ListedRepository, fingerprint: string, person: Person): Promise<RepositoryView>;
  preview(files: ListedRepository): Promise<UpdatePreview>;
  /** Accepts the newest state of a medium: signatures, versions, floors, hashes and dates hold, or nothing changes. */
  update(files: ListedRepository, person: Person): Promise<UpdatePreview>;
}

/** The site's side of a trust repository on media. */
export function createTrustRepository(deps: RepositoryDeps): TrustRepository {
  const parts: Parts = { ...deps, records: deps.store.documents('trust-repository', RepositoryRecord) };
  return {
    view: () => {
      const record = parts.records.get(KEY);
      return record === undefined ? null : viewOf(record);
    },
    readRoot: async (files) => rootView(deps.tuf.readRoot(await firstRoot(files))),
    pinRoot: (files, fingerprint, person) => pinRoot(parts, files, { fingerprint, person }),
    preview: async (files) => previewOf(parts, await examine(parts, files)),
    update: (files, person) => update(parts, files, person),
  };
}

type Parts = RepositoryDeps & { readonly records: DocumentCollection<RepositoryRecord> };

async function firstRoot(files: ListedRepository): Promise<Uint8Array> {
  const [first] = await files.rootVersions();
  const bytes = first === undefined ? undefined : await files.metadata(`${String(first)}.root.json`, ROOT_LIMIT);
  if (bytes === undefined) throw new AppError('TUF_FILE_MISSING', 'the medium has no root metadata', { what: 'root' });
  return bytes;
}

async function pinRoot(
  { records, store, tuf, clock }: Parts,
  files: ListedRepository,
  { fingerprint, person }: { fingerprint: string; person: Person },
): Promise<RepositoryView> {
  if (records.get(KEY) !== undefined)
    throw new AppError('TRUST_ROOT_PINNED', 'a root is pinned here; a new one comes through the chain of roots');
  const bytes = await firstRoot(files);
  const root = rootView(tuf.readRoot(bytes));
  if (root.fingerprint !== fingerprint.replaceAll(/[^0-9a-f]/gi, '').toLowerCase())
    throw new AppError(
      'TRUST_ROOT_FINGERPRINT',
      `the root of this medium has the fingerprint ${root.fingerprint}, not the one that was given`,
      { fingerprint: root.fingerprint },
    );
  const record: RepositoryRecord = {
    metadata: encoded({ root: bytes }),
    root,
    pinned: { fingerprint: root.fingerprint, at: clock.now(), by: person.name },
    updated: null,
    managed: { keyIds: [], identities: [] },
  };
  store.transaction(() => {
    store.events.append({
      actor: { kind: 'person', id: person.id, name: person.name },
      stream: 'trust',
      type: 'trust.root-pinned',
      subject: `root ${String(root.version)}`,
      payload: { fingerprint: root.fingerprint, threshold: root.threshold, keyIds: root.keyIds },
    });
    records.put(KEY, record);
  });
  return viewOf(record);
}

/** Everything is checked and nothing is written. */
async function examine(deps: Parts, files: ListedRepository): Promise<Examined> {
  const record = deps.records.get(KEY);
  if (record === undefined) throw new AppError('TRUST_ROOT_MISSING', 'no root of a trust repository is pinned here');
  await assertChain(files, record, deps.tuf);
  const { now } = judgeClock(deps.clock.now(), deps.floors.floors().time);
  const excuse = deps.exceptions.approved(now);
  const result = await deps.tuf.refresh({ files, known: metadataOf(record), now, excuse });
  assertNotOlder(deps.floors.floors().tuf, result.floors);
  const trustedRoot = await result.target(TRUSTED_ROOT, TRUSTED_ROOT_LIMIT);
  const plantKeys = await result.target(PLANT_KEYS, PLANT_KEYS_LIMIT);
  const consumers: Examined['consumers'][number][] = [];
  for (const target of deps.targets) {
    const content = await result.target(target.name, target.limitBytes);
    if (content !== undefined) consumers.push({ ...target.prepare(content), name: target.name });
  }
  return {
    record,
    result,
    consumers,
    trustedRoot: trustedRoot === undefined ? null : readText(trustedRoot),
    plantKeys: plantKeys === undefined ? null : parsePlantKeys(plantKeys),
  };
}

function applied(
  deps: Parts,
  { record, result, plantKeys, trustedRoot }: Examined,
): { trust: SiteTrust; managed: Managed } {
  return applyPlantKeys(deps.trust.current(), record.managed, {
    plantKeys,
    trustedRoot,
    keyIdOf: (pem) => deps.verifier.keyIdOf(pem),
    at: deps.clock.now(),
    by: `trust repository, root ${String(result.root.version)}`,
  });
}

function previewOf(deps: Parts, examined: Examined): UpdatePreview {
  const { record, result } = examined;
  return {
    from: { root: record.root.version, versions: record.updated?.versions ?? null },
    root: rootView(result.root),
    versions: versionsOf(result),
    expires: { ...result.expires },
    timestampDigest: result.timestampDigest,
    documents: examined.consumers.flatMap(({ name, from, to }) => (from === to ? [] : [{ name, from, to }])),
    ...comparePlantKeys(deps.trust.current(), applied(deps, examined).trust),
  };
}

/** Floors first, in the file; then one transaction: floors, record, metadata, what is trusted. Only then is any of it used. */
async function update(deps: Parts, files: ListedRepository, person: Person): Promise<UpdatePreview> {
  const examined = await examine(deps, files);
  const preview = previewOf(deps, examined);
  await deps.floors.raise(
    (floors) => ({ ...floors, tuf: examined.result.floors }),
    () => {
      recordUpdate(deps, { examined, preview, person });
      const { trust, managed } = applied(deps, examined);
      const { record, result } = examined;
      deps.records.put(KEY, {
        ...record,
        metadata: encoded(result.metadata),
        root: rootView(result.root),
        updated: { at: deps.clock.now(), by: person.name, versions: preview.versions, expires: { ...result.expires } },
        managed: { keyIds: [...managed.keyIds], identities: [...managed.identities] },
      });
      deps.trust.put('trust', trust);
      for (const { apply } of examined.consumers) apply(person);
    },
  );
  return preview;
}

/** What the audit chain keeps of an update: the floors too, so that they can be told from the chain alone. */
function recordUpdate(
  { store, exceptions }: Parts,
  { examined, preview, person }: { examined: Examined; preview: UpdatePreview; person: Person },
): void {
  const { result } = examined;
  const exception = exceptions.use(result, person);
  store.events.append({
    actor: { kind: 'person', id: person.id, name: person.name },
    stream: 'trust',
    type: 'trust.repository-updated',
    subject: `root ${String(result.root.version)}`,
    payload: {
      fingerprint: result.root.fingerprint,
      versions: preview.versions,
      floors: result.floors,
      timestampDigest: result.timestampDigest,
      exception,
      addedKeys: preview.addedKeys.map((key) => key.keyId),
      removedKeys: preview.removedKeys.map((key) => key.keyId),
      addedIdentities: preview.addedIdentities,
      removedIdentities: preview.removedIdentities,
      trustedRootChanges: preview.trustedRootChanges,
      documents: preview.documents,
    },
  });
}

interface Examined {
  readonly record: RepositoryRecord;
  readonly result: RefreshResult;
  readonly trustedRoot: string | null;
  readonly plantKeys: PlantKeys | null;
  readonly consumers: readonly (PreparedTarget & { readonly name: string })[];
}

function parsePlantKeys(bytes: Uint8Array): PlantKeys {
  const read = PlantKeys.safeParse(parseStrictJson(bytes, { bytes: PLANT_KEYS_LIMIT }));
  if (read.success) return read.data;
  throw new AppError(
    'TUF_METADATA_INVALID',
    `${PLANT_KEYS} cannot be read`,
    { role: PLANT_KEYS },
    { cause: read.error },
  );
}

function readText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new AppError('TUF_METADATA_INVALID', `${TRUSTED_ROOT} is not text`, { role: TRUSTED_ROOT }, { cause });
  }
}
