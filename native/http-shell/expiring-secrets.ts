import { createHash } from 'node:crypto';
import type { Clock, IdSource } from '#core/base/index.ts';

/** 256 bits: nobody guesses one, so wrong tries need no counting. */
const SECRET_BYTES = 32;
/** Enough hash digits to name an entry in a log; far too few to find the secret. */
const NAME_DIGITS = 16;

export interface SecretEntry {
  /** A name for logs and contexts; not the secret. */
  readonly id: string;
  readonly remainingMs: number;
}

export interface ExpiringSecretsOptions {
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly lifetimeMs: number;
  /** The oldest goes when one more is issued. */
  readonly capacity: number;
}

/** Secrets that are handed out once and kept as hashes only. Lifetimes run on monotonic time: a wall clock may jump. */
export class ExpiringSecrets {
  readonly #options: ExpiringSecretsOptions;
  readonly #expiryByHash = new Map<string, number>();

  constructor(options: ExpiringSecretsOptions) {
    this.#options = options;
  }

  issue(): string {
    this.#dropExpired();
    const [oldest] = this.#expiryByHash.keys();
    if (oldest !== undefined && this.#expiryByHash.size >= this.#options.capacity) this.#expiryByHash.delete(oldest);
    const secret = Buffer.from(this.#options.ids.random(SECRET_BYTES)).toString('base64url');
    this.#expiryByHash.set(hashOf(secret), this.#options.clock.monotonicMs() + this.#options.lifetimeMs);
    return secret;
  }

  find(secret: string): SecretEntry | null {
    const hash = hashOf(secret);
    const expiresAt = this.#expiryByHash.get(hash);
    const remainingMs = expiresAt === undefined ? 0 : expiresAt - this.#options.clock.monotonicMs();
    return remainingMs > 0 ? { id: hash.slice(0, NAME_DIGITS), remainingMs } : null;
  }

  /** True once for a live secret, never again. */
  consume(secret: string): boolean {
    const isLive = this.find(secret) !== null;
    this.#expiryByHash.delete(hashOf(secret));
    return isLive;
  }

  #dropExpired(): void {
    const now = this.#options.clock.monotonicMs();
    for (const [hash, expiresAt] of this.#expiryByHash) if (expiresAt <= now) this.#expiryByHash.delete(hash);
  }
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
