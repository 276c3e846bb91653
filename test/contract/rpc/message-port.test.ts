import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { createTRPCClient } from '@trpc/client';
import { servePort } from '#native/rpc/index.ts';
import { workerRpcPort } from '#test/support/worker-rpc-port.ts';
import { PortConnection } from '#renderer/rpc/port-connection.ts';
import { portLink } from '#renderer/rpc/port-link.ts';
import { rpcContract, type RpcHarness } from './rpc-contract.ts';
import { testContext, testRouter, TestWorld, type TestRouter } from './test-router.ts';

rpcContract('a message port', () => {
  const world = new TestWorld();
  const served: MessagePort[] = [];
  const connection = new PortConnection({
    open: () => {
      const { port1, port2 } = new MessageChannel();
      served.push(port1);
      servePort(workerRpcPort(port1), { router: testRouter, createContext: () => testContext(world) });
      return Promise.resolve(workerRpcPort(port2));
    },
  });
  const harness: RpcHarness = {
    client: createTRPCClient<TestRouter>({ links: [portLink(connection)] }),
    monitor: connection.monitor,
    world,
    drop: () => served.at(-1)?.close(),
    closeClient: () => {
      connection.close();
    },
    close: () => {
      connection.close();
      return Promise.resolve();
    },
  };
  return Promise.resolve(harness);
});
