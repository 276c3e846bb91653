import type { VolumeView } from '#contracts/media.ts';
import type { MediumContents } from '#core/media/index.ts';
import type { Volume, VolumeReader, VolumeWriter } from '#core/media/ports.ts';
import type { FileSystemLimits } from '#core/storage/ports.ts';

/** A connected medium with what was found on it. */
export interface ConnectedMedium {
  readonly volume: Volume;
  readonly contents: MediumContents;
}

/** Who works on a medium. */
export type MediumUser = 'import' | 'export' | 'check';

export interface MediaService {
  volumes(): Promise<VolumeView[]>;
  /** The list now and after every change (plug, unplug, content). */
  watch(signal: AbortSignal): AsyncIterable<VolumeView[]>;
  /** Uses a folder as a stick; the path comes from a person or a native dialog and is turned into a handle. */
  openFolder(path: string): Promise<VolumeView>;
  closeFolder(volumeId: string): void;
  /** For other services: VOLUME_UNKNOWN when it is not connected. */
  require(volumeId: string): Promise<Volume>;
  /** Every medium that answers now, with its set or layout; for other services. */
  connected(): Promise<ConnectedMedium[]>;
  /** Says that somebody works on a medium until the returned function is called; it is not ejected meanwhile. */
  hold(volumeId: string, user: MediumUser): () => void;
  usersOf(volumeId: string): readonly MediumUser[];
  reader(volume: Volume): VolumeReader;
  writer(volume: Volume): VolumeWriter;
  /** What can be written there; asked before the first byte. */
  limits(volume: Volume): Promise<FileSystemLimits>;
}

/** Media that encrypt what an export writes; one export can have readers of its own, besides those that the site names. */
export type ExportMedia<M> = M & {
  for(readers: readonly string[]): Pick<MediaService, 'reader' | 'writer'>;
};
