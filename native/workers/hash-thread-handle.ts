import { Worker } from 'node:worker_threads';
import { AppError, type Digest } from '#core/base/index.ts';
import type { FromHashThread, ToHashThread } from './hash-protocol.ts';

interface Waiting {
  resolve(digest: Digest): void;
  reject(error: Error): void;
}

/** A thread costs memory (about 10 MiB) and a start (50 ms): kept while imports follow one another, gone when the station idles. */
const IDLE_MS = 10_000;

/**
 * One hash thread: started at the first message, ended after a while without work.
 * INVARIANTS: it keeps the process alive only while somebody waits for an answer; when it dies, everybody who waits is told.
 */
export class HashThread {
  readonly #file: string | URL;
  readonly #waiting = new Map<number, Waiting>();
  readonly #followed = new Set<number>();
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;

  constructor(file: string | URL) {
    this.#file = file;
  }

  /** Files and blocks that it works on. */
  get load(): number {
    return this.#waiting.size + this.#followed.size;
  }

  ask(message: Extract<ToHashThread, { type: 'bytes' | 'finish' }>): Promise<Digest> {
    return new Promise((resolve, reject) => {
      this.#waiting.set(message.id, { resolve, reject });
      this.#followed.delete(message.id);
      const worker = this.#running();
      worker.ref();
      worker.postMessage(message);
    });
  }

  tell(message: Extract<ToHashThread, { type: 'follow' | 'extend' | 'close' }>): void {
    if (message.type !== 'close') {
      if (message.type === 'follow') this.#followed.add(message.id);
      this.#running().postMessage(message);
      return;
    }
    this.#worker?.postMessage(message);
    this.#followed.delete(message.id);
    this.#settle(message.id)?.reject(new AppError('INTERNAL', 'the hash was given up'));
  }

  async close(): Promise<void> {
    clearTimeout(this.#idle);
    await this.#worker?.terminate();
  }

  #running(): Worker {
    clearTimeout(this.#idle);
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(this.#file);
    worker.unref();
    worker.on('message', (message: FromHashThread) => {
      const waiting = this.#settle(message.id);
      if ('hex' in message) waiting?.resolve(`sha256:${message.hex}`);
      else waiting?.reject(Object.assign(new Error(message.failure), { code: message.code }));
    });
    worker.on('error', (cause) => {
      this.#died(worker, cause);
    });
    worker.on('exit', () => {
      this.#died(worker, new Error('the thread ended'));
    });
    this.#worker = worker;
    return worker;
  }

  #settle(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) this.#worker?.unref();
    if (this.load === 0) this.#restSoon();
    return waiting;
  }

  #restSoon(): void {
    clearTimeout(this.#idle);
    const worker = this.#worker;
    this.#idle = setTimeout(() => {
      if (this.load === 0 && worker !== undefined) void worker.terminate();
    }, IDLE_MS).unref();
  }

  #died(worker: Worker, cause: unknown): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#followed.clear();
    for (const id of [...this.#waiting.keys()])
      this.#settle(id)?.reject(new AppError('INTERNAL', 'a hash thread ended before its answer', {}, { cause }));
  }
}
