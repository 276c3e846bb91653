import { parentPort } from 'node:worker_threads';
import { isAppError, type Digest } from '#core/base/index.ts';
import type { Tensor } from '#core/tensor/ports.ts';
import { openOnnxSession, type OnnxSession, type Port } from './session.ts';

/** `workerData` of an inference thread. */
export interface InferenceThreadData {
  readonly gantryRole: 'inference';
  readonly path: string;
  readonly digest: Digest | null;
  readonly providers: readonly string[];
}

/** Messages to and from the thread; tensors travel by transfer, not by copy. */
export type ToThread =
  { readonly type: 'run'; readonly id: number; readonly inputs: readonly Tensor[] } | { readonly type: 'close' };
export type FromThread =
  | {
      readonly type: 'ready';
      readonly inputs: readonly Port[];
      readonly outputs: readonly Port[];
      readonly provider: string;
    }
  | { readonly type: 'broken'; readonly code: string; readonly message: string }
  | {
      readonly type: 'answer';
      readonly id: number;
      readonly inputs: readonly Tensor[];
      readonly outputs: readonly Tensor[];
      readonly computeMs: number;
    }
  | { readonly type: 'failed'; readonly id: number; readonly message: string };

/** The body of the thread: one session, one request at a time, in order of arrival. */
export async function serveInferenceThread(data: InferenceThreadData): Promise<void> {
  const port = parentPort;
  if (port === null) throw new Error('invariant: an inference thread has a parent');
  const send = (message: FromThread, transfer: readonly ArrayBuffer[] = []): void => {
    port.postMessage(message, transfer);
  };
  let session: OnnxSession;
  try {
    session = await openOnnxSession(data);
  } catch (error) {
    send({
      type: 'broken',
      code: isAppError(error) ? error.code : 'INTERNAL',
      message: error instanceof Error ? error.message : String(error),
    });
    port.close();
    return;
  }
  // Runs are chained: session.run blocks this thread, and an answer must leave before the next run begins.
  let queue: Promise<void> = Promise.resolve();
  port.on('message', (message: ToThread) => {
    queue = queue.then(() => (message.type === 'close' ? close(session) : answer(session, message, send)));
  });
  send({ type: 'ready', inputs: session.inputs, outputs: session.outputs, provider: session.provider });
}

async function answer(
  session: OnnxSession,
  { id, inputs }: Extract<ToThread, { type: 'run' }>,
  send: (message: FromThread, transfer?: readonly ArrayBuffer[]) => void,
): Promise<void> {
  try {
    const from = performance.now();
    const outputs = (await session.run(inputs)).map(detached);
    // The inputs go back too: whoever samples doubtful answers needs them, and a transfer costs nothing.
    send({ type: 'answer', id, inputs, outputs, computeMs: performance.now() - from }, [
      ...new Set([...inputs, ...outputs].flatMap(bufferOf)),
    ]);
  } catch (error) {
    send({ type: 'failed', id, message: error instanceof Error ? error.message : String(error) });
  }
}

async function close(session: OnnxSession): Promise<void> {
  await session.close();
  parentPort?.close();
}

/** Outputs may lie in memory of the runtime, which must not be transferred away from it. */
function detached(tensor: Tensor): Tensor {
  return ArrayBuffer.isView(tensor.data) ? { ...tensor, data: tensor.data.slice() } : tensor;
}

function bufferOf(tensor: Tensor): ArrayBuffer[] {
  return ArrayBuffer.isView(tensor.data) && tensor.data.buffer instanceof ArrayBuffer ? [tensor.data.buffer] : [];
}
