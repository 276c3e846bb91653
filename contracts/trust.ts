import { z } from 'zod';
import { Channel } from './bundle.ts';
import { Digest, Instant, RepositoryName } from './primitives.ts';
import { Person } from './site.ts';
import { TrustedIdentity, TrustedKey, TrustStore } from './verdict.ts';

/**
 * What a site trusts, with the version that every change raises. A change names the version that it was decided on, so that two
 * administrators at once cannot overwrite each other unseen.
 */
export const SiteTrust = TrustStore.extend({ version: z.number().int().min(0).default(0) });
export type SiteTrust = z.infer<typeof SiteTrust>;

/** `plant-keys.json` of a trust repository: whom headquarters trusts for this plant. */
export const PlantKeys = z.object({
  v: z.literal(1),
  keys: z
    .array(TrustedKey.pick({ publicKeyPem: true, channels: true }).extend({ name: z.string().min(1).max(128) }))
    .max(1000),
  identities: z
    .array(TrustedIdentity.omit({ addedAt: true, addedBy: true }))
    .max(1000)
    .default([]),
});
export type PlantKeys = z.infer<typeof PlantKeys>;

/** A root of a trust repository, as people compare it. */
export const RootView = z.object({
  version: z.number().int(),
  expires: Instant,
  /** SHA-256 of the signed part, hex. */
  fingerprint: z.string(),
  keyIds: z.array(z.string()),
  threshold: z.number().int(),
});
export type RootView = z.infer<typeof RootView>;

const RoleTimes = z.object({ root: Instant, timestamp: Instant, snapshot: Instant, targets: Instant });
const RoleVersions = z.object({
  root: z.number().int(),
  timestamp: z.number().int(),
  snapshot: z.number().int(),
  targets: z.number().int(),
});

const TwoPersonDecision = z.object({
  id: z.string(),
  reason: z.string(),
  requestedBy: Person,
  requestedAt: Instant,
  state: z.enum(['requested', 'approved', 'used']),
  approvedBy: Person.nullable(),
  /** Until when it may be approved, and after that used. */
  validUntil: Instant,
});

/** One accepted state of a model on a channel. */
export const AcceptedVersion = z.object({ sequence: z.number().int().min(0), digest: Digest });
export type AcceptedVersion = z.infer<typeof AcceptedVersion>;

/** Leave to use a trust repository whose timestamp has expired. It serves one update. */
const ExpiryException = TwoPersonDecision.extend({
  kind: z.literal('expired-timestamp').default('expired-timestamp'),
  /** SHA-256, hex, of the expired timestamp: exactly these bytes and no others. */
  timestampDigest: z.string(),
  expiredAt: Instant,
});

/** Leave to go back from the newest accepted version of a model on a channel to the one before it, and to no other. */
const DowngradeException = TwoPersonDecision.extend({
  kind: z.literal('downgrade'),
  model: RepositoryName,
  channel: Channel,
  from: AcceptedVersion,
  to: AcceptedVersion,
});

/** Leave to set the newest signed time back: a witness was wrong or lied. It serves once, as soon as it is approved. */
const TimeException = TwoPersonDecision.extend({
  kind: z.literal('time-reset'),
  /** The time in force when it was asked for; null when there was none. */
  from: Instant.nullable(),
  to: Instant,
});

/** What one administrator asked for and a second one approves, with a passphrase of their own. */
export const TrustException = z.union([ExpiryException, DowngradeException, TimeException]);
export type TrustException = z.infer<typeof TrustException>;
export type DowngradeException = z.infer<typeof DowngradeException>;

/** Two versions that an approved downgrade would swap. */
export const PinnedPrevious = z.object({
  model: RepositoryName,
  channel: Channel,
  newest: AcceptedVersion,
  previous: AcceptedVersion,
});
export type PinnedPrevious = z.infer<typeof PinnedPrevious>;

/** The trust repository of a site as the Trust screen shows it. */
export const RepositoryView = z.object({
  root: RootView,
  pinned: z.object({ fingerprint: z.string(), at: Instant, by: z.string() }),
  /** Null until the first update. */
  updated: z.object({ at: Instant, by: z.string(), versions: RoleVersions, expires: RoleTimes }).nullable(),
  keyIds: z.array(z.string()),
  identities: z.array(z.string()),
});
export type RepositoryView = z.infer<typeof RepositoryView>;

/** What an update from a medium would change; shown before it is done. */
export const UpdatePreview = z.object({
  from: z.object({ root: z.number().int(), versions: RoleVersions.nullable() }),
  root: RootView,
  versions: RoleVersions,
  expires: RoleTimes,
  timestampDigest: z.string(),
  addedKeys: z.array(z.object({ keyId: z.string(), name: z.string() })),
  removedKeys: z.array(z.object({ keyId: z.string(), name: z.string() })),
  addedIdentities: z.array(z.string()),
  removedIdentities: z.array(z.string()),
  trustedRootChanges: z.boolean(),
  /** Further documents that the repository brings in a newer version. */
  documents: z.array(z.object({ name: z.string(), from: z.number().int(), to: z.number().int() })),
});
export type UpdatePreview = z.infer<typeof UpdatePreview>;

/** What a signed time comes from; `people` is a time that two administrators set after a witness was found wrong. */
export const TimeWitness = z.enum(['log', 'timestamp', 'publisher', 'people']);

/** The clock of the station, judged by signed times alone. */
export const ClockView = z.object({
  state: z.enum(['plausible', 'unproven', 'behind', 'far-ahead']),
  clock: Instant,
  floor: z.object({ at: Instant, kind: TimeWitness, subject: z.string() }).nullable(),
});
export type ClockView = z.infer<typeof ClockView>;
