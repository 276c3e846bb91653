import { EventEmitter } from 'node:events';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { createTRPCClient } from '@trpc/client';
import { initTRPC } from '@trpc/server';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import type { HostNotice } from '#contracts/desktop.ts';
import type { ShellSession } from '#contracts/rpc.ts';
import { AppError } from '#core/base/index.ts';
import { serveParent, type ServedStation } from '#electron/station-host/serve-parent.ts';
import type { ElectronPort } from '#native/rpc/index.ts';
import { workerRpcPort } from '#test/support/worker-rpc-port.ts';
import { PortConnection } from '#renderer/rpc/port-connection.ts';
import { portLink } from '#renderer/rpc/port-link.ts';

/** Node's port with the event shape of Electron's. */
function asElectronPort(port: MessagePort): ElectronPort {
  const on: ElectronPort['on'] = (_event, listener) =>
    port.on('message', (data: unknown) => {
      listener({ data });
    });
  return {
    postMessage: (message) => {
      port.postMessage(message);
    },
    on,
    once: (event, listener) => port.once(event, listener),
    start: () => undefined,
    close: () => {
      port.close();
    },
  };
}

class FakeParent extends EventEmitter {
  readonly notices: HostNotice[] = [];
  postMessage(notice: HostNotice): void {
    this.notices.push(notice);
  }
  says(data: unknown, ports: ElectronPort[] = []): void {
    this.emit('message', { data, ports });
  }
}

const trpc = initTRPC.context<{ session: ShellSession }>().create();
const router = trpc.router({
  whoAmI: trpc.procedure.query(({ ctx }) => ctx.session),
  media: trpc.router({
    openFolder: trpc.procedure.input(z.object({ path: z.string() })).mutation(({ input }) => {
      if (input.path === '/gone') throw new AppError('NOT_FOUND', 'the folder is gone', {});
      return {
        id: 'v-1',
        kind: 'folder',
        label: input.path,
        serial: null,
        fileSystem: null,
        totalBytes: null,
        freeBytes: null,
        readOnly: false,
        canClose: true,
        set: null,
        signature: null,
        problem: null,
      };
    }),
  }),
});

describe('station host', () => {
  let parent: FakeParent;
  let exits: number[];
  let closed: number;
  const station: ServedStation = {
    router,
    createContext: (session) => ({ session }),
    close: () => {
      closed += 1;
      return Promise.resolve();
    },
  };
  const start = (compose = () => Promise.resolve(station)) =>
    serveParent({ parent, compose, exit: (code) => exits.push(code) });

  beforeEach(() => {
    parent = new FakeParent();
    exits = [];
    closed = 0;
  });

  describe('when a port is handed over', () => {
    let connection: PortConnection;
    afterEach(() => {
      connection.close();
    });

    it('serves the router on it under a desktop session', async () => {
      await start();
      connection = new PortConnection({
        open: () => {
          const { port1, port2 } = new MessageChannel();
          parent.says({ kind: 'client', sessionId: 's-1' }, [asElectronPort(port1)]);
          return Promise.resolve(workerRpcPort(port2));
        },
      });
      const client = createTRPCClient<typeof router>({ links: [portLink(connection)] });

      expect(await client.whoAmI.query()).toEqual({ shell: 'desktop', id: 's-1' });
      expect(parent.notices).toEqual([{ kind: 'ready' }]);
    });
  });

  describe('when a person chose a folder', () => {
    it('answers with the handle and without the path', async () => {
      await start();

      parent.says({ kind: 'open-folder', requestId: 'r-1', path: '/media/stick' });

      await vi.waitFor(() => {
        expect(parent.notices.at(-1)).toEqual({
          kind: 'folder',
          requestId: 'r-1',
          choice: { outcome: 'opened', volumeId: 'v-1' },
        });
      });
    });

    it('answers with the code of what went wrong', async () => {
      await start();

      parent.says({ kind: 'open-folder', requestId: 'r-2', path: '/gone' });

      await vi.waitFor(() => {
        expect(parent.notices.at(-1)).toEqual({
          kind: 'folder',
          requestId: 'r-2',
          choice: { outcome: 'failed', error: { code: 'NOT_FOUND', message: 'the folder is gone' } },
        });
      });
    });
  });

  describe('when the site cannot be opened', () => {
    it('says why and ends with exit code 4', async () => {
      await start(() => Promise.reject(new AppError('SITE_LOCKED', 'another station works here', { pid: 4 })));

      expect(parent.notices).toEqual([
        {
          kind: 'start-failed',
          error: { code: 'SITE_LOCKED', message: 'another station works here', details: { pid: 4 } },
        },
      ]);
      expect(exits).toEqual([4]);
    });
  });

  describe('when it is told to stop', () => {
    it('closes the station, then ends', async () => {
      await start();

      parent.says({ kind: 'stop' });

      await vi.waitFor(() => {
        expect(exits).toEqual([0]);
      });
      expect(closed).toBe(1);
    });
  });

  describe('when a command is malformed', () => {
    it('drops it', async () => {
      await start();

      parent.says({ kind: 'open-folder', path: 7 });
      parent.says(null);

      expect(parent.notices).toEqual([{ kind: 'ready' }]);
    });
  });
});
