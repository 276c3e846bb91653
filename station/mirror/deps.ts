import type { Clock } from '#core/base/index.ts';
import type { BlobReader } from '#core/storage/ports.ts';
import type { BundleService } from '#station/bundles/service.ts';

/** What the mirror's catalogue is read from. */
export interface MirrorDeps {
  readonly bundles: Pick<BundleService, 'list' | 'closureOf'>;
  readonly blobs: Pick<BlobReader, 'read' | 'size'>;
  readonly clock: Clock;
}
