import { isErrorCode } from '#contracts/errors/index.ts';
import type { ImportView, VolumeView } from '#contracts/media.ts';
import { AppError, type Clock } from '#core/base/index.ts';
import type { StationHost } from '#electron/station-host/compose.ts';

/** What the station had shown to a client at some moment. */
export interface Acknowledged {
  readonly importId: string;
  readonly state: ImportView['state'];
  readonly copiedBytes: number;
}

const POLL_MS = 2;

/** Imports the one bundle of a stick to its acceptance, as `gantry import --accept` does; every shown change is told. */
export async function finishImport(
  station: StationHost,
  stick: string,
  clock: Clock,
  tell: (acknowledged: Acknowledged) => void = () => undefined,
): Promise<ImportView> {
  const { media, imports } = station.services;
  const volume = await media.openFolder(stick);
  const bundleDigest = volume.set?.bundles[0]?.digest;
  if (bundleDigest === undefined) throw noSet(volume, stick);
  let view = await imports.start({ volumeId: volume.id, bundleDigest }, station.person);
  let told = '';
  for (;;) {
    const { id: importId, state, copiedBytes } = view;
    const now = `${state} ${String(copiedBytes)}`;
    if (now !== told) tell({ importId, state, copiedBytes });
    told = now;
    if (state === 'awaiting-decision')
      view = await imports.accept({ importId, reason: 'the verdict is positive' }, station.person);
    else if (isMoving(station, view)) {
      await clock.sleep(POLL_MS);
      view = imports.get(importId);
    } else return view;
  }
}

/** What the page shows of a stick without a set. */
function noSet({ problem }: VolumeView, stick: string): AppError {
  const code = problem !== null && isErrorCode(problem.code) ? problem.code : 'MEDIA_NO_SET';
  return new AppError(code, problem?.message ?? `${stick} holds no set`);
}

/** A failed job moves nothing any more, whatever the import says; one that runs may still move an import that waits. */
function isMoving(station: StationHost, { jobId, state }: ImportView): boolean {
  const job = jobId === null ? undefined : station.services.jobs.get(jobId);
  if (job?.state === 'failed') return false;
  return job?.state === 'queued' || job?.state === 'running' || ['planned', 'copying', 'verifying'].includes(state);
}
