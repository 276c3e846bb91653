import type { Metadata, Root } from '@tufjs/models';
import type { RefreshRequest, RefreshResult, TufClient } from '#core/trust/ports.ts';
import type { RootFacts, RoleFloors, TopRole, TufMetadata } from '#core/trust/index.ts';
import { fingerprintOf } from './parse-metadata.ts';
import { readTarget } from './target-content.ts';
import { missing, TrustedSet } from './trusted-set.ts';
import { findTarget, updateMetadata, type ClientOptions, type MetadataStore } from './update-metadata.ts';

/** The client of a site: works in memory; what it answers with is stored by the caller in one step. */
export const tufClient: TufClient = {
  readRoot: (bytes) => {
    // A root that does not even sign itself is no root.
    const { root } = new TrustedSet(bytes, 0, null);
    return factsOfRoot(root);
  },
  refresh,
};

async function refresh({ files, known, now, excuse }: RefreshRequest): Promise<RefreshResult> {
  const kept = new Map<string, Uint8Array>(
    Object.entries(known).flatMap(([role, bytes]) => (bytes instanceof Uint8Array ? [[role, bytes]] : [])),
  );
  const store: MetadataStore = {
    read: (role) => Promise.resolve(kept.get(role)),
    write: (role, bytes) => Promise.resolve(void kept.set(role, bytes)),
  };
  const options: ClientOptions = { files, store, now, excuse };
  const trusted = await updateMetadata(options);
  const { root, timestamp, snapshot } = trusted;
  const targets = trusted.targets.get('targets');
  if (timestamp === null || snapshot === null || targets === undefined) throw missing('one of its top roles');
  return {
    metadata: metadataOf(kept),
    root: factsOfRoot(root),
    floors: floorsOf(root, { timestamp, snapshot, targets }),
    expires: {
      root: Date.parse(root.signed.expires),
      timestamp: Date.parse(timestamp.signed.expires),
      snapshot: Date.parse(snapshot.signed.expires),
      targets: Date.parse(targets.signed.expires),
    },
    timestampDigest: trusted.timestampDigest,
    target: async (path, limitBytes) => {
      const target = await findTarget(trusted, options, path);
      if (target === undefined) return undefined;
      return readTarget(files, target, { isConsistent: root.signed.consistentSnapshot, limitBytes });
    },
  };
}

function metadataOf(kept: ReadonlyMap<string, Uint8Array>): TufMetadata {
  const root = kept.get('root');
  if (root === undefined) throw missing('the trusted root of this client');
  return { root, timestamp: kept.get('timestamp'), snapshot: kept.get('snapshot'), targets: kept.get('targets') };
}

function factsOfRoot(root: Metadata<Root>): RootFacts {
  const { version, expires, roles } = root.signed;
  return {
    version,
    expires: Date.parse(expires),
    fingerprint: fingerprintOf(root),
    keyIds: [...(roles['root']?.keyIDs ?? [])],
    threshold: roles['root']?.threshold ?? 0,
  };
}

type Versioned = Readonly<Record<Exclude<TopRole, 'root'>, { readonly signed: { readonly version: number } }>>;

function floorsOf(root: Metadata<Root>, roles: Versioned): RoleFloors {
  const floor = (role: Exclude<TopRole, 'root'>): RoleFloors['timestamp'] => {
    const granted = root.signed.roles[role];
    const keys = `${String(granted?.threshold)}:${[...(granted?.keyIDs ?? [])].sort().join(',')}`;
    return { version: roles[role].signed.version, keys };
  };
  return {
    root: { version: root.signed.version, digest: fingerprintOf(root) },
    timestamp: floor('timestamp'),
    snapshot: floor('snapshot'),
    targets: floor('targets'),
  };
}
