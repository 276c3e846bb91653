import type { RpcPort } from '#contracts/rpc.ts';

/** The part of node:worker_threads' MessagePort that carries messages. */
interface WorkerPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  once(event: 'close', listener: () => void): unknown;
  close(): void;
}

/** A Node message port as an RpcPort: both ends of a link inside one test process. */
export function workerRpcPort(port: WorkerPort): RpcPort {
  return {
    post: (message) => {
      port.postMessage(message);
    },
    onMessage: (listener) => {
      port.on('message', listener);
    },
    onClose: (listener) => {
      port.once('close', listener);
    },
    close: () => {
      port.close();
    },
  };
}
