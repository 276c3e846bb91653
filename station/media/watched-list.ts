import type { Clock } from '#core/base/index.ts';

interface WatchedListOptions<T> {
  readonly clock: Clock;
  readonly pollMs: number;
  readonly list: () => Promise<T>;
  /** Equal keys are no news. */
  readonly keyOf: (value: T) => string;
  readonly onFailure: (error: unknown) => void;
}

export interface WatchedList<T> {
  /** The value now and after every change. */
  watch(signal: AbortSignal): AsyncIterable<T>;
  /** Looks at once. */
  poke(): void;
}

/**
 * Polls while somebody watches, once for all of them.
 * INVARIANTS: one look runs at a time; a watcher that is slow gets the newest value, not a queue of old ones.
 */
export function createWatchedList<T>(options: WatchedListOptions<T>): WatchedList<T> {
  const watchers = new Set<() => void>();
  let latest: { value: T; key: string } | undefined;
  let looping: Promise<void> | undefined;
  let nap = new AbortController();

  async function look(): Promise<void> {
    try {
      const value = await options.list();
      const key = options.keyOf(value);
      if (latest?.key === key) return;
      latest = { value, key };
      for (const wake of watchers) wake();
    } catch (error) {
      options.onFailure(error);
    }
  }

  async function loop(): Promise<void> {
    try {
      while (watchers.size > 0) {
        nap = new AbortController();
        await look();
        if (watchers.size > 0) await pause(nap.signal);
      }
    } finally {
      looping = undefined;
      latest = undefined;
    }
  }

  async function pause(signal: AbortSignal): Promise<void> {
    try {
      await options.clock.sleep(options.pollMs, signal);
    } catch (error) {
      // Poked: look again now.
      if (!signal.aborted) throw error;
    }
  }

  function begin(): void {
    looping ??= loop().catch(options.onFailure);
  }

  async function* watch(signal: AbortSignal): AsyncIterable<T> {
    let seenKey: string | undefined;
    let wake: () => void = () => undefined;
    const onWake = (): void => {
      wake();
    };
    const onAbort = (): void => {
      wake();
    };
    watchers.add(onWake);
    signal.addEventListener('abort', onAbort, { once: true });
    begin();
    try {
      while (!signal.aborted) {
        if (latest !== undefined && latest.key !== seenKey) {
          seenKey = latest.key;
          yield latest.value;
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    } finally {
      watchers.delete(onWake);
      signal.removeEventListener('abort', onAbort);
      if (watchers.size === 0) nap.abort();
    }
  }

  return {
    watch,
    poke: () => {
      nap.abort();
    },
  };
}
