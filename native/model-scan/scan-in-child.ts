import { MIB } from '#core/base/index.ts';
import { artefactFinding, SCANNER_VERSION, type ArtefactScan, type ByteSource } from '#core/artefacts/index.ts';
import type { ArtefactScanner } from '#core/artefacts/ports.ts';
import { startScanPeer, type ScanChildFile, type ScanPeer } from './scan-peer.ts';

export interface ScanLimits {
  /** Time that the child itself may think, reading not counted: a slow stick is nobody's attack. */
  readonly thinkMs: number;
  /** Time until the child is up. */
  readonly startMs: number;
  readonly rssBytes: number;
  readonly heapMib: number;
}

/** Targets: a verdict in 10 s and 512 MiB for any input. */
export const SCAN_LIMITS: ScanLimits = { thinkMs: 10_000, startMs: 60_000, rssBytes: 512 * MIB, heapMib: 320 };

const MEMORY_POLL_MS = 50;

type ChildFault = 'SCAN_TIME_LIMIT' | 'SCAN_MEMORY_LIMIT' | 'SCAN_CRASHED';

/** Scans each file in a fresh child that is always ended. The child sees bytes, never a path, a key or the network of the plant. */
export function scanInChild(file: ScanChildFile, limits: ScanLimits = SCAN_LIMITS): ArtefactScanner {
  return {
    scan: (source, question, signal) =>
      new Promise((resolve, reject) => {
        const peer = startScanPeer(file, limits.heapMib);
        const watch = watchPeer(peer, limits, (fault, detail) => {
          close();
          resolve(refusal(fault, detail));
        });
        const close = (): void => {
          watch.stop();
          signal?.removeEventListener('abort', cancel);
          peer.kill();
        };
        const fail = (error: unknown): void => {
          close();
          reject(error instanceof Error ? error : new Error(String(error)));
        };
        const cancel = (): void => {
          fail(signal?.reason);
        };
        signal?.addEventListener('abort', cancel, { once: true });
        if (signal?.aborted === true) {
          cancel();
          return;
        }
        peer.onMessage((message) => {
          watch.pause();
          switch (message.type) {
            case 'started':
              peer.send({ type: 'job', sizeBytes: source.sizeBytes, question });
              break;
            case 'read':
              answerRead(peer, source, message).then(watch.resume, fail);
              return;
            case 'scan':
              close();
              resolve(message.scan);
              return;
          }
          watch.resume();
        });
      }),
  };
}

async function answerRead(peer: ScanPeer, source: ByteSource, ask: { start: number; length: number }): Promise<void> {
  peer.send({ type: 'bytes', bytes: await source.read(ask.start, ask.length) });
}

interface Watch {
  /** The child waits for us. */
  pause(): void;
  /** The child works. */
  resume(): void;
  stop(): void;
}

function watchPeer(peer: ScanPeer, limits: ScanLimits, end: (fault: ChildFault, detail: string) => void): Watch {
  let left = limits.startMs;
  let since = performance.now();
  let isStopped = false;
  let isUp = false;
  let timer = setTimeout(timeIsUp, left);
  const memory = setInterval(() => {
    const used = peer.memoryBytes();
    if (used !== null && used > limits.rssBytes) finish('SCAN_MEMORY_LIMIT', `It used ${String(used)} bytes.`);
  }, MEMORY_POLL_MS);
  peer.onEnd((detail, isMemory) => {
    finish(isMemory ? 'SCAN_MEMORY_LIMIT' : 'SCAN_CRASHED', `It ended with ${detail}.`);
  });

  function timeIsUp(): void {
    finish('SCAN_TIME_LIMIT', `No answer within ${String(limits.thinkMs)} ms of its own time.`);
  }
  function finish(fault: ChildFault, detail: string): void {
    if (isStopped) return;
    end(fault, detail);
  }
  return {
    pause: () => {
      clearTimeout(timer);
      left = isUp ? left - (performance.now() - since) : limits.thinkMs;
      isUp = true;
    },
    resume: () => {
      if (isStopped) return;
      since = performance.now();
      timer = setTimeout(timeIsUp, Math.max(0, left));
    },
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
      clearInterval(memory);
    },
  };
}

function refusal(fault: ChildFault, detail: string): ArtefactScan {
  return {
    kind: 'unknown',
    scanner: SCANNER_VERSION,
    onnx: null,
    summary: 'the scan did not end',
    findings: [artefactFinding(fault, 'scan', detail)],
  };
}
