import type { Metadata, Targets } from '@tufjs/models';
import type { Instant } from '#core/base/index.ts';
import type { ExpiryExcuse, RepositoryFiles } from '#core/trust/ports.ts';
import { METADATA_LIMITS } from './parse-metadata.ts';
import { missing, SAME_VERSION, TrustedSet } from './trusted-set.ts';

/** A client that walks from one root to the newest must end some time (5.3.3). */
const MAX_ROOT_ROTATIONS = 256;
const MAX_DELEGATIONS = 32;

/** What a client keeps: metadata by role name, exactly as received. */
export interface MetadataStore {
  read(role: string): Promise<Uint8Array | undefined>;
  /** Called after the checks of this role, before the next role is looked at. */
  write(role: string, bytes: Uint8Array): Promise<void>;
}

export interface ClientOptions {
  readonly files: Pick<RepositoryFiles, 'metadata'>;
  readonly store: MetadataStore;
  readonly now: Instant;
  readonly excuse: ExpiryExcuse | null;
}

/** The client workflow of the specification, 5.2 to 5.6. Roots are walked one by one, so that a site may have missed many. */
export async function updateMetadata(options: ClientOptions): Promise<TrustedSet> {
  const root = await options.store.read('root');
  if (root === undefined) throw missing('the trusted root of this client');
  const trusted = new TrustedSet(root, options.now, options.excuse);
  await walkRoots(trusted, options);
  await loadTimestamp(trusted, options);
  await loadSnapshot(trusted, options);
  await loadTargets(trusted, options, { role: 'targets', delegator: 'root' });
  return trusted;
}

/** 5.3: each root is signed by the one before and by itself, and stored before the next is asked for. */
async function walkRoots(trusted: TrustedSet, { files, store }: ClientOptions): Promise<void> {
  for (let step = 0; step < MAX_ROOT_ROTATIONS; step += 1) {
    const name = `${String(trusted.root.signed.version + 1)}.root.json`;
    const bytes = await files.metadata(name, METADATA_LIMITS.root);
    if (bytes === undefined) return;
    trusted.updateRoot(bytes);
    await store.write('root', bytes);
  }
}

/** 5.4: the stored timestamp, even expired, protects against an older one. */
async function loadTimestamp(trusted: TrustedSet, { files, store }: ClientOptions): Promise<void> {
  await tryOwn('timestamp', store, (own) => trusted.updateTimestamp(own));
  const bytes = await files.metadata('timestamp.json', METADATA_LIMITS.timestamp);
  if (bytes === undefined) throw missing('timestamp.json');
  if (trusted.updateTimestamp(bytes) !== SAME_VERSION) await store.write('timestamp', bytes);
}

async function loadSnapshot(trusted: TrustedSet, { files, store }: ClientOptions): Promise<void> {
  if (await tryOwn('snapshot', store, (own) => trusted.updateSnapshot(own, true))) return;
  const meta = trusted.timestamp?.signed.snapshotMeta;
  const name = trusted.root.signed.consistentSnapshot ? `${String(meta?.version)}.snapshot.json` : 'snapshot.json';
  const bytes = await files.metadata(name, meta?.length ?? METADATA_LIMITS.snapshot);
  if (bytes === undefined) throw missing(name);
  trusted.updateSnapshot(bytes, false);
  await store.write('snapshot', bytes);
}

/** The metadata of a targets role: the known one, the stored one when the snapshot still lists it, or a new one. */
async function loadTargets(
  trusted: TrustedSet,
  { files, store }: ClientOptions,
  { role, delegator }: { role: string; delegator: string },
): Promise<Metadata<Targets>> {
  const known = trusted.targets.get(role);
  if (known !== undefined) return known;
  if (await tryOwn(role, store, (own) => trusted.updateTargets(own, role, delegator)))
    return trusted.targets.get(role) ?? raise(role);
  const meta = trusted.snapshot?.signed.meta[`${role}.json`];
  if (meta === undefined) throw missing(`${role}.json in the snapshot`);
  // A role may have any name: in a file name it is escaped, so that `../role` stays one name.
  const file = `${encodeURIComponent(role)}.json`;
  const name = trusted.root.signed.consistentSnapshot ? `${String(meta.version)}.${file}` : file;
  const bytes = await files.metadata(name, meta.length ?? METADATA_LIMITS.targets);
  if (bytes === undefined) throw missing(name);
  const loaded = trusted.updateTargets(bytes, role, delegator);
  await store.write(role, bytes);
  return loaded;
}

function raise(role: string): never {
  throw missing(`the metadata of ${role}`);
}

/** Stored metadata that does not hold any more is no fault: the repository is asked instead. */
async function tryOwn(role: string, store: MetadataStore, use: (own: Uint8Array) => unknown): Promise<boolean> {
  const own = await store.read(role);
  if (own === undefined) return false;
  try {
    use(own);
    return true;
  } catch {
    // Expired, superseded or signed by former keys: each of them is what a refresh is for.
    return false;
  }
}

/** 5.6.7: preorder, depth first; a terminating delegation ends the search. */
export async function findTarget(
  trusted: TrustedSet,
  options: ClientOptions,
  path: string,
): Promise<Targets['targets'][string] | undefined> {
  const toVisit = [{ role: 'targets', delegator: 'root' }];
  const visited = new Set<string>();
  for (let next = toVisit.pop(); next !== undefined && visited.size <= MAX_DELEGATIONS; next = toVisit.pop()) {
    if (visited.has(next.role)) continue;
    const { signed } = await loadTargets(trusted, options, next);
    const target = Object.hasOwn(signed.targets, path) ? signed.targets[path] : undefined;
    if (target !== undefined) return target;
    visited.add(next.role);
    const children: { role: string; delegator: string }[] = [];
    for (const { role, terminating } of signed.delegations?.rolesForTarget(path) ?? []) {
      children.push({ role, delegator: next.role });
      if (terminating) {
        toVisit.length = 0;
        break;
      }
    }
    toVisit.push(...children.reverse());
  }
  return undefined;
}
