/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number;

/** Wall and monotonic time. Injected everywhere, so that a year passes in a test in a moment. */
export interface Clock {
  /** UTC wall time in milliseconds; may jump. */
  now(): Instant;
  /** Milliseconds that never run backwards; only differences mean anything. */
  monotonicMs(): number;
  /** Resolves after `ms`, or rejects with the signal's reason. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Source of fresh identifiers; fixed in tests. */
export interface IdSource {
  /** A sortable unique id (ULID form, 26 characters, lower case). */
  next(): string;
  /** `bytes` random bytes, for secrets. */
  random(bytes: number): Uint8Array;
}

/** ISO 8601 in UTC with milliseconds, the form of every export. */
export function toIsoUtc(at: Instant): string {
  return new Date(at).toISOString();
}
