import { NoArguments } from '#contracts/desktop.ts';
import { DESKTOP_CHANNELS, type FolderChoice } from '#contracts/rpc.ts';
import type { CheckedHandlers, SenderFrame } from './checked-handlers.ts';
import type { StationSupervisor } from './station-supervisor.ts';

/** A frame that can be given a port. */
export interface PortReceiver<P> extends SenderFrame {
  postMessage(channel: string, message: unknown, transfer: P[]): void;
}

export interface PageServices<P> {
  readonly station: StationSupervisor<P>;
  /** A fresh pair of connected ports. */
  readonly createPorts: () => { port1: P; port2: P };
  /** The native dialog; null when the person changed their mind. */
  readonly askForFolder: () => Promise<string | null>;
}

/** The two things that the page may ask of the desktop shell: a port to the station, and a folder dialog. */
export function connectPage<P>(
  handlers: CheckedHandlers<PortReceiver<P>>,
  { station, createPorts, askForFolder }: PageServices<P>,
): void {
  handlers.handle(DESKTOP_CHANNELS.connect, NoArguments, async (frame) => {
    const { port1, port2 } = createPorts();
    await station.connect(port1);
    frame.postMessage(DESKTOP_CHANNELS.port, null, [port2]);
  });
  handlers.handle(DESKTOP_CHANNELS.chooseFolder, NoArguments, async (): Promise<FolderChoice> => {
    const path = await askForFolder();
    return path === null ? { outcome: 'cancelled' } : station.openFolder(path);
  });
}
