/** Opens a station database and prints how that went. Arguments: path. */
import { isAppError } from '#core/base/index.ts';
import { randomIds, systemClock } from '#native/clock/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { openStationStore } from '#native/sqlite/index.ts';

try {
  openStationStore({
    path: process.argv[2] ?? '',
    clock: systemClock,
    ids: randomIds(systemClock),
    hasher: nodeHasher,
  }).close();
  process.stdout.write('opened');
} catch (error) {
  process.stdout.write(isAppError(error) ? error.code : String(error));
}
