import type { Actor } from '#contracts/primitives.ts';
import type { AuditRecord } from '#contracts/audit.ts';
import type { z } from 'zod';
import type { Digest, Json } from '#core/base/index.ts';

/** What happened, before the log gives it a place in the chain. */
export interface NewEvent {
  readonly actor: Actor;
  readonly stream: string;
  /** Past tense, dotted: `import.accepted`. */
  readonly type: string;
  readonly subject: string;
  readonly ticket?: string;
  readonly payload: Readonly<Record<string, Json | undefined>>;
}

/**
 * The append-only, hash-chained record of everything that happens; the audit trail is this log.
 * An append is durable when it returns; a failed one throws AUDIT_APPEND_FAILED and the action must not happen.
 */
export interface EventLog {
  append(event: NewEvent): AuditRecord;
  /** Records with seq > `afterSeq`, oldest first. */
  read(afterSeq: number, limit: number, filter?: EventFilter): AuditRecord[];
  /** Records with seq < `beforeSeq`, newest first. */
  readBack(beforeSeq: number, limit: number, filter?: EventFilter): AuditRecord[];
  head(): { seq: number; hash: Digest };
  /** Called after commit with each new record; returns the unsubscribe function. */
  subscribe(listener: (record: AuditRecord) => void): () => void;
}

export interface EventFilter {
  readonly stream?: string;
  readonly subject?: string;
  readonly type?: string;
}

/** JSON documents of one kind, validated on every read: rows outlive releases. */
export interface DocumentCollection<T> {
  get(key: string): T | undefined;
  put(key: string, value: T): void;
  delete(key: string): void;
  /** All documents in key order; `where` compares top-level members that the collection indexes or scans. */
  list(options?: { limit?: number; afterKey?: string; descending?: boolean }): T[];
  count(): number;
}

/**
 * The station's database. Synchronous on purpose: better-sqlite3 is, and a transaction must not be interleaved.
 * What a transaction wrote is durable (WAL, synchronous=FULL) when it returns; it nests as a savepoint.
 */
export interface StationStore {
  transaction<T>(work: () => T): T;
  readonly events: EventLog;
  documents<S extends z.ZodType>(collection: string, schema: S): DocumentCollection<z.output<S>>;
  close(): void;
}

/** Reads content by digest: a layout folder, the store, a medium and the mirror all look like this. */
export interface BlobReader {
  /** Size in bytes, or undefined when it is not here. */
  size(digest: Digest): Promise<number | undefined>;
  /** The whole blob; INPUT_TOO_LARGE above `limitBytes`. Content is checked against the digest. */
  read(digest: Digest, limitBytes: number): Promise<Uint8Array>;
  /** Bytes from `start` (inclusive) to `end` (exclusive); not checked against the digest. */
  stream(digest: Digest, range?: { start: number; end: number }): AsyncIterable<Uint8Array>;
  /**
   * SHA-256 of the bytes as they lie there now, worked out where they lie; absent where content is judged as it streams (media).
   * A digest that was read back behind the flushes while the blob arrived answers once, if the file has not changed since.
   */
  readonly storedDigest?: (digest: Digest, options?: DigestOptions) => Promise<Digest>;
}

export interface DigestOptions {
  readonly signal?: AbortSignal;
  /** Told as the bytes are read; a store that knows the digest, or reads on another thread, stays silent. */
  readonly onBytes?: (bytes: number) => void;
}

/**
 * The content-addressed store. A digest is visible only when its content is complete, verified and durable
 * (temp file, write, fsync, rename, fsync of the directory).
 */
export interface BlobStore extends BlobReader {
  put(digest: Digest, content: AsyncIterable<Uint8Array>): Promise<void>;
  has(digest: Digest): Promise<boolean>;
  /** Removes the content, whole or partial; an absent digest is fine. */
  delete(digest: Digest): Promise<void>;
  list(): AsyncIterable<Digest>;
  /** Absolute path of a complete blob, for runtimes that load files. Never crosses RPC. */
  pathOf(digest: Digest): string;
  /** Infinity where the file system does not tell. */
  freeBytes(): Promise<number>;
  limits(): Promise<FileSystemLimits>;
  /** A resumable, random-access writer; `finish` verifies and publishes. Survives a kill: `receivedRanges` says what is durable. */
  openPartial(digest: Digest, sizeBytes: number): Promise<PartialBlob>;
}

/** What a file system can hold; null where it does not tell (some FUSE drivers answer zeros). */
export interface FileSystemLimits {
  readonly freeBytes: number | null;
  /** Files that can still be made. */
  readonly freeFiles: number | null;
  readonly largestFileBytes: number | null;
  /** A file takes a multiple of this. */
  readonly blockBytes: number;
}

/** A blob that arrives in pieces, in any order, over several runs of the program. */
export interface PartialBlob {
  /** Non-overlapping, sorted ranges that are durable from earlier runs. */
  readonly received: readonly { start: number; end: number }[];
  write(offset: number, bytes: Uint8Array): Promise<void>;
  /** Makes everything written so far durable, and `received` after a restart includes it. */
  checkpoint(): Promise<void>;
  /** Checks the digest and shows nothing yet; BUNDLE_DIGEST_MISMATCH discards the partial content. */
  verify(): Promise<void>;
  /** Publishes, after `verify` when that was not called since the last write. */
  finish(): Promise<void>;
  close(): Promise<void>;
}

/** SHA-256 of what is in memory. */
export interface Hasher {
  sha256(bytes: Uint8Array): Digest;
}

/** SHA-256 of large content in memory without holding up the caller. The bytes must not change until it answers. */
export interface BackgroundHasher {
  sha256(bytes: Uint8Array): Promise<Digest>;
}

/** SHA-256 of what streams past as well. */
export interface ContentHasher extends Hasher {
  begin(): RunningHash;
}

/** A hash that takes its content in pieces; `digest` ends it. */
export interface RunningHash {
  update(bytes: Uint8Array): void;
  digest(): Digest;
}
