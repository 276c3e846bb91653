import { MIB } from '#core/base/index.ts';

/** D2: what a kill makes us read again from the media. */
const REREAD_LIMIT_BYTES = 16 * MIB;

export interface CheckpointPace {
  /** Waits until one more block may be written without breaking the limit. */
  roomForBlock(): Promise<void>;
  /** `keptBytes` of `readBytes` were written; what is read beside them (a block is checked whole) would be read again too. */
  wrote(keptBytes: number, readBytes: number): void;
  /** Makes everything durable. */
  settle(): Promise<void>;
  /** Waits for a checkpoint that runs, and forgets its outcome: another failure is being told already. */
  stop(): Promise<void>;
}

/**
 * Lets checkpoints run beside the copy, one at a time and each over all that was written before it began.
 * INVARIANTS: bytes that were read and are not durable, together with a block being written and a block being read ahead, never exceed
 * the limit; `onDurable` tells only what a checkpoint that returned has covered; a failed checkpoint is thrown by the next wait.
 */
export function createCheckpointPace(options: {
  readonly checkpoint: () => Promise<void>;
  readonly onDurable: (keptBytes: number) => void;
  readonly blockBytes: number;
}): CheckpointPace {
  const limitBytes = Math.max(REREAD_LIMIT_BYTES - 2 * options.blockBytes, 0);
  const written = { kept: 0, read: 0 };
  let durableRead = 0;
  let running: Promise<void> | null = null;
  let failure: { readonly error: unknown } | null = null;

  async function run(): Promise<void> {
    const covered = { ...written };
    try {
      await options.checkpoint();
      durableRead = covered.read;
      options.onDurable(covered.kept);
    } catch (error) {
      failure = { error };
    } finally {
      running = null;
    }
  }

  async function wait(): Promise<void> {
    running ??= run();
    await running;
    if (failure !== null) throw failure.error;
  }

  return {
    roomForBlock: async () => {
      if (failure !== null) throw failure.error;
      while (written.read - durableRead > limitBytes) await wait();
    },
    wrote: (keptBytes, readBytes) => {
      written.kept += keptBytes;
      written.read += readBytes;
      // Half of the room: the other half is written while this one is flushed.
      if (failure === null && written.read - durableRead > limitBytes / 2) running ??= run();
    },
    settle: async () => {
      await running;
      await wait();
    },
    stop: async () => {
      await running;
    },
  };
}
