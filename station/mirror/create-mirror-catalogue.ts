import type { Descriptor } from '#contracts/bundle.ts';
import type { Digest } from '#core/base/index.ts';
import type { ManifestEntry, MirrorCatalogue } from '#core/mirror/ports.ts';
import { readClosure, type BundleClosure } from './bundle-closure.ts';
import type { MirrorDeps } from './deps.ts';

/** A snapshot this old is compared with the accepted bundles again; a miss compares at once. */
const SNAPSHOT_MS = 1000;

interface Repository {
  readonly tags: Map<string, Digest>;
  readonly manifests: Map<Digest, ManifestEntry>;
  readonly blobs: Map<Digest, number>;
  readonly referrers: Map<Digest, Descriptor[]>;
}

type Snapshot = ReadonlyMap<string, Repository>;

/**
 * What the mirror shows: every accepted bundle whose whole closure is in the store, under its model name and version.
 * A bundle with a missing blob or referrer is not shown at all: a device must never pull a model without its evidence.
 */
export function createMirrorCatalogue(deps: MirrorDeps): MirrorCatalogue {
  const closures = new Map<string, BundleClosure>();
  let current: { snapshot: Snapshot; key: string; at: number } | undefined;

  const keyOf = (digest: Digest): string => `${digest}+${String(deps.bundles.closureOf(digest).referrers.length)}`;

  const refresh = async (): Promise<Snapshot> => {
    const bundles = deps.bundles.list();
    // A summary is attached after the acceptance: then the closure is read again.
    const keys = new Map(bundles.map(({ digest }) => [digest, keyOf(digest)]));
    const key = [...keys.values()].join(' ');
    if (current?.key === key && [...keys.values()].every((one) => closures.has(one))) {
      current = { ...current, at: deps.clock.monotonicMs() };
      return current.snapshot;
    }
    const repositories = new Map<string, Repository>();
    for (const bundle of [...bundles].sort((one, other) => one.acceptedAt - other.acceptedAt)) {
      const closure = closures.get(keys.get(bundle.digest) ?? '') ?? (await readClosure(deps, bundle.digest));
      if (closure === undefined) continue;
      closures.set(keys.get(bundle.digest) ?? '', closure);
      addClosure(repositories, { repository: bundle.model, tag: bundle.version, digest: bundle.digest, closure });
    }
    current = { snapshot: repositories, key, at: deps.clock.monotonicMs() };
    return repositories;
  };
  const recent = async (): Promise<Snapshot> =>
    current !== undefined && deps.clock.monotonicMs() - current.at < SNAPSHOT_MS ? current.snapshot : await refresh();
  /** Looks in the recent snapshot, and once more in a fresh one: what was accepted a moment ago is there. */
  const look = async <T>(find: (snapshot: Snapshot) => T | undefined): Promise<T | undefined> =>
    find(await recent()) ?? find(await refresh());

  return {
    repositories: async () => [...(await refresh()).keys()].sort(),
    tags: (repository) => look((snapshot) => sortedTags(snapshot.get(repository))),
    resolve: (repository, reference) =>
      look((snapshot) => {
        const known = snapshot.get(repository);
        const digest = 'tag' in reference ? known?.tags.get(reference.tag) : reference.digest;
        return digest === undefined ? undefined : known?.manifests.get(digest);
      }),
    blob: (repository, digest) => look((snapshot) => snapshot.get(repository)?.blobs.get(digest)),
    referrers: (repository, subject) =>
      look((snapshot) => {
        const known = snapshot.get(repository);
        return known === undefined ? undefined : (known.referrers.get(subject) ?? []);
      }),
  };
}

function sortedTags(repository: Repository | undefined): string[] | undefined {
  return repository === undefined ? undefined : [...repository.tags.keys()].sort();
}

function addClosure(
  repositories: Map<string, Repository>,
  add: { repository: string; tag: string; digest: Digest; closure: BundleClosure },
): void {
  const repository: Repository = repositories.get(add.repository) ?? {
    tags: new Map(),
    manifests: new Map(),
    blobs: new Map(),
    referrers: new Map(),
  };
  repositories.set(add.repository, repository);
  repository.tags.set(add.tag, add.digest);
  for (const manifest of add.closure.manifests) repository.manifests.set(manifest.digest, manifest);
  for (const [digest, size] of add.closure.blobs) repository.blobs.set(digest, size);
  for (const { subject, descriptor } of add.closure.referrers) {
    const held = repository.referrers.get(subject) ?? [];
    if (!held.some((each) => each.digest === descriptor.digest))
      repository.referrers.set(
        subject,
        [...held, descriptor].sort((one, other) => (one.digest < other.digest ? -1 : 1)),
      );
  }
}
