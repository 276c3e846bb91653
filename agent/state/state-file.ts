import { readFile } from 'node:fs/promises';
import { AppError } from '#core/base/index.ts';
import { AgentState, FRESH_STATE } from '#core/slots/index.ts';
import { isNotFound, writeFileDurably } from '#native/fs/index.ts';

/**
 * The durable memory of an agent.
 * INVARIANTS: `change` returns only after the new state is on the disk; a kill leaves the old state or the new one, never a mix.
 */
export interface StateFile {
  readonly current: AgentState;
  /** Applies a pure transition and makes it durable. Calls are serialised. */
  change(transition: (state: AgentState) => AgentState): Promise<AgentState>;
  /** A change that may be lost in a power cut, such as progress. */
  note(transition: (state: AgentState) => AgentState): void;
}

export async function openStateFile(path: string): Promise<StateFile> {
  let current = await readState(path);
  let queue: Promise<unknown> = Promise.resolve();
  return {
    get current() {
      return current;
    },
    change(transition) {
      const written = queue.then(async () => {
        const next = transition(current);
        if (next === current) return current;
        await writeFileDurably(path, JSON.stringify(next), { mode: 0o600 });
        current = next;
        return next;
      });
      queue = written.catch(() => undefined);
      return written;
    },
    note(transition) {
      current = transition(current);
    },
  };
}

async function readState(path: string): Promise<AgentState> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (isNotFound(cause)) return FRESH_STATE;
    throw new AppError('DISK_FAILED', `${path} cannot be read`, { path }, { cause });
  }
  try {
    return AgentState.parse(JSON.parse(text));
  } catch (cause) {
    throw new AppError('AGENT_FOLDER_INVALID', `${path} is damaged`, { path }, { cause });
  }
}
