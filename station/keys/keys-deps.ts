import type { Clock } from '#core/base/index.ts';
import type { ContentCipher, KeyCustody, RenewableKeyVault } from '#core/keys/ports.ts';
import type { ContentHasher, StationStore } from '#core/storage/ports.ts';
import type { MediaService } from '#station/media/service.ts';

/** What the keys service is made of. */
export interface KeysDeps {
  readonly store: StationStore;
  readonly vault: RenewableKeyVault;
  readonly custody: KeyCustody;
  readonly cipher: ContentCipher;
  /** As they are: a backup is encrypted by itself. */
  readonly media: Pick<MediaService, 'require' | 'writer'>;
  readonly hasher: ContentHasher;
  readonly clock: Clock;
  readonly site: { readonly id: string; readonly name: string };
  /** When a key signed last since the start. */
  readonly lastUse: (name: 'site' | 'audit') => number | null;
}
