/**
 * Writes until it is killed, and says what is durable: `event SEQ HASH`, `blob DIGEST`, `partial DIGEST BYTES`.
 * What it says must be there afterwards. Arguments: folder, seed.
 */
import { createHash } from 'node:crypto';
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { randomIds, systemClock } from '#native/clock/index.ts';
import { folderBlobStore } from '#native/fs/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { openStationStore } from '#native/sqlite/index.ts';
import { arrivingBlob } from './arriving-blob.ts';

const [folder = '', seed = '0'] = process.argv.slice(2);
// Synchronous: a line that the pipe took before the kill is a promise that was given.
const say = (line: string): void => {
  writeSync(1, `${line}\n`);
};

const store = openStationStore({
  path: join(folder, 'station.db'),
  clock: systemClock,
  ids: randomIds(systemClock),
  hasher: nodeHasher,
});
const blobs = await folderBlobStore(join(folder, 'store'));
const arriving = arrivingBlob();
const partial = await blobs.openPartial(arriving.digest, arriving.bytes.length);
let offset = partial.received[0]?.end ?? 0;
say('ready');

for (let round = 0; ; round += 1) {
  const { seq, hash } = store.events.append({
    actor: { kind: 'station', id: 'test', name: 'test' },
    stream: 'test',
    type: 'test.written',
    subject: `s${seed}-${String(round)}`,
    payload: { round },
  });
  say(`event ${String(seq)} ${hash}`);

  const content = createHash('sha512')
    .update(`${seed}-${String(round)}`)
    .digest();
  const digest = nodeHasher.sha256(content);
  await blobs.put(
    digest,
    (async function* () {
      yield await Promise.resolve(content);
    })(),
  );
  say(`blob ${digest}`);

  if (offset < arriving.bytes.length) {
    await partial.write(offset, arriving.bytes.subarray(offset, offset + 500));
    offset = Math.min(offset + 500, arriving.bytes.length);
    await partial.checkpoint();
    say(`partial ${String(offset)}`);
  }
}
