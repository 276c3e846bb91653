/**
 * The station of `import-program.ts`, which cuts the power of its own disks the moment it has acknowledged a state: nothing that comes
 * later can flush what should have been flushed before. Arguments: site folder, stick folder, state, cut commands as JSON.
 */
import { execFileSync } from 'node:child_process';
import { writeSync } from 'node:fs';
import { z } from 'zod';
import { composeStation } from '#electron/station-host/compose.ts';
import { systemClock } from '#native/clock/index.ts';
import { finishImport } from './finish-import.ts';

const [siteDir = '', stick = '', cutAt = '', commands = '[]'] = process.argv.slice(2);
const cuts = z.array(z.tuple([z.string()], z.string())).parse(JSON.parse(commands));
const station = await composeStation({ siteDir, devices: 'closed' });
await finishImport(station, stick, systemClock, (acknowledged) => {
  writeSync(1, `${JSON.stringify(acknowledged)}\n`);
  if (acknowledged.state !== cutAt) return;
  for (const [command, ...args] of cuts) execFileSync(command, args, { stdio: 'ignore' });
  process.kill(process.pid, 'SIGKILL');
});
await station.close();
