import type { Digest } from '#core/base/index.ts';
import type { FileSystemLimits } from '#core/storage/ports.ts';

/** A connected medium as the operating system shows it. `mountPath` never crosses RPC. */
export interface Volume {
  readonly id: string;
  readonly kind: 'removable' | 'folder';
  readonly mountPath: string;
  /** Hostile text: shown, never interpreted. */
  readonly label: string;
  readonly serial: string | null;
  readonly fileSystem: string | null;
  readonly totalBytes: number | null;
  readonly freeBytes: number | null;
  readonly readOnly: boolean;
  /** Which directory of which file system the mount path was when it was listed: another one under the same path is not this medium. */
  readonly rootIdentity?: string;
  /** Where the file system of an opened folder begins; when it changes, a stick was mounted or unmounted there. */
  readonly mountPoint?: string;
  /** Set when the medium is an archive file: the folder that holds it, and its path in there. `mountPath` is then the file. */
  readonly archive?: { readonly holderPath: string; readonly path: string };
  /** Set when the medium is a folder on another one: a layout, or a model folder that is read as if it were a layout. */
  readonly folder?: { readonly holderPath: string; readonly path: string; readonly form: 'layout' | 'model' };
}

/** Where media come from; several sources are merged. */
export interface VolumeSource {
  list(): Promise<Volume[]>;
}

/** Turns a path that a person gave into a volume: an existing folder, its real path, an id that a restart keeps. */
export interface FolderOpener {
  open(path: string): Promise<Volume>;
}

/** Read-only access to a medium: import cannot harm a stick. Every failure is MEDIA_GONE, NOT_FOUND or DISK_FAILED. */
export interface VolumeReader {
  /** A small file; INPUT_TOO_LARGE above the limit, NOT_FOUND when absent, BUNDLE_LINK_REFUSED for links and special files. */
  readFile(path: string, limitBytes: number): Promise<Uint8Array>;
  /** Size of a regular file; undefined when it is absent. */
  sizeOf(path: string): Promise<number | undefined>;
  /** Changes when the file was replaced or rewritten; undefined when it is absent. Cheap, for polling. */
  stampOf(path: string): Promise<string | undefined>;
  /** Opens a regular file for reads at chosen places; whoever opens it closes it. */
  openFile(path: string): Promise<VolumeFile>;
  /** Reads `[start, end)` in blocks of up to 1 MiB. */
  stream(path: string, range: { start: number; end: number }, signal?: AbortSignal): AsyncIterable<Uint8Array>;
  /** Where a file lies, on media that are slow to go back on (a packed archive); reading in this order is one pass. */
  readonly placeOf?: (path: string) => Promise<number>;
  /** Names in a folder, sorted; empty when it is absent; INPUT_TOO_LARGE above the limit. */
  list(path: string, limitEntries: number): Promise<string[]>;
}

/** An open file of a medium. */
export interface VolumeFile {
  /**
   * Fills `into` with the bytes from `start`. MEDIA_PART_DAMAGED when the file ends before; MEDIA_GONE also when the file still answers
   * but its medium is not where it was.
   */
  readInto(start: number, into: Uint8Array, signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** Whether what was written was compared with what the device gives back, or with what the system still had in memory. */
export type ReadBackMode = 'device' | 'cache';

/** Writes evidence to a medium: new files only, each one temp-write, fsync, read-back, rename. */
export interface VolumeWriter {
  writeFile(path: string, content: AsyncIterable<Uint8Array> | Uint8Array): Promise<void>;
  /** Where the last file was read back from; null before the first. Absent where a writer wraps another one and cannot tell. */
  readonly readBack?: () => ReadBackMode | null;
}

/** Writes whole media sets: it also goes on where an interrupted write stopped. */
export interface SetWriter extends VolumeWriter {
  /** `beforeVisible` runs when the bytes are durable and were read back, before the file has its name. */
  writeFile(
    path: string,
    content: AsyncIterable<Uint8Array> | Uint8Array,
    beforeVisible?: () => Promise<void>,
  ): Promise<void>;
  /** SHA-256 of a file that stands, as the device gives it back; undefined when it is absent or empty. */
  digestOf(path: string): Promise<Digest | undefined>;
  /** Removes what interrupted writes left in a folder: names that only a writer gives, and `isKept` does not spare. */
  sweep(folder: string, isKept?: (name: string) => boolean): Promise<void>;
}

export interface MediaAccess {
  /** What can be written there, asked before the first byte; MEDIA_GONE when it does not answer. */
  limits(volume: Volume): Promise<FileSystemLimits>;
  reader(volume: Volume): VolumeReader;
  writer(volume: Volume): VolumeWriter;
}

/** Makes a medium ready to be taken out: everything written is on it, and it is not mounted any more. */
export interface VolumeEjector {
  /** MEDIA_NOT_REMOVABLE for what is no mounted medium, MEDIA_BUSY, MEDIA_EJECT_REFUSED when the system does not permit it. */
  eject(volume: Volume): Promise<void>;
}
