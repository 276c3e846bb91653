/**
 * A station whose import is driven with the calls of the Import page, while a fault makes it fail somewhere. It tells what the page then
 * shows: the import as the station lists it with the error of it or of its job, or the error of the call. Arguments: site, stick.
 */
import { writeSync } from 'node:fs';
import { toAppError } from '#core/base/index.ts';
import { composeStation, type StationHost } from '#electron/station-host/compose.ts';
import { systemClock } from '#native/clock/index.ts';
import { finishImport } from './finish-import.ts';

const [siteDir = '', stick = ''] = process.argv.slice(2);

function tell(told: object): void {
  writeSync(1, `${JSON.stringify(told)}\n`);
}

/** How many bundles a person would see; the database may be what is broken. */
function visibleBundles(station: StationHost | undefined): number {
  try {
    return station?.services.bundles.list().length ?? 0;
  } catch {
    return 0;
  }
}

let station: StationHost | undefined;
try {
  station = await composeStation({ siteDir, devices: 'closed' });
  const view = await finishImport(station, stick, systemClock);
  const job = view.jobId === null ? undefined : station.services.jobs.get(view.jobId);
  const error = view.error ?? job?.error ?? null;
  tell({ from: 'import', state: view.state, jobId: view.jobId, error, visible: visibleBundles(station) });
} catch (caught) {
  const from = station === undefined ? 'start' : 'call';
  const { code, message } = toAppError(caught);
  tell({ from, state: 'failed', jobId: null, error: { code, message }, visible: visibleBundles(station) });
}
try {
  await station?.close();
} catch {
  // The fault may hit the end of the program too; what was told before counts.
}
process.exit(0);
