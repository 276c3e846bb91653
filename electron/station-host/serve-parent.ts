import { callTRPCProcedure, type AnyRouter } from '@trpc/server';
import { FolderChoiceMessage, HostCommand, type HostNotice } from '#contracts/desktop.ts';
import { VolumeView } from '#contracts/media.ts';
import type { FolderChoice, ShellSession } from '#contracts/rpc.ts';
import { assertNever, toAppError } from '#core/base/index.ts';
import { electronRpcPort, servePort, type ElectronPort } from '#native/rpc/index.ts';

/** A composed station, as every shell serves it. */
export interface ServedStation {
  readonly router: AnyRouter;
  createContext(session: ShellSession): unknown;
  close(): Promise<void>;
}

/** The part of Electron's ParentPort that a utility process talks through. */
export interface ParentChannel {
  on(event: 'message', listener: (event: { data: unknown; ports: ElectronPort[] }) => void): unknown;
  postMessage(message: HostNotice): void;
}

export interface ParentOptions {
  readonly parent: ParentChannel;
  readonly compose: () => Promise<ServedStation>;
  readonly exit: (code: number) => void;
}

/** The site cannot be opened; main has shown why. */
const EXIT_START_FAILED = 4;

/** Composes the station, then serves every port that the desktop main process hands over. */
export async function serveParent({ parent, compose, exit }: ParentOptions): Promise<void> {
  let station: ServedStation;
  try {
    station = await compose();
  } catch (error) {
    const { code, message, details } = toAppError(error);
    parent.postMessage({ kind: 'start-failed', error: { code, message, details: { ...details } } });
    exit(EXIT_START_FAILED);
    return;
  }
  parent.on('message', ({ data, ports }) => {
    const command = HostCommand.safeParse(data);
    if (command.success) void obey(command.data, ports);
  });
  parent.postMessage({ kind: 'ready' });

  async function obey(command: HostCommand, ports: readonly ElectronPort[]): Promise<void> {
    switch (command.kind) {
      case 'open-site':
        // Was waited for before the station was composed.
        return;
      case 'client':
        for (const port of ports) serveClient(station, port, command.sessionId);
        return;
      case 'open-folder':
        parent.postMessage({
          kind: 'folder',
          requestId: command.requestId,
          choice: await openFolder(station, command),
        });
        return;
      case 'stop':
        await station.close().finally(() => {
          exit(0);
        });
        return;
      default:
        assertNever(command, 'host command');
    }
  }
}

function serveClient(station: ServedStation, port: ElectronPort, sessionId: string): void {
  servePort(electronRpcPort(port), {
    router: station.router,
    createContext: () => station.createContext({ shell: 'desktop', id: sessionId }),
  });
}

/** Goes through the router, so that the person's permission is checked as for every other call. */
async function openFolder(
  station: ServedStation,
  { requestId, path }: { requestId: string; path: string },
): Promise<FolderChoice> {
  try {
    const ctx = await station.createContext({ shell: 'desktop', id: requestId });
    const input = { path };
    const volume: unknown = await callTRPCProcedure({
      router: station.router,
      path: 'media.openFolder',
      type: 'mutation',
      ctx,
      getRawInput: () => Promise.resolve(input),
      signal: undefined,
      batchIndex: 0,
    });
    return FolderChoiceMessage.parse({ outcome: 'opened', volumeId: VolumeView.parse(volume).id });
  } catch (error) {
    const { code, message } = toAppError(error instanceof Error && error.cause instanceof Error ? error.cause : error);
    return { outcome: 'failed', error: { code, message } };
  }
}
