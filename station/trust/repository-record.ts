import { z } from 'zod';
import { Instant } from '#contracts/primitives.ts';
import { RootView, type RepositoryView, type UpdatePreview } from '#contracts/trust.ts';
import { MIB } from '#core/base/index.ts';
import { fromBase64, toBase64 } from '#core/signing/index.ts';
import type { TufMetadata } from '#core/trust/index.ts';
import type { RefreshResult } from '#core/trust/ports.ts';

/** What the specification's public clients allow a root to be. */
export const ROOT_LIMIT = 512_000;

const Base64 = z.string().max(8 * MIB);
const RoleVersions = z.object({ root: z.number(), timestamp: z.number(), snapshot: z.number(), targets: z.number() });
const RoleTimes = z.object({ root: Instant, timestamp: Instant, snapshot: Instant, targets: Instant });

/** The trust repository as it was last accepted: the metadata as received, and what it put into the site's trust. */
export const RepositoryRecord = z.object({
  metadata: z.object({
    root: Base64,
    timestamp: Base64.optional(),
    snapshot: Base64.optional(),
    targets: Base64.optional(),
  }),
  root: RootView,
  pinned: z.object({ fingerprint: z.string(), at: Instant, by: z.string() }),
  updated: z.object({ at: Instant, by: z.string(), versions: RoleVersions, expires: RoleTimes }).nullable(),
  managed: z.object({ keyIds: z.array(z.string()), identities: z.array(z.string()) }),
});
export type RepositoryRecord = z.infer<typeof RepositoryRecord>;

/** The versions of the four top roles. */
export function versionsOf({ floors }: RefreshResult): UpdatePreview['versions'] {
  const { root, timestamp, snapshot, targets } = floors;
  return { root: root.version, timestamp: timestamp.version, snapshot: snapshot.version, targets: targets.version };
}

export function rootView({
  keyIds,
  ...root
}: Omit<RootView, 'keyIds'> & { readonly keyIds: readonly string[] }): RootView {
  return { ...root, keyIds: [...keyIds] };
}

export function viewOf({ root, pinned, updated, managed }: RepositoryRecord): RepositoryView {
  return { root, pinned, updated, keyIds: managed.keyIds, identities: managed.identities };
}

/** Metadata for a row of the database, byte for byte. */
export function encoded(metadata: TufMetadata): RepositoryRecord['metadata'] {
  const { root, timestamp, snapshot, targets } = metadata;
  return {
    root: toBase64(root),
    ...(timestamp === undefined ? {} : { timestamp: toBase64(timestamp) }),
    ...(snapshot === undefined ? {} : { snapshot: toBase64(snapshot) }),
    ...(targets === undefined ? {} : { targets: toBase64(targets) }),
  };
}

export function metadataOf({ metadata }: RepositoryRecord): TufMetadata {
  const bytes = (text: string | undefined): Uint8Array | undefined =>
    text === undefined ? undefined : fromBase64(text);
  return {
    root: fromBase64(metadata.root),
    timestamp: bytes(metadata.timestamp),
    snapshot: bytes(metadata.snapshot),
    targets: bytes(metadata.targets),
  };
}
