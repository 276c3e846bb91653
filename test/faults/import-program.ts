/**
 * A station that imports and accepts, and tells on its standard output what it has acknowledged: a line is written only after the
 * station showed the state to a client. Arguments: site folder, stick folder. It may be killed at any moment.
 */
import { writeSync } from 'node:fs';
import { composeStation } from '#electron/station-host/compose.ts';
import { systemClock } from '#native/clock/index.ts';
import { finishImport } from './finish-import.ts';

const [siteDir = '', stick = ''] = process.argv.slice(2);
const station = await composeStation({ siteDir, devices: 'closed' });
await finishImport(station, stick, systemClock, (acknowledged) => {
  writeSync(1, `${JSON.stringify(acknowledged)}\n`);
});
await station.close();
