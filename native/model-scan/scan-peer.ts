import { fork } from 'node:child_process';
import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { processMemory } from '#native/machine/index.ts';
import { COMPILED_CODE_FLAG, type FromScanChild, type ToScanChild } from './protocol.ts';

/** How a scan is set apart. */
export interface ScanChildFile {
  /** The file that serves the scan when it is started. */
  readonly entryFile: string;
  /** What it is told to be, where one file is several programs. */
  readonly role?: string;
  /** A packaged desktop program may not start Node processes; there it is a thread with a heap limit of its own. */
  readonly as: 'process' | 'thread';
}

/** One child, process or thread alike. */
export interface ScanPeer {
  send(message: ToScanChild): void;
  onMessage(listener: (message: FromScanChild) => void): void;
  /** Called once when it ends by itself; `isMemory` when its heap was full. */
  onEnd(listener: (detail: string, isMemory: boolean) => void): void;
  /** Resident bytes; null where nobody can tell. */
  memoryBytes(): number | null;
  kill(): void;
}

export function startScanPeer(file: ScanChildFile, heapMib: number): ScanPeer {
  return file.as === 'process' ? startProcess(file, heapMib) : startThread(file, heapMib);
}

function startProcess(file: ScanChildFile, heapMib: number): ScanPeer {
  const child = fork(
    file.entryFile,
    [...(file.role === undefined ? [] : [`--gantry-role=${file.role}`]), ...compiledCodeArg()],
    {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: [`--max-old-space-size=${String(heapMib)}`],
    },
  );
  let log = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    if (log.length < 4096) log += chunk.toString('utf8');
  });
  return {
    // A child that has ended tells so by itself; the message is then lost, not an error.
    send: (message) => child.send(message, () => undefined),
    onMessage: (listener) => child.on('message', listener),
    onEnd: (listener) => {
      child.once('error', (error) => {
        listener(error.message, false);
      });
      child.once('exit', (code, signal) => {
        const how = signal === null ? `exit code ${String(code)}` : `signal ${signal}`;
        listener(how, log.includes('heap out of memory') || log.includes('invalid array length'));
      });
    },
    memoryBytes: () => (child.pid === undefined ? null : processMemory(child.pid).rssBytes),
    kill: () => {
      child.kill('SIGKILL');
    },
  };
}

/** Where this program keeps its compiled code: a child that finds its own there starts in half the time. */
function compiledCodeArg(): string[] {
  const folder = getCompileCacheDir();
  // Node names a folder of its own version below the one that it was given.
  return folder === undefined ? [] : [`${COMPILED_CODE_FLAG}${dirname(folder)}`];
}

function startThread(file: ScanChildFile, heapMib: number): ScanPeer {
  const worker = new Worker(file.entryFile, {
    resourceLimits: { maxOldGenerationSizeMb: heapMib },
    workerData: file.role === undefined ? null : { gantryRole: file.role },
  });
  return {
    send: (message) => {
      worker.postMessage(message);
    },
    onMessage: (listener) => worker.on('message', listener),
    onEnd: (listener) => {
      worker.once('error', (error: Error & { code?: string }) => {
        listener(error.message, error.code === 'ERR_WORKER_OUT_OF_MEMORY');
      });
      worker.once('exit', (code) => {
        listener(`exit code ${String(code)}`, false);
      });
    },
    memoryBytes: () => null,
    kill: () => void worker.terminate(),
  };
}
