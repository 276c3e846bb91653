import type { Descriptor } from '#contracts/bundle.ts';
import type { Digest } from '#core/base/index.ts';

/** A manifest that the mirror serves: its stored bytes are the blob of this digest. */
export interface ManifestEntry {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly sizeBytes: number;
}

/**
 * What the mirror may show. A repository shows a bundle only when its whole closure (manifests, blobs, referrers) is in the store.
 * Every lookup is scoped to its repository: content of another repository is not found.
 */
export interface MirrorCatalogue {
  /** Sorted. */
  repositories(): Promise<string[]>;
  /** Sorted; undefined for an unknown repository. */
  tags(repository: string): Promise<string[] | undefined>;
  resolve(
    repository: string,
    reference: { readonly tag: string } | { readonly digest: Digest },
  ): Promise<ManifestEntry | undefined>;
  /** Size of a blob of this repository's closure. */
  blob(repository: string, digest: Digest): Promise<number | undefined>;
  /** Descriptors of the manifests whose subject this digest is; undefined for an unknown repository. */
  referrers(repository: string, subject: Digest): Promise<Descriptor[] | undefined>;
}
