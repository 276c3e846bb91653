import { EventEmitter } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { createTRPCClient } from '@trpc/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { HostNotice } from '#contracts/desktop.ts';
import { composeStation, FIRST_SITE } from '#electron/station-host/compose.ts';
import { serveParent } from '#electron/station-host/serve-parent.ts';
import { workerRpcPort } from '#test/support/worker-rpc-port.ts';
import { PortConnection } from '#renderer/rpc/port-connection.ts';
import { portLink } from '#renderer/rpc/port-link.ts';
import { wireErrorOf } from '#renderer/rpc/wire-error.ts';
import type { AppRouter } from '#station/app-router.ts';

class Parent extends EventEmitter {
  readonly notices: HostNotice[] = [];
  postMessage(notice: HostNotice): void {
    this.notices.push(notice);
  }
  says(data: unknown, ports: unknown[] = []): void {
    this.emit('message', { data, ports });
  }
}

/** The usual ports belong to whoever else runs a station meanwhile. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The host's end of a channel, with the event shape of Electron's ports. */
function handOver(parent: Parent): ReturnType<typeof workerRpcPort> {
  const { port1, port2 } = new MessageChannel();
  const electronPort = {
    postMessage: (message: unknown) => {
      port1.postMessage(message);
    },
    on: (_event: string, listener: (event: { data: unknown }) => void) =>
      port1.on('message', (data: unknown) => {
        listener({ data });
      }),
    once: (event: 'close', listener: () => void) => port1.once(event, listener),
    start: () => undefined,
    close: () => {
      port1.close();
    },
  };
  parent.says({ kind: 'client', sessionId: 'page-1' }, [electronPort]);
  return workerRpcPort(port2);
}

describe('station host with the real station', () => {
  let siteDir: string;
  let parent: Parent;
  let exits: number[];
  beforeEach(async () => {
    siteDir = await mkdtemp(join(tmpdir(), 'gantry-host-'));
    parent = new Parent();
    exits = [];
    const [devicePort, mqttPort] = [await freePort(), await freePort()];
    await serveParent({
      parent,
      compose: () => composeStation({ siteDir, create: FIRST_SITE, devicePort, mqttPort }),
      exit: (code) => exits.push(code),
    });
  });
  afterEach(async () => {
    parent.says({ kind: 'stop' });
    await vi.waitFor(() => {
      expect(exits).toEqual([0]);
    }, 10_000);
    await rm(siteDir, { recursive: true, force: true });
  });

  it('makes a site at the first start and answers a page over its port', async () => {
    const connection = new PortConnection({ open: () => Promise.resolve(handOver(parent)) });
    const rpc = createTRPCClient<AppRouter>({ links: [portLink(connection)] });

    expect(await rpc.site.overview.query()).toMatchObject({ mode: 'offline', isEmpty: true });
    const unknownJob = await rpc.jobs.get.query({ jobId: 'no-such-job' }).then(() => null, wireErrorOf);
    expect(unknownJob).toMatchObject({ code: 'NOT_FOUND', details: { jobId: 'no-such-job' } });
    expect(unknownJob?.correlationId).toBeTypeOf('string');
    connection.close();
  });

  it('opens the folder that a person chose and gives the page a handle that works', async () => {
    parent.says({ kind: 'open-folder', requestId: 'r-1', path: siteDir });

    await vi.waitFor(() => {
      expect(parent.notices.at(-1)).toMatchObject({ kind: 'folder', requestId: 'r-1', choice: { outcome: 'opened' } });
    });
    expect(JSON.stringify(parent.notices)).not.toContain(siteDir);
  });
});

describe('a station whose second port is taken', () => {
  it('gives everything back when it cannot start, so that the same site starts elsewhere', async () => {
    const siteDir = await mkdtemp(join(tmpdir(), 'gantry-host-'));
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port: devicePort } = taken.address() as AddressInfo;
    const mqttPort = await freePort();

    const start = composeStation({ siteDir, create: FIRST_SITE, devicePort, mqttPort });
    await expect(start).rejects.toMatchObject({ code: 'DEVICE_PORT_UNAVAILABLE' });

    // The MQTT port was open already; kept open, it would also keep a failed command alive.
    const second = await composeStation({ siteDir, devicePort: await freePort(), mqttPort });
    await second.close();
    await new Promise((resolve) => taken.close(resolve));
    await rm(siteDir, { recursive: true });
  });
});
