import type { BackgroundHasher } from '#core/storage/ports.ts';
import type { FileHasher } from '#native/fs/index.ts';
import { HashThread } from './hash-thread-handle.ts';

/** SHA-256 on threads of their own, so that the station answers while gigabytes are hashed. */
export interface HashThreads extends BackgroundHasher, FileHasher {
  /** Ends the threads; whoever still waits is refused. */
  close(): Promise<void>;
}

/** Blocks of a medium on one while content is read back on the other; a third only took turns with them (two cores). */
const THREADS = 2;

/** Threads start at their first work. `file` is the built thread, for programs that are bundled. */
export function createHashThreads(file: string | URL = new URL('./hash-thread.ts', import.meta.url)): HashThreads {
  const threads = Array.from({ length: THREADS }, () => new HashThread(file));
  let nextId = 0;

  function leastLoaded(): HashThread {
    const [first, ...others] = threads;
    if (first === undefined) throw new Error('invariant: there is a thread');
    return others.reduce((best, thread) => (thread.load < best.load ? thread : best), first);
  }

  return {
    sha256: (bytes) => leastLoaded().ask({ type: 'bytes', id: (nextId += 1), bytes }),
    follow: (path) => {
      const id = (nextId += 1);
      const thread = leastLoaded();
      let isOpen = true;
      let reached = 0;
      thread.tell({ type: 'follow', id, path });
      return {
        extendTo: (end) => {
          if (end <= reached) return;
          reached = end;
          thread.tell({ type: 'extend', id, end });
        },
        digest: async () => {
          try {
            return await thread.ask({ type: 'finish', id });
          } finally {
            isOpen = false;
          }
        },
        close: () => {
          if (isOpen) thread.tell({ type: 'close', id });
          isOpen = false;
        },
      };
    },
    close: async () => {
      await Promise.all(threads.map((thread) => thread.close()));
    },
  };
}
