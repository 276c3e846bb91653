import { APP_ORIGIN, DESKTOP_CHANNELS, type DesktopBridge, type RpcPort } from '#contracts/rpc.ts';

/** Longer than the station takes to start on a slow disk; then the next attempt asks again. */
const PORT_WAIT_MS = 20_000;

/** Asks the desktop shell for a port to the station. Rejects when none arrives in time. */
export async function openDesktopPort(bridge: DesktopBridge): Promise<RpcPort> {
  const arriving = nextPort();
  try {
    await bridge.connectStation();
  } catch (error) {
    arriving.cancel();
    throw error;
  }
  return domRpcPort(await arriving.port);
}

function nextPort(): { port: Promise<MessagePort>; cancel: () => void } {
  const ended = new AbortController();
  const port = new Promise<MessagePort>((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error('no port to the station arrived'));
      ended.abort();
    }, PORT_WAIT_MS);
    ended.signal.addEventListener('abort', () => {
      clearTimeout(timer);
    });
    window.addEventListener(
      'message',
      (event) => {
        const [first] = event.ports;
        if (
          event.origin !== APP_ORIGIN ||
          event.source !== window ||
          event.data !== DESKTOP_CHANNELS.port ||
          first === undefined
        )
          return;
        ended.abort();
        resolve(first);
      },
      { signal: ended.signal },
    );
  });
  return {
    port,
    cancel: () => {
      ended.abort();
    },
  };
}

/** A DOM port as an RpcPort. It also ends when the shell says that the station process is gone. */
function domRpcPort(port: MessagePort): RpcPort {
  const ended = new AbortController();
  return {
    post: (message) => {
      port.postMessage(message);
    },
    onMessage(listener) {
      port.addEventListener('message', (event: MessageEvent<unknown>) => {
        listener(event.data);
      });
      port.start();
    },
    onClose(listener) {
      const onEnd = () => {
        ended.abort();
        port.close();
        listener();
      };
      port.addEventListener('close', onEnd, { signal: ended.signal });
      window.addEventListener(
        'message',
        (event) => {
          if (event.origin === APP_ORIGIN && event.source === window && event.data === DESKTOP_CHANNELS.lost) onEnd();
        },
        { signal: ended.signal },
      );
    },
    close() {
      ended.abort();
      port.close();
    },
  };
}
