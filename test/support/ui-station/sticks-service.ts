import { AppError } from '#core/base/index.ts';
import type { StickCheck } from '#contracts/outbox.ts';
import type { OutboxService } from '#station/outbox/service.ts';
import type { SticksService } from '#station/sticks/service.ts';
import type { World } from './world.ts';

const CHECK_MS = 1200;

/** Checks that find every stick whole, and sticks that vanish from the list when they are ejected. */
export function createSticks(world: World): SticksService {
  const checks = new Map<string, StickCheck>();
  return {
    check({ volumeId }) {
      const volume = world.volumes.get(volumeId);
      if (volume === undefined) throw new AppError('VOLUME_UNKNOWN', `${volumeId} is not connected`, { volumeId });
      const job = world.newJob('stick-check', 'check of a stick', volumeId);
      const total = volume.set?.bundles[0]?.sizeBytes ?? 0;
      checks.set(volumeId, {
        volumeId,
        label: volume.label,
        serial: volume.serial,
        setId: volume.set?.setId ?? null,
        jobId: job.id,
        checkedAt: world.clock.now(),
        isWhole: true,
        partsWhole: volume.set?.partsHere ?? 0,
        checkedBytes: total,
        findings: [],
      });
      void world.runJob(job, CHECK_MS, (share) => ({ done: Math.round(share * total), total, unit: 'bytes' }));
      return Promise.resolve({ jobId: job.id });
    },
    checks: () => [...checks.values()].filter((check) => world.jobs.get(check.jobId)?.state === 'done'),
    eject({ volumeId }) {
      world.volumes.delete(volumeId);
      world.volumeChanges.push([...world.volumes.values()]);
      return Promise.resolve();
    },
  };
}

/** Something of every kind waits to leave. */
export function createOutbox(world: World): OutboxService {
  return {
    list: () =>
      Promise.resolve([
        { kind: 'telemetry', count: 81_233, sizeBytes: 48_200_000, lastWrittenAt: null },
        { kind: 'review', count: 12, sizeBytes: null, lastWrittenAt: null },
        { kind: 'audit', count: world.audit.length, sizeBytes: null, lastWrittenAt: world.clock.now() - 86_400_000 },
        { kind: 'receipt', count: 41, sizeBytes: 5_200, lastWrittenAt: null },
      ]),
    onVolume: () =>
      Promise.resolve([{ kind: 'receipt', id: '01981f2e-0000-7000-8000-000000000001', files: 2, sizeBytes: 5_340 }]),
    write({ kinds }) {
      const jobs = kinds.map((kind) => world.newJob(`${kind}-export`, `Write ${kind}`, kind));
      for (const job of jobs)
        void world.runJob(job, CHECK_MS, (share) => ({ done: Math.round(share * 10), total: 10, unit: 'items' }));
      return Promise.resolve({ jobIds: jobs.map((job) => job.id) });
    },
  };
}
