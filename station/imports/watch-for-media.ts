import type { ConnectedMedium } from '#station/media/service.ts';
import type { ImportDeps } from './import-ports.ts';
import type { ImportRecords } from './import-records.ts';
import { MEDIA_REMOVED } from './run-import.ts';

const SETTLE_MS = 50;
const SETTLE_TRIES = 40;

/**
 * Wakes imports that wait for a stick when one of their parts appears.
 * INVARIANTS: an import is woken once per change of what is plugged in, so a stick that answers with errors causes no busy loop.
 */
export function watchForMedia(
  deps: Pick<ImportDeps, 'media' | 'jobs' | 'clock' | 'onWatchFailure'>,
  records: ImportRecords,
): { start(): void; stop(): Promise<void> } {
  const seen = new Map<string, string>();
  let stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();

  async function run(signal: AbortSignal): Promise<void> {
    for await (const _volumes of deps.media.watch(signal)) {
      const waiting = records.list().filter((record) => record.state === 'waiting-for-media');
      for (const id of seen.keys()) if (!waiting.some((record) => record.id === id)) seen.delete(id);
      if (waiting.length === 0) continue;
      const media = await deps.media.connected();
      const isWanted = waiting.map((record) =>
        isNews(seen, record.id, partsHere(media, record.indexDigest), record.missingParts),
      );
      if (!isWanted.some(Boolean)) continue;
      await allBlocked(
        waiting.map((record) => record.jobId),
        signal,
      );
      deps.jobs.wake(MEDIA_REMOVED);
    }
  }

  /** A job is marked blocked a moment after its import says that it waits; waking it before that would be lost. */
  async function allBlocked(jobIds: readonly (string | null)[], signal: AbortSignal): Promise<void> {
    const isRunning = (): boolean => jobIds.some((id) => id !== null && deps.jobs.get(id)?.state === 'running');
    for (let tries = 0; tries < SETTLE_TRIES && isRunning() && !signal.aborted; tries += 1)
      await deps.clock.sleep(SETTLE_MS);
  }

  return {
    start: () => {
      stopping = new AbortController();
      running = run(stopping.signal).catch(deps.onWatchFailure);
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

/** `volume part` of every part of the set that lies on a connected medium. */
function partsHere(media: readonly ConnectedMedium[], indexDigest: string): Map<string, string[]> {
  const here = new Map<string, string[]>();
  for (const { volume, contents } of media) {
    if (contents.source?.indexDigest === indexDigest) here.set(volume.id, [...contents.present].sort());
  }
  return here;
}

function isNews(
  seen: Map<string, string>,
  importId: string,
  here: ReadonlyMap<string, readonly string[]>,
  missing: readonly string[],
): boolean {
  const key = JSON.stringify([...here]);
  const isChanged = seen.get(importId) !== key;
  seen.set(importId, key);
  return isChanged && [...here.values()].some((parts) => parts.some((part) => missing.includes(part)));
}
