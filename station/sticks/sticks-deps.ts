import type { Clock } from '#core/base/index.ts';
import type { JobRunner } from '#core/jobs/ports.ts';
import type { IndexTrust } from '#core/media/index.ts';
import type { VolumeEjector } from '#core/media/ports.ts';
import type { ContentHasher, StationStore } from '#core/storage/ports.ts';
import type { MediaService } from '#station/media/service.ts';

export interface SticksDeps {
  readonly store: StationStore;
  readonly jobs: JobRunner;
  readonly media: MediaService;
  readonly ejector: VolumeEjector;
  readonly hasher: ContentHasher;
  readonly indexTrust: () => IndexTrust;
  readonly clock: Clock;
}
