/**
 * The station of `import-program.ts` under libfaketime, whose clock jumps at the moment when a state was acknowledged (`start`: it is
 * wrong from the beginning). At its end it tells what it says about the clock. Arguments: site, stick, state, time to jump to; the file
 * that libfaketime reads is named by its own variable.
 */
import { writeFileSync, writeSync } from 'node:fs';
import { composeStation } from '#electron/station-host/compose.ts';
import { systemClock } from '#native/clock/index.ts';
import { finishImport } from './finish-import.ts';

const [siteDir = '', stick = '', jumpAt = '', jumpTo = ''] = process.argv.slice(2);
const station = await composeStation({ siteDir, devices: 'closed' });
const floorBefore = station.services.trust.clock().floor?.at ?? null;
const view = await finishImport(station, stick, systemClock, ({ state }) => {
  if (state === jumpAt) writeFileSync(process.env['FAKETIME_TIMESTAMP_FILE'] ?? '', jumpTo);
});
const { alarms } = await station.services.site.overview();
const facts = view.verdict?.facts ?? [];
writeSync(
  1,
  `${JSON.stringify({
    state: view.state,
    code: view.error?.code ?? null,
    isClockPlausible: facts.find(({ code }) => code === 'CLOCK_PLAUSIBLE')?.established ?? null,
    clock: station.services.trust.clock().state,
    alarms: alarms.filter(({ about, priority }) => about === 'trust' && priority === 'high').length,
    floorBefore,
    floorAfter: station.services.trust.clock().floor?.at ?? null,
    isRecordIntact: station.services.audit.verify().intact,
    year: new Date().getUTCFullYear(),
  })}\n`,
);
await station.close();
