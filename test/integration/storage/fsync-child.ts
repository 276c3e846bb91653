/** One durable step under a tracer; prints `done` or the error's code. Only the step itself flushes: the rest is prepared plainly. Arguments: folder, step. */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAppError } from '#core/base/index.ts';
import { randomIds, systemClock } from '#native/clock/index.ts';
import { openTelemetryLog } from '#native/telemetry-log/index.ts';
import { folderBlobStore, writeFileDurably } from '#native/fs/index.ts';

const [folder = '', step = ''] = process.argv.slice(2);
const data = join(folder, 'data');
mkdirSync(join(data, 'blobs', 'sha256'), { recursive: true });
mkdirSync(join(data, 'partial'), { recursive: true });

const content = new TextEncoder().encode('weights');
const digest = `sha256:${createHash('sha256').update(content).digest('hex')}` as const;

const codeOf = async (work: Promise<void>): Promise<string> => {
  try {
    await work;
    return 'done';
  } catch (error) {
    return isAppError(error) ? error.code : String(error);
  }
};

if (step === 'replace') {
  writeFileSync(join(data, 'policy.json'), 'old');
  process.stdout.write(await codeOf(writeFileDurably(join(data, 'policy.json'), 'new')));
}
if (step === 'put') {
  const store = await folderBlobStore(data);
  process.stdout.write(
    await codeOf(
      store.put(
        digest,
        (async function* () {
          yield await Promise.resolve(content);
        })(),
      ),
    ),
  );
}
if (step === 'finish') {
  const store = await folderBlobStore(data);
  // The shard is there already: making it is the matter of `put`.
  mkdirSync(join(data, 'blobs', 'sha256', digest.slice(7, 9)));
  const partial = await store.openPartial(digest, content.length);
  await partial.write(0, content);
  process.stdout.write(await codeOf(partial.finish()));
}
if (step === 'telemetry') {
  const log = await openTelemetryLog({ dir: join(data, 'telemetry'), site: 'plant', ids: randomIds(systemClock) });
  const first = await codeOf(log.append(content).then(() => undefined));
  process.stdout.write(`${first} then ${await codeOf(log.append(content).then(() => undefined))}`);
}
if (step === 'arrive') {
  const store = await folderBlobStore(data);
  const partial = await store.openPartial(digest, content.length);
  const arrive = async (): Promise<void> => {
    for (const at of [0, 4]) {
      await partial.write(at, content.subarray(at, at + 4));
      await partial.checkpoint();
    }
    await partial.finish();
  };
  process.stdout.write(await codeOf(arrive()));
  await partial.close();
}
if (step === 'checkpoint-twice') {
  const store = await folderBlobStore(data);
  const partial = await store.openPartial(digest, content.length);
  await partial.write(0, content);
  const first = await codeOf(partial.checkpoint());
  process.stdout.write(`${first} then ${await codeOf(partial.checkpoint())}`);
  await partial.close();
}
