import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DsseEnvelope } from '#contracts/device.ts';
import { DsseEnvelope as DsseEnvelopeSchema } from '#contracts/device.ts';
import type { IdSource } from '#core/base/index.ts';
import { removeDurably, writeFileDurably } from '#native/fs/index.ts';

/**
 * Events on their way to the station, kept on disk until the broker has acknowledged them.
 * INVARIANTS: an event is durable when `put` returns; events leave in the order they were put; one that was not acknowledged leaves again.
 */
export interface Outbox {
  put(envelope: DsseEnvelope): Promise<void>;
  /** Sends everything that waits; stops at the first that is not taken. */
  drain(send: (envelope: DsseEnvelope) => Promise<void>): Promise<void>;
  waiting(): Promise<number>;
}

/** A month of events on a machine that nobody hears; beyond it the oldest go. */
const MAX_WAITING = 10_000;

export async function openOutbox(directory: string, ids: IdSource): Promise<Outbox> {
  await mkdir(directory, { recursive: true });
  const names = async (): Promise<string[]> =>
    (await readdir(directory)).filter((name) => name.endsWith('.json')).sort();
  let draining: Promise<void> | null = null;

  const drainAll = async (send: (envelope: DsseEnvelope) => Promise<void>): Promise<void> => {
    for (const name of await names()) {
      const path = join(directory, name);
      const envelope = DsseEnvelopeSchema.safeParse(JSON.parse(await readFile(path, 'utf8')));
      if (envelope.success) await send(envelope.data);
      await removeDurably(path);
    }
  };
  return {
    async put(envelope) {
      const waiting = await names();
      const oldest = waiting[0];
      if (waiting.length >= MAX_WAITING && oldest !== undefined) await removeDurably(join(directory, oldest));
      // Ids sort by time, and within a millisecond a counter keeps the order.
      await writeFileDurably(join(directory, `${sortable(ids)}.json`), JSON.stringify(envelope));
    },
    drain(send) {
      draining ??= drainAll(send).finally(() => {
        draining = null;
      });
      return draining;
    },
    waiting: async () => (await names()).length,
  };
}

let counter = 0;
function sortable(ids: IdSource): string {
  const id = ids.next();
  counter = (counter + 1) % 1_000_000;
  return `${id.slice(0, 10)}-${String(counter).padStart(6, '0')}-${id.slice(10)}`;
}
