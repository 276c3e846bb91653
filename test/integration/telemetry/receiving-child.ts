/**
 * Receives telemetry until it is killed and says each request that was acknowledged: `ack DEVICE TIME`. Arguments: folder, seed.
 * Several senders at once, so that commits hold more than one record.
 */
import { writeSync } from 'node:fs';
import { aRequest, openTelemetry } from './telemetry-rig.ts';

const [folder = '', seed = '0'] = process.argv.slice(2);
const { telemetry } = await openTelemetry(folder, { segmentBytes: 20_000 });
writeSync(1, 'ready\n');

async function send(sender: number): Promise<never> {
  for (let n = 0; ; n += 1) {
    const device = `gw-${seed}-${String(sender)}`;
    const endAt = 1_700_000_000_000 + n;
    await telemetry.receive(device, 'application/json', aRequest({ endAt, requests: 1 }));
    writeSync(1, `ack ${device} ${String(endAt)}\n`);
  }
}

await Promise.all([1, 2, 3, 4].map(send));
