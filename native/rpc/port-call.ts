import { callTRPCProcedure, isTrackedEnvelope, TRPCError, type AnyRouter } from '@trpc/server';
import { isObservable, observableToAsyncIterable } from '@trpc/server/observable';
import type { CallMessage, StationMessage } from '#contracts/rpc-envelope.ts';
import { callErrorShape } from './error-shape.ts';
import type { EventCredit } from './event-credit.ts';

/** One call under way on a port. */
export interface RunningCall {
  readonly call: CallMessage;
  /** Aborted by the page (stop, port closed) or, to wake its generator, at the end of a stream. */
  readonly abort: AbortController;
  readonly credit: EventCredit;
}

/** What a call needs from the connection that it came over. */
export interface CallHost {
  readonly router: AnyRouter;
  context(): Promise<unknown>;
  /** False when the message could not be sent: the port closed, or the value cannot cross. */
  send(message: StationMessage): boolean;
}

/** Runs one call to its end. Never rejects: whatever fails becomes the call's error. */
export async function runCall(running: RunningCall, host: CallHost): Promise<void> {
  const { call } = running;
  let ctx: unknown;
  try {
    ctx = await host.context();
    if (running.abort.signal.aborted) return;
    const result = await callProcedure(running, host.router, ctx);
    if (call.type === 'subscription') await streamEvents(running, host, result);
    else sendResult(running, host, result);
  } catch (failure) {
    // A stopped call has nobody who waits for its error; the page asked for the stop.
    if (!isStoppedByPage(running))
      host.send({ kind: 'error', id: call.id, error: callErrorShape(host.router, failure, call, ctx) });
  }
}

/** The reason of the abort that a stream does to itself when it ends. */
const STREAM_ENDED = 'stream-ended';

function isStoppedByPage({ abort: { signal } }: RunningCall): boolean {
  return signal.aborted && signal.reason !== STREAM_ENDED;
}

async function callProcedure({ call, abort }: RunningCall, router: AnyRouter, ctx: unknown): Promise<unknown> {
  const input = inputOf(call);
  return callTRPCProcedure({
    router,
    path: call.path,
    type: call.type,
    ctx,
    getRawInput: () => Promise.resolve(input),
    signal: abort.signal,
    batchIndex: 0,
  });
}

/** tRPC's own rule for resuming: the last event id travels inside the input. */
function inputOf({ input, lastEventId }: CallMessage): unknown {
  if (lastEventId === undefined) return input;
  if (input === undefined || input === null) return { lastEventId };
  return typeof input === 'object' ? { ...input, lastEventId } : input;
}

function sendResult({ call }: RunningCall, host: CallHost, result: unknown): void {
  if (isAsyncIterable(result))
    throw new TRPCError({ code: 'UNSUPPORTED_MEDIA_TYPE', message: `${call.path} streams, but is no subscription` });
  if (!host.send({ kind: 'result', id: call.id, data: result }))
    throw new TRPCError({
      code: 'INTERNAL_SERVER_ERROR',
      message: `the result of ${call.path} cannot cross a process`,
    });
}

async function streamEvents(running: RunningCall, host: CallHost, result: unknown): Promise<void> {
  const { call, abort, credit } = running;
  const iterator = eventsOf(call, result, abort.signal)[Symbol.asyncIterator]();
  try {
    host.send({ kind: 'started', id: call.id });
    for (;;) {
      // The generator is pulled only when the page has room: back-pressure reaches the source.
      await credit.available(abort.signal);
      const next = await nextUnlessAborted(iterator, abort.signal);
      if (next === 'aborted' || next.done === true) break;
      credit.spend();
      if (!host.send(eventMessage(call.id, next.value)))
        throw new TRPCError({
          code: 'INTERNAL_SERVER_ERROR',
          message: `an event of ${call.path} cannot cross a process`,
        });
    }
  } finally {
    abort.abort(STREAM_ENDED);
    await iterator.return?.();
  }
  host.send({ kind: 'stopped', id: call.id });
}

function eventsOf(call: CallMessage, result: unknown, signal: AbortSignal): AsyncIterable<unknown> {
  if (isObservable(result)) return observableToAsyncIterable(result, signal);
  if (isAsyncIterable(result)) return result;
  throw new TRPCError({ code: 'INTERNAL_SERVER_ERROR', message: `${call.path} is a subscription without events` });
}

function eventMessage(id: number, value: unknown): StationMessage {
  if (!isTrackedEnvelope(value)) return { kind: 'event', id, data: value };
  const [eventId, data] = value;
  return { kind: 'event', id, eventId, data: { id: eventId, data } };
}

/** A listener per step, not one promise raced for the life of the stream: that would keep every step alive. */
async function nextUnlessAborted(
  iterator: AsyncIterator<unknown>,
  signal: AbortSignal,
): Promise<IteratorResult<unknown> | 'aborted'> {
  if (signal.aborted) return 'aborted';
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      resolve('aborted');
    };
    signal.addEventListener('abort', onAbort, { once: true });
    iterator
      .next()
      .then(resolve, reject)
      .finally(() => {
        signal.removeEventListener('abort', onAbort);
      });
  });
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
