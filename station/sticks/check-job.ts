import { z } from 'zod';
import type { StickCheck } from '#contracts/outbox.ts';
import { Id } from '#contracts/primitives.ts';
import { AppError, isAppError, isBlocking, PROGRESS_INTERVAL_MS } from '#core/base/index.ts';
import type { JobKind } from '#core/jobs/ports.ts';
import { checkMediaSet, visibleText } from '#core/media/index.ts';
import type { DocumentCollection } from '#core/storage/ports.ts';
import type { ConnectedMedium } from '#station/media/service.ts';
import type { SticksDeps } from './sticks-deps.ts';

export const CHECK_JOB = 'stick-check';

const Payload = z.object({ volumeId: Id });
const MAX_FINDINGS = 100;

/** Reads a stick whole, and the other connected sticks of its set. Starts again from the beginning after a kill: it changes nothing. */
export function checkJob(deps: SticksDeps, results: DocumentCollection<StickCheck>): JobKind<typeof Payload> {
  return {
    kind: CHECK_JOB,
    payload: Payload,
    title: () => 'check of a stick',
    run: async ({ volumeId }, context) => {
      const connected = await deps.media.connected();
      const chosen = connected.find(({ volume }) => volume.id === volumeId);
      if (chosen === undefined) throw new AppError('VOLUME_UNKNOWN', `${volumeId} is not connected`, { volumeId });
      const sticks = sticksOfSet(chosen, connected);
      const releases = sticks.map(({ volume }) => deps.media.hold(volume.id, 'check'));
      let reportedAt = Number.NEGATIVE_INFINITY;
      try {
        const check = await checkMediaSet(
          sticks.map(({ volume }) => ({ name: volume.label, reader: deps.media.reader(volume) })),
          {
            hasher: deps.hasher,
            trust: deps.indexTrust(),
            signal: context.signal,
            onProgress: (done, total) => {
              if (deps.clock.monotonicMs() - reportedAt < PROGRESS_INTERVAL_MS) return;
              reportedAt = deps.clock.monotonicMs();
              context.report({ done, total, unit: 'bytes' });
            },
          },
        );
        results.put(volumeId, {
          volumeId,
          label: visibleText(chosen.volume.label),
          serial: chosen.volume.serial === null ? null : visibleText(chosen.volume.serial),
          setId: check.set?.setId ?? null,
          jobId: context.jobId,
          checkedAt: deps.clock.now(),
          isWhole: check.set !== null && !isBlocking(check.findings),
          partsWhole: check.partsWhole.length,
          checkedBytes: check.checkedBytes,
          findings: check.findings
            .slice(0, MAX_FINDINGS)
            .map((finding) => ({ ...finding, at: visibleText(finding.at, 256) })),
        });
        return { status: 'done' };
      } catch (error) {
        if (!isAppError(error)) throw error;
        return { status: 'failed', error: { code: error.code, message: error.message, details: { ...error.details } } };
      } finally {
        for (const release of releases) release();
      }
    },
  };
}

/** Sticks that claim to be of the same set are checked with it, so that disagreement is named. */
function sticksOfSet(chosen: ConnectedMedium, connected: readonly ConnectedMedium[]): ConnectedMedium[] {
  const setId = chosen.contents.source?.setId;
  const others = connected.filter(
    ({ volume, contents }) => volume.id !== chosen.volume.id && setId !== undefined && contents.source?.setId === setId,
  );
  return [chosen, ...others];
}
