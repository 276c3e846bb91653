import type { RpcPort } from '#contracts/rpc.ts';

/** The part of Electron's MessagePortMain that carries messages; delivery begins with `start`. */
export interface ElectronPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): unknown;
  once(event: 'close', listener: () => void): unknown;
  start(): void;
  close(): void;
}

/** A port of Electron's main or utility process as an RpcPort. */
export function electronRpcPort(port: ElectronPort): RpcPort {
  return {
    post: (message) => {
      port.postMessage(message);
    },
    onMessage: (listener) => {
      port.on('message', (event) => {
        listener(event.data);
      });
      port.start();
    },
    onClose: (listener) => {
      port.once('close', listener);
    },
    close: () => {
      port.close();
    },
  };
}
