import type { Digest } from '#core/base/index.ts';
import type { ListedBundle } from '#core/bundle/index.ts';
import type { OpenSealed } from '#core/media/index.ts';
import type { BlobReader } from '#core/storage/ports.ts';

/** Something that holds bundles: a layout folder, an archive, a media set. */
export interface BundleInput {
  readonly kind: string;
  readonly reader: BlobReader;
  readonly bundles: readonly ListedBundle[];
  referrersOf(digest: Digest): readonly Digest[];
  close(): Promise<void>;
}

/** What a person gave to open encrypted inputs with. */
export interface InputSecrets {
  readonly openSealed?: OpenSealed;
}

/** Opens one kind of input; null when the path is of another kind. */
export type InputOpener = (path: string, secrets: InputSecrets) => Promise<BundleInput | null>;
