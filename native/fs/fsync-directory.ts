import { open } from 'node:fs/promises';

interface Flushing {
  readonly running: Promise<void>;
  /** Begins when `running` has ended; shared by everybody who came meanwhile. */
  next: Promise<void> | undefined;
}

const flushing = new Map<string, Flushing>();

/**
 * Makes names in a directory durable. Callers at the same time share a flush, but only one that begins after they asked: a flush that
 * runs already may have missed their name. Windows has no such call: NTFS journals names by itself.
 */
export function fsyncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return Promise.resolve();
  const current = flushing.get(directory);
  if (current === undefined) return begin(directory);
  // The one that runs answers for itself; its failure is not that of the next.
  current.next ??= current.running.catch(() => undefined).then(() => begin(directory));
  return current.next;
}

function begin(directory: string): Promise<void> {
  const running = flush(directory).finally(() => {
    const { next } = flushing.get(directory) ?? {};
    if (next === undefined) flushing.delete(directory);
  });
  flushing.set(directory, { running, next: undefined });
  return running;
}

async function flush(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
