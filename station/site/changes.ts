import type { EventLog } from '#core/storage/ports.ts';
import type { SiteChange } from './service.ts';

/** A page that was away for long reloads everything anyway; it is not walked through years of events. */
const CATCH_UP_LIMIT = 500;

/** Every change after `afterSeq` (0: from now on), then each new one as it is committed. */
export async function* followChanges(
  events: EventLog,
  afterSeq: number,
  signal: AbortSignal,
): AsyncIterable<SiteChange> {
  const waiting: SiteChange[] = [];
  let wake = (): void => undefined;
  const unsubscribe = events.subscribe(({ seq, stream, subject }) => {
    waiting.push({ seq, stream, subject });
    wake();
  });
  const stop = (): void => {
    wake();
  };
  signal.addEventListener('abort', stop);
  try {
    let seen = afterSeq === 0 ? events.head().seq : afterSeq;
    for (const { seq, stream, subject } of events.read(seen, CATCH_UP_LIMIT)) {
      seen = seq;
      yield { seq, stream, subject };
    }
    while (!signal.aborted) {
      const change = waiting.shift();
      if (change === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve;
          if (waiting.length > 0 || signal.aborted) resolve();
        });
      } else if (change.seq > seen) {
        seen = change.seq;
        yield change;
      }
    }
  } finally {
    unsubscribe();
    signal.removeEventListener('abort', stop);
  }
}
