import { parentPort } from 'node:worker_threads';
import { MIB } from '#core/base/index.ts';
import { scanArtefact, type ByteSource } from '#core/artefacts/index.ts';
import type { FromScanChild, ToScanChild } from './protocol.ts';

/** The line to the program, whether this is a process or a thread. */
interface Line {
  send(message: FromScanChild): void;
  onMessage(listener: (message: ToScanChild) => void): void;
}

/** The child's half: takes one file, asks for its bytes, answers with one scan. A throw ends the child, which is a refusal. */
export function serveScan(): void {
  const line = openLine();
  let waiting: ((bytes: Uint8Array) => void) | null = null;
  const read = (start: number, length: number): Promise<Uint8Array> => {
    if (length > MIB) throw new Error(`a read of ${String(length)} bytes`);
    return new Promise((resolve) => {
      waiting = resolve;
      line.send({ type: 'read', start, length });
    });
  };
  line.onMessage((message) => {
    if (message.type === 'bytes') {
      waiting?.(message.bytes);
      return;
    }
    const source: ByteSource = { sizeBytes: message.sizeBytes, read };
    void scanArtefact(source, message.question).then((scan) => {
      line.send({ type: 'scan', scan });
    });
  });
  line.send({ type: 'started' });
}

function openLine(): Line {
  const port = parentPort;
  if (port !== null)
    return {
      send: (message) => {
        port.postMessage(message);
      },
      onMessage: (listener) => port.on('message', listener),
    };
  process.once('disconnect', () => process.exit(0));
  return {
    send: (message) => process.send?.(message),
    onMessage: (listener) => process.on('message', listener),
  };
}
