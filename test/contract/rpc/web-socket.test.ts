import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { createTRPCClient, wsLink } from '@trpc/client';
import { createSocketRpc } from '#native/rpc/index.ts';
import { openSocketConnection } from '#renderer/rpc/socket-connection.ts';
import { rpcContract } from './rpc-contract.ts';
import { testContext, testRouter, TestWorld, type TestRouter } from './test-router.ts';

rpcContract('a WebSocket', async () => {
  const world = new TestWorld();
  const sockets = createSocketRpc({ router: testRouter, createContext: () => testContext(world) });
  const carriers: Duplex[] = [];
  const server = createServer();
  server.on('upgrade', (request, socket, head) => {
    carriers.push(socket);
    sockets.accept(request, socket, head, { shell: 'browser', id: 'session-1' });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const connection = openSocketConnection(`ws://127.0.0.1:${String(port)}/rpc`);
  return {
    client: createTRPCClient<TestRouter>({ links: [wsLink({ client: connection.client })] }),
    monitor: connection.monitor,
    world,
    drop: () => carriers.at(-1)?.destroy(),
    closeClient: () => {
      connection.close();
    },
    close: async () => {
      connection.close();
      await sockets.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
});
