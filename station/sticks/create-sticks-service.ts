import { StickCheck } from '#contracts/outbox.ts';
import { AppError, isAppError } from '#core/base/index.ts';
import type { MediaService } from '#station/media/service.ts';
import { CHECK_JOB, checkJob } from './check-job.ts';
import type { SticksService } from './service.ts';
import type { SticksDeps } from './sticks-deps.ts';

/** Checking and ejecting sticks. */
export function createSticksService(deps: SticksDeps): SticksService {
  const results = deps.store.documents('stick-checks', StickCheck);
  deps.jobs.register(checkJob(deps, results));

  return {
    check: async ({ volumeId }) => {
      await deps.media.require(volumeId);
      const jobId = deps.jobs.enqueue({
        kind: CHECK_JOB,
        payload: { volumeId },
        subject: volumeId,
        exclusiveKey: volumeId,
      });
      return { jobId };
    },
    checks: () => results.list(),
    eject: async ({ volumeId }, person) => {
      const volume = await deps.media.require(volumeId);
      const users = deps.media.usersOf(volumeId);
      if (users.length > 0)
        throw new AppError('MEDIA_BUSY', `it is in use: ${users.join(', ')}`, { volumeId, users: [...users] });
      await deps.ejector.eject(volume);
      deps.store.events.append({
        actor: { kind: 'person', id: person.id, name: person.name },
        stream: 'media',
        type: 'media.ejected',
        subject: volumeId,
        payload: { mediumLabel: volume.label, mediumSerial: volume.serial },
      });
      results.delete(volumeId);
      if (volume.kind === 'folder') forget(deps.media, volumeId);
    },
  };
}

/** The inbox is a folder that nobody opened. */
function forget(media: MediaService, volumeId: string): void {
  try {
    media.closeFolder(volumeId);
  } catch (error) {
    if (!isAppError(error, 'VOLUME_UNKNOWN')) throw error;
  }
}
