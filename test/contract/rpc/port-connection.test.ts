import { MessageChannel } from 'node:worker_threads';
import { createTRPCClient } from '@trpc/client';
import { describe, expect, it } from 'vitest';
import { RPC_LIMITS, type RpcPort } from '#contracts/rpc.ts';
import { servePort } from '#native/rpc/index.ts';
import { workerRpcPort } from '#test/support/worker-rpc-port.ts';
import { PortConnection } from '#renderer/rpc/port-connection.ts';
import { portLink } from '#renderer/rpc/port-link.ts';
import { wireErrorOf } from '#renderer/rpc/wire-error.ts';
import { testContext, testRouter, TestWorld, type TestRouter } from './test-router.ts';

function servedPort(world: TestWorld): RpcPort {
  const { port1, port2 } = new MessageChannel();
  servePort(workerRpcPort(port1), { router: testRouter, createContext: () => testContext(world) });
  return workerRpcPort(port2);
}

function clientOn(connection: PortConnection) {
  return createTRPCClient<TestRouter>({ links: [portLink(connection)] });
}

const codeOf = async (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'no error',
    (error: unknown) => wireErrorOf(error).code,
  );

describe('PortConnection', () => {
  describe('when the station is not there yet', () => {
    it('asks again with growing delays and then sends what waited', async () => {
      const waits: number[] = [];
      let attempts = 0;
      const connection = new PortConnection({
        open: () => {
          attempts += 1;
          return attempts < 4 ? Promise.reject(new Error('starting')) : Promise.resolve(servedPort(new TestWorld()));
        },
        wait: (ms) => {
          waits.push(ms);
          return Promise.resolve();
        },
      });

      expect(await clientOn(connection).echo.query('waited')).toEqual({ value: 'waited' });
      expect(waits).toEqual([0, 200, 400, 800]);
      connection.close();
    });

    it('refuses calls beyond what may wait, by name', async () => {
      const connection = new PortConnection({ open: () => new Promise(() => undefined) });
      const client = clientOn(connection);
      const waiting = Array.from({ length: RPC_LIMITS.waitingCalls }, () => codeOf(client.echo.query(1)));

      expect(await codeOf(client.echo.query(1))).toBe('RPC_TOO_MANY_CALLS');
      connection.close();
      expect(new Set(await Promise.all(waiting))).toEqual(new Set(['RPC_CLOSED']));
    });
  });

  describe('when an input cannot cross a process', () => {
    it('fails that call and goes on with the next', async () => {
      const connection = new PortConnection({ open: () => Promise.resolve(servedPort(new TestWorld())) });
      const client = clientOn(connection);

      expect(await codeOf(client.echo.query({ call: () => 1 }))).toBe('RPC_ENVELOPE_INVALID');
      expect(await client.echo.query(1)).toEqual({ value: 1 });
      connection.close();
    });
  });

  describe('when the other end sends what it should not', () => {
    it('ignores it and takes the true answer', async () => {
      const { port1, port2 } = new MessageChannel();
      port1.on('message', ({ id }: { id: number }) => {
        for (const message of [
          null,
          7,
          { kind: 'result', id: 'x' },
          { kind: 'result', id: id + 50, data: 'of another call' },
          { kind: 'violation', error: { code: 1, message: '', data: {} } },
        ])
          port1.postMessage(message);
        port1.postMessage({ kind: 'result', id, data: { value: 'true' } });
        port1.postMessage({ kind: 'result', id, data: { value: 'again' } });
      });
      const connection = new PortConnection({ open: () => Promise.resolve(workerRpcPort(port2)) });

      expect(await clientOn(connection).echo.query(1)).toEqual({ value: 'true' });
      connection.close();
    });
  });

  describe('when it is closed', () => {
    it('refuses further calls', async () => {
      const connection = new PortConnection({ open: () => Promise.resolve(servedPort(new TestWorld())) });
      connection.close();

      expect(await codeOf(clientOn(connection).echo.query(1))).toBe('RPC_CLOSED');
    });
  });
});
