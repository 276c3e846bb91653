import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, '..', '..', 'agent', 'main.ts');

/** A gateway program in a process of its own, which a test may kill at any moment. */
export interface AgentProcess {
  readonly process: ChildProcess;
  /** Address of its model server and the time until it was printed. */
  readonly serving: Promise<{ url: string; afterMs: number }>;
  kill(): Promise<void>;
  stop(): Promise<number | null>;
}

export function startAgentProcess(
  directory: string,
  options: { entry?: string; args?: readonly string[] } = {},
): AgentProcess {
  const from = performance.now();
  const child = spawn(
    process.execPath,
    [options.entry ?? MAIN, 'run', '--dir', directory, '--port', '0', ...(options.args ?? [])],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString('utf8');
  });
  const ended = new Promise<number | null>((resolve) => {
    child.once('exit', resolve);
  });
  const serving = new Promise<{ url: string; afterMs: number }>((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      const url = /^serving (\S+)$/m.exec(text)?.[1];
      if (url !== undefined) resolve({ url, afterMs: performance.now() - from });
    });
    void ended.then((code) => {
      reject(new Error(`the agent ended with ${String(code)} before it served: ${log.slice(-2000)}`));
    });
  });
  // A test that kills early does not wait for it.
  serving.catch(() => undefined);
  return {
    process: child,
    serving,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    async stop() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}
