import type { AnyRouter } from '@trpc/server';
import { PageMessage, type CallMessage, type StationMessage } from '#contracts/rpc-envelope.ts';
import { RPC_LIMITS, type RpcPort } from '#contracts/rpc.ts';
import { AppError, assertNever } from '#core/base/index.ts';
import { callErrorShape, refusalShape } from './error-shape.ts';
import { EventCredit } from './event-credit.ts';
import { runCall, type CallHost, type RunningCall } from './port-call.ts';

export interface PortService {
  readonly router: AnyRouter;
  /** Called once, at the first call; every call of the connection shares its context. */
  readonly createContext: () => unknown;
}

/** Serves a router to whoever holds the other end of `port`, until it closes. */
export function servePort(port: RpcPort, service: PortService): void {
  const connection = new PortConnection(port, service);
  port.onClose(() => {
    connection.abortAll();
  });
  port.onMessage((message) => {
    connection.receive(message);
  });
}

/**
 * INVARIANTS: an id belongs to at most one running call; an id is free again only after the call's cleanup ended;
 * nothing is sent after the port closed.
 */
class PortConnection implements CallHost {
  readonly router: AnyRouter;
  readonly #port: RpcPort;
  readonly #createContext: () => unknown;
  readonly #running = new Map<number, RunningCall>();
  #context: Promise<unknown> | null = null;
  #closed = false;

  constructor(port: RpcPort, service: PortService) {
    this.#port = port;
    this.router = service.router;
    this.#createContext = service.createContext;
  }

  context(): Promise<unknown> {
    this.#context ??= Promise.resolve().then(this.#createContext);
    return this.#context;
  }

  send(message: StationMessage): boolean {
    if (this.#closed) return true;
    try {
      this.#port.post(message);
      return true;
    } catch {
      // Only a value that cannot be cloned makes a port throw; the caller turns it into the call's error.
      return false;
    }
  }

  abortAll(): void {
    this.#closed = true;
    for (const { abort } of this.#running.values()) abort.abort();
  }

  /** Untrusted: the page may be anything that got hold of the port. */
  receive(raw: unknown): void {
    const parsed = PageMessage.safeParse(raw);
    if (!parsed.success) {
      this.#refuse('a message to the station is malformed');
      return;
    }
    const message = parsed.data;
    switch (message.kind) {
      case 'call':
        this.#start(message);
        return;
      case 'stop':
        this.#running.get(message.id)?.abort.abort();
        return;
      case 'ack':
        this.#acknowledge(message.id, message.received);
        return;
      default:
        assertNever(message, 'page message');
    }
  }

  #start(call: CallMessage): void {
    if (this.#running.has(call.id)) {
      // Not an error of the call: that would end the one which rightly holds this id.
      this.#refuse(`call id ${String(call.id)} is in use`);
      return;
    }
    if (this.#running.size >= RPC_LIMITS.runningCalls) {
      const error = new AppError('RPC_TOO_MANY_CALLS', `${String(RPC_LIMITS.runningCalls)} calls are running already`, {
        limit: RPC_LIMITS.runningCalls,
      });
      this.send({ kind: 'error', id: call.id, error: callErrorShape(this.router, error, call, undefined) });
      return;
    }
    const running: RunningCall = {
      call,
      abort: new AbortController(),
      credit: new EventCredit(RPC_LIMITS.eventWindow),
    };
    this.#running.set(call.id, running);
    void runCall(running, this).finally(() => this.#running.delete(call.id));
  }

  #acknowledge(id: number, received: number): void {
    // An acknowledgement may cross the end of its subscription; that is no fault.
    const accepted = this.#running.get(id)?.credit.acknowledge(received) ?? true;
    if (!accepted) this.#refuse(`more events acknowledged than were sent on call ${String(id)}`);
  }

  #refuse(why: string): void {
    this.send({ kind: 'violation', error: refusalShape(this.router, new AppError('RPC_ENVELOPE_INVALID', why)) });
  }
}
