import type { Channel } from '#contracts/bundle.ts';
import type { ImportContext } from '#contracts/media.ts';
import type { ReportFormat, Verdict } from '#contracts/verdict.ts';
import type { Clock, Digest, IdSource } from '#core/base/index.ts';
import type { DeltaCodec } from '#core/delta/ports.ts';
import type { BundleRecord, VerifiedFacts } from '#core/imports/index.ts';
import type { OpenSealed } from '#core/media/index.ts';
import type { JobRunner } from '#core/jobs/ports.ts';
import type { BackgroundHasher, BlobReader, BlobStore, Hasher, StationStore } from '#core/storage/ports.ts';
import type { DowngradeApprovals } from '#core/trust/ports.ts';
import type { TimeEvidence } from '#core/trusted-time/index.ts';
import type { MediaService } from '#station/media/service.ts';

/** What is kept of a bundle that was verified; the import adds itself and its verdict. */
export type ImportFacts = Omit<VerifiedFacts, 'v' | 'summary' | 'verdict' | 'referrers'> & {
  readonly summary: Omit<VerifiedFacts['summary'], 'importId' | 'signer'>;
};

/** What a verification says about a bundle: the verdict, and the facts to keep when it is positive. */
export interface VerificationResult {
  readonly verdict: Verdict;
  readonly facts: ImportFacts | null;
}

export interface VerificationRequest {
  readonly reader: BlobReader;
  readonly bundleDigest: Digest;
  readonly referrers: readonly Digest[];
  /** The model that the medium's index names; unsigned. */
  readonly model: string;
  readonly signal: AbortSignal;
  readonly onProgress: (doneBytes: number, totalBytes: number) => void;
}

/** Writes a verdict down; the same input gives the same bytes. */
export type RenderReport = (
  report: { readonly verdict: Verdict; readonly context: ImportContext | null },
  format: ReportFormat,
) => Promise<Uint8Array>;

/** Verifies the stored copy, never the stick: media may change between two reads. */
export type VerifyImported = (request: VerificationRequest) => Promise<VerificationResult>;

/** Where accepted bundles are kept. Called inside the accepting transaction. */
export interface BundleRegister {
  add(record: BundleRecord): void;
  /** Blobs that accepted bundles need. */
  neededBlobs(): ReadonlySet<Digest>;
  /** Highest accepted sequence of a model on a channel (anti-rollback); null when there is none. */
  sequenceFloor(model: string, channel: Channel): number | null;
}

/** What an accepted bundle says about time and order. */
export interface AcceptedFacts {
  readonly model: string;
  readonly channel: Channel;
  readonly sequence: number;
  readonly digest: Digest;
  readonly signedTimes: readonly TimeEvidence[];
}

export interface ImportDeps {
  readonly store: StationStore;
  readonly blobs: BlobStore;
  readonly media: MediaService;
  readonly jobs: JobRunner;
  readonly bundles: BundleRegister;
  readonly verify: VerifyImported;
  /** Checks blocks as they come from a medium. */
  readonly blockHasher: BackgroundHasher;
  /** Unpacks what a delta set changes. */
  readonly deltaCodec: DeltaCodec;
  /** Opens encrypted parts with the identity of this site. */
  readonly openSealed: OpenSealed;
  readonly renderReport: RenderReport;
  readonly hasher: Hasher;
  readonly clock: Clock;
  readonly ids: IdSource;
  /** Version of the policy in force; a verdict under another one decides nothing any more. */
  readonly policyVersion: () => number;
  /**
   * Raises the floors of the site in both of its stores to what an accepted bundle says, then runs `decide`.
   * What throws in `decide` leaves the bundle unaccepted; a raised floor refuses only what is older.
   */
  readonly acceptUnderFloors: <T>(facts: AcceptedFacts, decide: () => T) => Promise<T>;
  /** What two people allowed to go back to; absent where nobody can. */
  readonly downgrades?: DowngradeApprovals;
  /** A failure of the watch on media; imports go on when asked by hand. */
  readonly onWatchFailure: (error: unknown) => void;
}
