import type { Channel } from '#contracts/bundle.ts';
import type { Person } from '#contracts/site.ts';
import type { DowngradeException } from '#contracts/trust.ts';
import type { Digest, Instant } from '#core/base/index.ts';
import type { RoleFloors, RootFacts, TufMetadata } from './tuf-state.ts';

/**
 * The files of a TUF repository on a medium, in a folder or behind an address. Untrusted.
 * Both give undefined for a file that is not there, and INPUT_TOO_LARGE above the limit.
 */
export interface RepositoryFiles {
  /** `name` as the repository writes it: `4.root.json`, `timestamp.json`. */
  metadata(name: string, limitBytes: number): Promise<Uint8Array | undefined>;
  /** `path` relative to the folder of targets, with the hash in front of its last part where the repository does so. */
  target(path: string, limitBytes: number): Promise<Uint8Array | undefined>;
}

/** Files of a repository of which the newest root can be told without walking: a folder or a medium. */
export interface ListedRepository extends RepositoryFiles {
  /** Versions of the root metadata that lie there, rising. */
  rootVersions(): Promise<readonly number[]>;
}

/** A timestamp that two people let pass although it has expired: exactly these bytes and no others. */
export interface ExpiryExcuse {
  readonly timestampDigest: string;
}

export interface RefreshRequest {
  readonly files: RepositoryFiles;
  /** What was accepted before; its root is what everything is checked against. */
  readonly known: TufMetadata;
  readonly now: Instant;
  readonly excuse: ExpiryExcuse | null;
}

/** What a repository says, after its signatures, versions, hashes and dates were checked. */
export interface RefreshResult {
  readonly metadata: TufMetadata;
  readonly floors: RoleFloors;
  readonly root: RootFacts;
  readonly expires: Readonly<Record<'root' | 'timestamp' | 'snapshot' | 'targets', Instant>>;
  readonly timestampDigest: string;
  /** The content of a target, checked against the metadata; undefined when the repository has none of this name. */
  target(path: string, limitBytes: number): Promise<Uint8Array | undefined>;
}

/** The client side of The Update Framework. Throws TUF_* codes for everything that a repository does wrong. */
export interface TufClient {
  /** Precondition: none; the root is checked against itself only, so its fingerprint has to be compared by people. */
  readRoot(bytes: Uint8Array): RootFacts;
  refresh(request: RefreshRequest): Promise<RefreshResult>;
}

/** A bundle that somebody wants to import or roll out although a newer one was accepted. */
export interface OlderBundle {
  readonly model: string;
  readonly channel: Channel;
  readonly digest: Digest;
}

/** What two people allowed to go back to. */
export interface DowngradeApprovals {
  /** The approval under which this bundle may pass now; null when there is none. */
  approvedDowngrade(bundle: OlderBundle): DowngradeException | null;
  /** Records the use. Precondition: inside the transaction that uses it. `for` says what did: an import or a rollout. */
  useDowngrade(exception: DowngradeException, use: { by: Person; for: string }): void;
}

/** One small file beside the database, replaced durably: what `write` was given survives a power cut when it returns. */
export interface DurableText {
  /** Undefined when it was never written. */
  read(): Promise<string | undefined>;
  write(text: string): Promise<void>;
}
