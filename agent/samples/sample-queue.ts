import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DEVICE_PATHS, type SampleUpload } from '#contracts/device.ts';
import { toAppError, type Clock } from '#core/base/index.ts';
import { removeDurably, writeFileDurably } from '#native/fs/index.ts';
import type { HttpsClient } from '#native/registry-client/index.ts';

/**
 * Samples on their way to review, kept on disk until the station has them.
 * INVARIANTS: a sample leaves the disk only after a 2xx, or when the station says that it will never take it; a full queue drops
 * random controls before doubtful samples, and the oldest first.
 */
export interface SampleQueue {
  put(sample: SampleUpload): Promise<void>;
  /** Sends what waits until it is empty or the station does not answer. */
  drain(): Promise<void>;
  waiting(): Promise<number>;
}

export interface SampleQueueDeps {
  readonly directory: string;
  readonly deviceUrl: string;
  readonly http: HttpsClient;
  readonly clock: Clock;
  readonly log: (message: string) => void;
}

/** About a gigabyte of images: a day of a busy line without a network. */
const MAX_WAITING = 1000;
const ANSWER_LIMIT_BYTES = 64 * 1024;

export async function openSampleQueue(deps: SampleQueueDeps): Promise<SampleQueue> {
  await mkdir(deps.directory, { recursive: true });
  const names = async (): Promise<string[]> =>
    (await readdir(deps.directory)).filter((name) => name.endsWith('.json')).sort();
  let draining: Promise<void> | null = null;
  return {
    async put(sample) {
      const waiting = await names();
      if (waiting.length >= MAX_WAITING) {
        const victim = waiting.find((name) => name.includes('random-control')) ?? waiting[0];
        if (victim !== undefined) await removeDurably(join(deps.directory, victim));
      }
      await writeFileDurably(join(deps.directory, `${sample.sampleId}.${sample.reason}.json`), JSON.stringify(sample));
    },
    drain() {
      draining ??= drainAll(deps, names)
        .catch((error: unknown) => {
          deps.log(`samples wait: ${toAppError(error).message}`);
        })
        .finally(() => {
          draining = null;
        });
      return draining;
    },
    waiting: async () => (await names()).length,
  };
}

async function drainAll(deps: SampleQueueDeps, names: () => Promise<string[]>): Promise<void> {
  for (const name of await names()) {
    const path = join(deps.directory, name);
    const body = await readFile(path);
    const response = await deps.http.send({
      method: 'POST',
      url: new URL(DEVICE_PATHS.samples, deps.deviceUrl).href,
      headers: { 'Content-Type': 'application/json' },
      body,
    });
    const answer = new TextDecoder().decode(await response.bytes(ANSWER_LIMIT_BYTES));
    if (response.status >= 200 && response.status < 300) {
      await removeDurably(path);
    } else if (response.status === 400 || response.status === 413) {
      deps.log(`sample ${name} refused for good: ${answer.slice(0, 200)}`);
      await removeDurably(path);
    } else {
      deps.log(`samples wait: the station answered ${String(response.status)}`);
      return;
    }
  }
}
