import type { TRPCClient } from '@trpc/client';
import { TRPCClientError } from '@trpc/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ConnectionMonitor } from '#renderer/rpc/connection-state.ts';
import { wireErrorOf } from '#renderer/rpc/wire-error.ts';
import type { TestRouter, TestWorld } from './test-router.ts';

/** One link with a live server behind it. */
export interface RpcHarness {
  readonly client: TRPCClient<TestRouter>;
  readonly monitor: ConnectionMonitor;
  readonly world: TestWorld;
  /** Cuts the connection from the station's side; the client is free to come back. */
  drop(): void;
  closeClient(): void;
  close(): Promise<void>;
}

/** What every link between page and station must do. */
export function rpcContract(name: string, open: () => Promise<RpcHarness>): void {
  describe(`RPC over ${name}`, () => {
    let rpc: RpcHarness;
    beforeEach(async () => {
      rpc = await open();
    });
    afterEach(async () => {
      rpc.world.releaseAll();
      await rpc.close();
    });
    const current = () => rpc;
    callsContract(current);
    errorsContract(current);
    subscriptionsContract(current);
    lossContract(current);
  });
}

function callsContract(current: () => RpcHarness): void {
  describe('when a procedure answers', () => {
    it('carries JSON values unchanged both ways', async () => {
      const value = {
        text: 'Prüfstand 4',
        numbers: [0, -1.5, 1e21],
        nothing: null,
        flag: true,
        nested: { list: [[], {}] },
      };

      expect(await current().client.echo.query(value)).toEqual({ value });
    });

    it('runs a mutation once', async () => {
      expect(await current().client.note.mutate({ text: 'once' })).toEqual({ notes: 1 });
      expect(current().world.notes).toEqual(['once']);
    });

    it('answers calls made together each with its own result', async () => {
      const values = Array.from({ length: 50 }, (_, index) => index);

      const answers = await Promise.all(values.map((value) => current().client.echo.query(value)));

      expect(answers.map((answer) => answer.value)).toEqual(values);
    });

    it('makes one context a connection', async () => {
      await current().client.echo.query(1);
      await current().client.echo.query(2);

      expect(current().world.contexts).toBe(1);
    });
  });
}

function errorsContract(current: () => RpcHarness): void {
  const failureOf = async (call: Promise<unknown>): Promise<unknown> =>
    call.then(
      () => expect.unreachable('the call succeeded'),
      (error: unknown) => error,
    );

  describe('when a procedure fails', () => {
    it('gives code, message, details and correlation id of an AppError', async () => {
      const error = await failureOf(current().client.refuse.query());

      expect(wireErrorOf(error)).toEqual({
        code: 'SITE_LOCKED',
        message: 'another station works here',
        details: { pid: 42 },
        correlationId: 'c-1',
      });
    });

    it('names input that the schema refuses as a usage error', async () => {
      const error = await failureOf(current().client.note.mutate({ text: 'far too long' }));

      expect(error).toBeInstanceOf(TRPCClientError);
      expect(wireErrorOf(error).code).toBe('USAGE_INVALID');
      expect(current().world.notes).toEqual([]);
    });

    it('sends neither text nor stack of an unforeseen error', async () => {
      const error = await failureOf(current().client.crash.query());

      expect(wireErrorOf(error)).toMatchObject({ code: 'INTERNAL', message: 'hidden' });
      expect(JSON.stringify(error)).not.toContain('secret path');
      expect(JSON.stringify(error)).not.toContain('.ts:');
    });

    it('ends a call when the caller gives up', async () => {
      const abort = new AbortController();
      const error = failureOf(current().client.hold.query(undefined, { signal: abort.signal }));
      await vi.waitFor(() => {
        expect(current().world.held).toBe(1);
      });

      abort.abort();

      expect(await error).toBeInstanceOf(TRPCClientError);
    });
  });
}

function subscriptionsContract(current: () => RpcHarness): void {
  describe('when a subscription runs', () => {
    it('delivers thousands of events in order and then completes', async () => {
      const seen: number[] = [];

      await collect(current(), 5_000, seen);

      expect(seen).toEqual(Array.from({ length: 5_000 }, (_, index) => index + 1));
      expect(current().world.cleanups).toBe(1);
    });

    it('starts after the last event id that the page saw', async () => {
      const seen: number[] = [];

      await collect(current(), 12, seen, '9');

      expect(seen).toEqual([10, 11, 12]);
    });

    it('gives the events before a failure, then the failure', async () => {
      const seen: unknown[] = [];

      const error = await new Promise((resolve) => {
        current().client.breaksAfterTwo.subscribe(undefined, { onData: (data) => seen.push(data), onError: resolve });
      });

      expect(seen).toEqual([1, 2]);
      expect(wireErrorOf(error).code).toBe('SITE_LOCKED');
    });

    it('runs the generator to its finally when the page unsubscribes', async () => {
      const subscription = current().client.drip.subscribe({}, { onData: () => undefined });
      await vi.waitFor(() => {
        expect(current().world.held).toBe(1);
      });

      subscription.unsubscribe();

      await vi.waitFor(() => {
        expect(current().world.cleanups).toBe(1);
      });
    });
  });
}

function lossContract(current: () => RpcHarness): void {
  describe('when the connection is lost', () => {
    it('rejects what was pending as RPC_CLOSED', async () => {
      const pending = current()
        .client.hold.query()
        .then(() => null, wireErrorOf);
      await vi.waitFor(() => {
        expect(current().world.held).toBe(1);
      });

      current().drop();

      expect((await pending)?.code).toBe('RPC_CLOSED');
    });

    it('comes back by itself and answers again', async () => {
      await current().client.echo.query(1);
      const states: string[] = [];
      current().monitor.subscribe(() => states.push(current().monitor.get()));

      current().drop();

      await vi.waitFor(() => {
        expect(states).toEqual(['lost', 'open']);
      });
      expect(await current().client.echo.query(2)).toEqual({ value: 2 });
    });

    it('aborts the generator and resumes it after the last event, without gap or repetition', async () => {
      const seen: number[] = [];
      const subscription = current().client.drip.subscribe({}, { onData: ({ data }) => seen.push(data) });
      await vi.waitFor(() => {
        expect(seen).toEqual([1, 2]);
      });

      current().drop();

      await vi.waitFor(() => {
        expect(seen).toEqual([1, 2, 3, 4]);
      });
      expect(current().world.cleanups).toBe(1);
      subscription.unsubscribe();
    });

    it('ends the generator when the page goes away for good', async () => {
      current().client.drip.subscribe({}, { onData: () => undefined });
      await vi.waitFor(() => {
        expect(current().world.held).toBe(1);
      });

      current().closeClient();

      await vi.waitFor(() => {
        expect(current().world.cleanups).toBe(1);
      });
      expect(current().monitor.get()).toBe('closed');
    });
  });
}

async function collect(rpc: RpcHarness, count: number, seen: number[], lastEventId?: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    rpc.client.numbers.subscribe(
      { count, ...(lastEventId === undefined ? {} : { lastEventId }) },
      { onData: ({ data }) => seen.push(data.n), onComplete: resolve, onError: reject },
    );
  });
}
