import { Worker } from 'node:worker_threads';
import { AppError, type Digest } from '#core/base/index.ts';
import { isErrorCode } from '#contracts/errors/index.ts';
import type { Tensor } from '#core/tensor/ports.ts';
import type { FromThread, InferenceThreadData, ToThread } from './inference-thread.ts';
import type { Port } from './session.ts';

export interface InferenceWorkerOptions {
  /** The program's own file, which starts as a thread by its role. */
  readonly entryFile: string;
  readonly path: string;
  readonly digest: Digest | null;
  readonly providers: readonly string[];
}

/** A model loaded in its own thread. */
export interface InferenceWorker {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly provider: string;
  /** Consumes the buffers of `inputs`; they come back with the answer. Rejects with INTERNAL when the runtime fails or the thread dies. */
  run(inputs: readonly Tensor[]): Promise<Answer>;
  /** Milliseconds that the oldest unanswered request has waited; 0 when there is none. */
  oldestPendingMs(): number;
  pendingCount(): number;
  /** Told once when the thread ends without having been asked to. */
  onCrash(listener: (reason: string) => void): void;
  /** Lets accepted requests finish, then frees the model. */
  close(): Promise<void>;
  /** Ends the thread now, also inside a run that never ends. */
  kill(): Promise<void>;
}

export interface Answer {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  /** Time inside the runtime. */
  readonly computeMs: number;
}

interface Pending {
  readonly since: number;
  resolve(answer: Answer): void;
  reject(error: AppError): void;
}

/** Tensors live outside the JavaScript heap; a large nursery would only cost a gateway its memory. */
const YOUNG_GENERATION_MB = 4;

/** Starts a thread and resolves when its model is compiled; rejects when the weights or the runtime are refused. */
export async function startInferenceWorker(options: InferenceWorkerOptions): Promise<InferenceWorker> {
  const workerData: InferenceThreadData = {
    gantryRole: 'inference',
    path: options.path,
    digest: options.digest,
    providers: options.providers,
  };
  const thread = new Worker(options.entryFile, {
    workerData,
    stderr: false,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
  });
  const pending = new Map<number, Pending>();
  const ready = await firstMessage(thread);
  const state = {
    closing: false,
    nextId: 0,
    crash: null as string | null,
    listeners: [] as ((reason: string) => void)[],
  };

  const fail = (reason: string): void => {
    if (state.crash !== null) return;
    state.crash = reason;
    for (const [id, request] of pending) {
      pending.delete(id);
      request.reject(new AppError('INTERNAL', `the model's thread ended: ${reason}`));
    }
    if (!state.closing) for (const listener of state.listeners) listener(reason);
  };
  thread.on('message', (message: FromThread) => {
    settle(pending, message);
  });
  thread.on('error', (error: Error) => {
    fail(error.message);
  });
  thread.on('exit', (code) => {
    fail(`exit code ${String(code)}`);
  });

  return {
    inputs: ready.inputs,
    outputs: ready.outputs,
    provider: ready.provider,
    run: (inputs) =>
      new Promise((resolve, reject) => {
        if (state.crash !== null) {
          reject(new AppError('INTERNAL', `the model's thread ended: ${state.crash}`));
          return;
        }
        const id = (state.nextId += 1);
        pending.set(id, { since: performance.now(), resolve, reject });
        post(thread, { type: 'run', id, inputs });
      }),
    oldestPendingMs: () => {
      const oldest = pending.values().next().value;
      return oldest === undefined ? 0 : performance.now() - oldest.since;
    },
    pendingCount: () => pending.size,
    onCrash: (listener) => {
      state.listeners.push(listener);
    },
    close: () => {
      state.closing = true;
      return ended(thread, state, () => {
        thread.postMessage({ type: 'close' } satisfies ToThread);
      });
    },
    kill: async () => {
      state.closing = true;
      await thread.terminate();
    },
  };
}

function firstMessage(thread: Worker): Promise<Extract<FromThread, { type: 'ready' }>> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      thread.off('message', onMessage);
      thread.off('error', onError);
      thread.off('exit', onExit);
    };
    const refuse = (error: AppError): void => {
      stop();
      reject(error);
    };
    const onMessage = (message: FromThread): void => {
      if (message.type === 'ready') {
        stop();
        resolve(message);
      } else if (message.type === 'broken') {
        refuse(new AppError(isErrorCode(message.code) ? message.code : 'INTERNAL', message.message));
      }
    };
    const onError = (cause: Error): void => {
      refuse(new AppError('INTERNAL', `the model's thread failed to start: ${cause.message}`, {}, { cause }));
    };
    const onExit = (code: number): void => {
      refuse(new AppError('INTERNAL', `the model's thread ended with code ${String(code)} before it was ready`));
    };
    thread.on('message', onMessage);
    thread.on('error', onError);
    thread.on('exit', onExit);
  });
}

function settle(pending: Map<number, Pending>, message: FromThread): void {
  if (message.type !== 'answer' && message.type !== 'failed') return;
  const request = pending.get(message.id);
  pending.delete(message.id);
  if (message.type === 'answer')
    request?.resolve({ inputs: message.inputs, outputs: message.outputs, computeMs: message.computeMs });
  else request?.reject(new AppError('INTERNAL', `the runtime failed: ${message.message}`));
}

/** Below this a copy is cheaper than a thought; Node's small buffers also share one pool, which must never move. */
const MOVE_FROM_BYTES = 64 * 1024;

function post(thread: Worker, { type, id, inputs }: Extract<ToThread, { type: 'run' }>): void {
  const own = inputs.map((tensor) =>
    ArrayBuffer.isView(tensor.data) && tensor.data.byteLength < MOVE_FROM_BYTES
      ? { ...tensor, data: tensor.data.slice() }
      : tensor,
  );
  const transfer = own.flatMap(({ data }) =>
    ArrayBuffer.isView(data) && data.buffer instanceof ArrayBuffer ? [data.buffer] : [],
  );
  thread.postMessage({ type, id, inputs: own } satisfies ToThread, [...new Set(transfer)]);
}

function ended(thread: Worker, state: { crash: string | null }, ask: () => void): Promise<void> {
  if (state.crash !== null) return Promise.resolve();
  return new Promise((resolve) => {
    thread.once('exit', () => {
      resolve();
    });
    ask();
  });
}
