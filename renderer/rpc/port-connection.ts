import { PageMessage, StationMessage } from '#contracts/rpc-envelope.ts';
import { RPC_LIMITS, type RpcPort } from '#contracts/rpc.ts';
import { connectionMonitor, type ConnectionMonitor } from './connection-state.ts';
import { PortOperation, type PortObserver, type PortRequest } from './port-operation.ts';
import { retryDelayMs } from './retry-delay.ts';
import { closedShape, wireShape } from './wire-error.ts';

export interface PortConnectionOptions {
  /** Opens a fresh port to the station; rejects when the station is not there yet. */
  readonly open: () => Promise<RpcPort>;
  readonly wait?: (ms: number) => Promise<void>;
}

/**
 * The page's end of a message port that comes back by itself.
 * INVARIANTS: an operation is in `waiting` or under one id in `sent`, never both; ids are never reused, so that late
 * replies of an earlier call reach nobody; a lost port fails its queries and mutations and keeps its subscriptions.
 */
export class PortConnection {
  readonly monitor: ConnectionMonitor;
  readonly #setState: ReturnType<typeof connectionMonitor>['set'];
  readonly #open: () => Promise<RpcPort>;
  readonly #wait: (ms: number) => Promise<void>;
  readonly #waiting = new Set<PortOperation>();
  readonly #sent = new Map<number, PortOperation>();
  #port: RpcPort | null = null;
  #lastId = 0;
  #closed = false;

  constructor({ open, wait }: PortConnectionOptions) {
    const { monitor, set } = connectionMonitor();
    this.monitor = monitor;
    this.#setState = set;
    this.#open = open;
    this.#wait = wait ?? delay;
    void this.#connect();
  }

  /** Starts one operation; returns what stops it. */
  run(request: PortRequest, observer: PortObserver): () => void {
    const operation = new PortOperation(request, observer);
    if (this.#closed) operation.fail(closedShape());
    else if (this.#port !== null) this.#send(this.#port, operation);
    else if (this.#waiting.size >= RPC_LIMITS.waitingCalls) operation.fail(wireShape('RPC_TOO_MANY_CALLS'));
    else this.#waiting.add(operation);
    return () => {
      this.#stop(operation);
    };
  }

  /** Ends every operation and the port, for good. */
  close(): void {
    this.#closed = true;
    this.#setState('closed');
    const open = [...this.#waiting, ...this.#sent.values()];
    this.#waiting.clear();
    this.#sent.clear();
    for (const operation of open) {
      if (operation.isSubscription) operation.complete();
      else operation.fail(closedShape());
    }
    this.#port?.close();
    this.#port = null;
  }

  async #connect(): Promise<void> {
    for (let attempt = 0; !this.#closed; attempt += 1) {
      await this.#wait(retryDelayMs(attempt));
      try {
        this.#use(await this.#open());
        return;
      } catch {
        // The station is starting or starting again; the state says so, and the next attempt follows.
      }
    }
  }

  #use(port: RpcPort): void {
    if (this.#closed) {
      port.close();
      return;
    }
    port.onClose(() => {
      this.#lost(port);
    });
    port.onMessage((message) => {
      this.#receive(port, message);
    });
    this.#port = port;
    this.#setState('open');
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const operation of waiting) this.#send(port, operation);
  }

  #lost(port: RpcPort): void {
    if (this.#port !== port) return;
    this.#port = null;
    this.#setState('lost');
    const sent = [...this.#sent.values()];
    this.#sent.clear();
    for (const operation of sent) {
      if (operation.isSubscription) this.#waiting.add(operation);
      operation.portLost();
    }
    void this.#connect();
  }

  #send(port: RpcPort, operation: PortOperation): void {
    this.#lastId += 1;
    const message = PageMessage.safeParse(operation.callMessage(this.#lastId));
    if (!message.success) {
      operation.fail(wireShape('RPC_ENVELOPE_INVALID'));
      return;
    }
    this.#sent.set(this.#lastId, operation);
    try {
      port.post(message.data);
    } catch {
      // The input holds something that cannot cross a process, a function for instance: the caller's bug.
      this.#sent.delete(this.#lastId);
      operation.fail(wireShape('RPC_ENVELOPE_INVALID'));
    }
  }

  #stop(operation: PortOperation): void {
    this.#waiting.delete(operation);
    for (const [id, sent] of this.#sent) {
      if (sent !== operation) continue;
      this.#sent.delete(id);
      this.#port?.post({ kind: 'stop', id });
    }
  }

  #receive(port: RpcPort, raw: unknown): void {
    const parsed = StationMessage.safeParse(raw);
    // A violation belongs to no call of ours: what it answers was never sent through this class.
    if (!parsed.success || parsed.data.kind === 'violation') return;
    const reply = parsed.data;
    const operation = this.#sent.get(reply.id);
    if (operation === undefined) return;
    if (reply.kind === 'result' || reply.kind === 'error' || reply.kind === 'stopped') this.#sent.delete(reply.id);
    const received = operation.receive(reply);
    if (received !== null && this.#port === port) port.post({ kind: 'ack', id: reply.id, received });
  }
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
