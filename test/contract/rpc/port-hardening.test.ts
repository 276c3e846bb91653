import { MessageChannel } from 'node:worker_threads';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StationMessage } from '#contracts/rpc-envelope.ts';
import { RPC_LIMITS, type RpcPort } from '#contracts/rpc.ts';
import { servePort } from '#native/rpc/index.ts';
import { workerRpcPort } from '#test/support/worker-rpc-port.ts';
import { testContext, testRouter, TestWorld } from './test-router.ts';

describe('servePort', () => {
  let world: TestWorld;
  let page: RpcPort;
  let replies: StationMessage[];

  beforeEach(() => {
    world = new TestWorld();
    replies = [];
    const { port1, port2 } = new MessageChannel();
    servePort(workerRpcPort(port1), { router: testRouter, createContext: () => testContext(world) });
    page = workerRpcPort(port2);
    page.onMessage((message) => replies.push(StationMessage.parse(message)));
  });
  afterEach(() => {
    page.close();
  });

  const repliesOf = (kind: StationMessage['kind']) => replies.filter((reply) => reply.kind === kind);
  const settle = async () => {
    page.post({ kind: 'call', id: 999_999, type: 'query', path: 'echo', input: 'fence' });
    await vi.waitFor(() => {
      expect(replies).toContainEqual({ kind: 'result', id: 999_999, data: { value: 'fence' } });
    });
  };

  describe('when a message is malformed', () => {
    it.each([
      ['no object', 'call'],
      ['null', null],
      ['an unknown kind', { kind: 'exec', id: 1 }],
      ['a text id', { kind: 'call', id: '1', type: 'query', path: 'echo', input: 1 }],
      ['an unknown type', { kind: 'call', id: 1, type: 'eval', path: 'echo', input: 1 }],
      ['an endless path', { kind: 'call', id: 1, type: 'query', path: 'a'.repeat(RPC_LIMITS.pathChars + 1), input: 1 }],
      ['a further key', { kind: 'call', id: 1, type: 'query', path: 'echo', input: 1, ctx: {} }],
    ])('drops %s and says so', async (_what, message) => {
      page.post(message);
      await settle();

      expect(repliesOf('violation')).toMatchObject([{ error: { data: { wire: { code: 'RPC_ENVELOPE_INVALID' } } } }]);
    });

    it('survives anything that can be cloned', async () => {
      const anything = fc.sample(
        fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true }),
        { numRuns: 2_000, seed: 7 },
      );

      for (const value of anything) page.post(value);
      await settle();

      expect(repliesOf('violation')).toHaveLength(2_000);
    });
  });

  describe('when a call id is used twice', () => {
    it('refuses the second and lets the first end', async () => {
      page.post({ kind: 'call', id: 1, type: 'query', path: 'hold', input: undefined });
      page.post({ kind: 'call', id: 1, type: 'mutation', path: 'note', input: { text: 'twice' } });
      await settle();
      world.releaseAll();

      await vi.waitFor(() => {
        expect(replies).toContainEqual({ kind: 'result', id: 1, data: 'released' });
      });
      expect(repliesOf('violation')).toHaveLength(1);
      expect(world.notes).toEqual([]);
    });
  });

  describe('when a page opens too many calls', () => {
    it('refuses the one above the limit by name', async () => {
      for (let id = 1; id <= RPC_LIMITS.runningCalls + 1; id += 1)
        page.post({ kind: 'call', id, type: 'query', path: 'hold', input: undefined });

      await vi.waitFor(() => {
        expect(repliesOf('error')).toMatchObject([
          { id: RPC_LIMITS.runningCalls + 1, error: { data: { wire: { code: 'RPC_TOO_MANY_CALLS' } } } },
        ]);
      });
      expect(world.held).toBe(RPC_LIMITS.runningCalls);
    });
  });

  describe('when a page does not acknowledge events', () => {
    it('stops pulling the generator at the window', async () => {
      page.post({ kind: 'call', id: 1, type: 'subscription', path: 'numbers', input: { count: 10_000 } });
      await settle();

      expect(repliesOf('event')).toHaveLength(RPC_LIMITS.eventWindow);
      expect(world.pulled).toBe(RPC_LIMITS.eventWindow);
    });

    it('goes on by exactly what was acknowledged', async () => {
      page.post({ kind: 'call', id: 1, type: 'subscription', path: 'numbers', input: { count: 10_000 } });
      await vi.waitFor(() => {
        expect(repliesOf('event')).toHaveLength(RPC_LIMITS.eventWindow);
      });

      page.post({ kind: 'ack', id: 1, received: 10 });
      await settle();

      expect(repliesOf('event')).toHaveLength(RPC_LIMITS.eventWindow + 10);
    });

    it('refuses an acknowledgement of what was never sent', async () => {
      page.post({ kind: 'call', id: 1, type: 'subscription', path: 'numbers', input: { count: 10_000 } });
      page.post({ kind: 'ack', id: 1, received: 5_000 });
      await settle();

      expect(repliesOf('violation')).toHaveLength(1);
      expect(repliesOf('event')).toHaveLength(RPC_LIMITS.eventWindow);
    });

    it('still stops when asked', async () => {
      page.post({ kind: 'call', id: 1, type: 'subscription', path: 'numbers', input: { count: 10_000 } });
      await vi.waitFor(() => {
        expect(repliesOf('event')).toHaveLength(RPC_LIMITS.eventWindow);
      });

      page.post({ kind: 'stop', id: 1 });

      await vi.waitFor(() => {
        expect(repliesOf('stopped')).toHaveLength(1);
      });
      expect(world.cleanups).toBe(1);
    });
  });

  describe('when a result cannot cross a process', () => {
    it('answers with an error instead of nothing', async () => {
      page.post({ kind: 'call', id: 1, type: 'query', path: 'unsendable', input: undefined });

      await vi.waitFor(() => {
        expect(repliesOf('error')).toMatchObject([{ id: 1, error: { data: { wire: { code: 'INTERNAL' } } } }]);
      });
    });
  });

  describe('when a procedure does not exist', () => {
    it('answers with NOT_FOUND of the router', async () => {
      page.post({ kind: 'call', id: 1, type: 'query', path: 'constructor', input: undefined });

      await vi.waitFor(() => {
        expect(repliesOf('error')).toMatchObject([{ id: 1, error: { data: { code: 'NOT_FOUND' } } }]);
      });
    });
  });
});
