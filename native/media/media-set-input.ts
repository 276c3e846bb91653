import type { SetDelta } from '#contracts/media.ts';
import type { Clock, Digest, IdSource } from '#core/base/index.ts';
import type { SourceBundle } from '#core/media/index.ts';
import type { SetWriter, VolumeReader } from '#core/media/ports.ts';
import type { BlobReader, FileSystemLimits } from '#core/storage/ports.ts';

/** A folder or stick that receives a part of the set. */
export interface MediaTarget {
  readonly reader: VolumeReader;
  readonly writer: SetWriter;
  readonly limits: FileSystemLimits;
  /** Targets of one name share their room: folders on one disk. */
  readonly fileSystem: string;
}

export interface WriteMediaSetInput {
  readonly bundles: readonly SourceBundle[];
  /** Gives the bytes of every blob of the bundles. */
  readonly blobs: BlobReader;
  readonly targets: readonly MediaTarget[];
  readonly partBytes: number;
  /** What is left out because the site has it; `blobs` gives the bytes of the patches as well. */
  readonly delta?: SetDelta;
  /** Signs the index; without it the set is protected by the signatures of its bundles alone. */
  readonly signIndex?: (index: { name: string; digest: Digest }) => Promise<Uint8Array>;
  /** Encrypts every part; a part then lies on the stick as an age file, and the index says who can read it. */
  readonly seal?: PartSeal;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly report?: (doneBytes: number, totalBytes: number) => void;
}

/** Encryption of parts. */
export interface PartSeal {
  readonly recipients: readonly string[];
  readonly seal: (content: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;
}
