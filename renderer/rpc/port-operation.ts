import { TRPCClientError, type OperationResultEnvelope } from '@trpc/client';
import type { AnyRouter } from '@trpc/server';
import type { Observer } from '@trpc/server/observable';
import type { CallMessage, RpcErrorShape, StationMessage } from '#contracts/rpc-envelope.ts';
import { RPC_LIMITS } from '#contracts/rpc.ts';
import { assertNever } from '#core/base/index.ts';
import { closedShape } from './wire-error.ts';

export type PortObserver = Observer<
  OperationResultEnvelope<unknown, TRPCClientError<AnyRouter>>,
  TRPCClientError<AnyRouter>
>;
export type PortRequest = Pick<CallMessage, 'type' | 'path' | 'input'>;
type CallReply = Exclude<StationMessage, { kind: 'violation' }>;

/**
 *  waiting → sent → (ended)
 *     ↑        ↓
 *     └── port lost, subscriptions only: sent again with the last event id
 */
export class PortOperation {
  readonly #request: PortRequest;
  readonly #observer: PortObserver;
  #lastEventId: string | null = null;
  #received = 0;

  constructor(request: PortRequest, observer: PortObserver) {
    this.#request = request;
    this.#observer = observer;
  }

  /** The message that starts this operation on a port, or resumes it on the next one. */
  callMessage(id: number): CallMessage {
    this.#received = 0;
    return {
      kind: 'call',
      id,
      ...this.#request,
      ...(this.#lastEventId === null ? {} : { lastEventId: this.#lastEventId }),
    };
  }

  /** Takes one reply. Returns the count to acknowledge when it is due, else null. */
  receive(reply: CallReply): number | null {
    switch (reply.kind) {
      case 'result':
        this.#observer.next({ result: { type: 'data', data: reply.data } });
        this.#observer.complete();
        return null;
      case 'error':
        this.fail(reply.error);
        return null;
      case 'started':
        this.#observer.next({ result: { type: 'started' } });
        this.#observer.next({ result: { type: 'state', state: 'pending', error: null } });
        return null;
      case 'event':
        return this.#event(reply);
      case 'stopped':
        this.#observer.next({ result: { type: 'stopped' } });
        this.#observer.complete();
        return null;
      default:
        return assertNever(reply, 'station message');
    }
  }

  /** The port closed under this operation after it was sent. */
  portLost(): void {
    if (this.isSubscription) {
      this.#observer.next({
        result: { type: 'state', state: 'connecting', error: TRPCClientError.from({ error: closedShape() }) },
      });
      return;
    }
    // A mutation may or may not have happened: the caller must look, this layer must not repeat it.
    this.fail(closedShape());
  }

  fail(error: RpcErrorShape): void {
    this.#observer.error(TRPCClientError.from({ error }));
  }

  complete(): void {
    this.#observer.complete();
  }

  get isSubscription(): boolean {
    return this.#request.type === 'subscription';
  }

  #event(reply: Extract<CallReply, { kind: 'event' }>): number | null {
    this.#received += 1;
    if (reply.eventId === undefined) this.#observer.next({ result: { type: 'data', data: reply.data } });
    else {
      this.#lastEventId = reply.eventId;
      this.#observer.next({ result: { type: 'data', id: reply.eventId, data: reply.data } });
    }
    return this.#received % RPC_LIMITS.eventsPerAck === 0 ? this.#received : null;
  }
}
