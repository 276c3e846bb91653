import type { Clock, Digest } from '#core/base/index.ts';
import type { JobRunner } from '#core/jobs/ports.ts';
import type { KeyVault } from '#core/keys/ports.ts';
import type { BlobStore, Hasher, StationStore } from '#core/storage/ports.ts';
import type { ExportMedia, MediaService } from '#station/media/service.ts';

/** What the review of samples needs of the station. */
export interface ReviewDeps {
  readonly store: StationStore;
  readonly blobs: BlobStore;
  readonly media: ExportMedia<MediaService>;
  readonly jobs: JobRunner;
  readonly vault: KeyVault;
  readonly hasher: Hasher;
  readonly clock: Clock;
  /** Line of a device, for the queue and the export. */
  readonly lineOf: (device: string) => string;
  /** Classes that a person may choose for samples of this bundle; empty when any name may be used. */
  readonly classesOf: (bundleDigest: Digest) => Promise<readonly string[]>;
}
