// Rule for the next editor: no zod and no import here. The sandboxed preload bundles this file whole.

/** Limits of the connection between a page and the station, in one table. */
export const RPC_LIMITS = {
  /** Calls and subscriptions that one page may have open; a busy screen has about a dozen. */
  runningCalls: 128,
  pathChars: 256,
  eventIdChars: 256,
  /** Events of one subscription that may be under way unacknowledged; more and its generator is not pulled. */
  eventWindow: 64,
  /** The page acknowledges after this many events: a quarter of the window keeps a stream flowing. */
  eventsPerAck: 16,
  /** Calls that wait for the first or next connection. */
  waitingCalls: 256,
  /** The largest message on a WebSocket: a picture upload of a sample stays far below. */
  socketMessageBytes: 8 * 1024 * 1024,
  /** Unsent bytes at which a page that does not read is cut off; it connects again and resumes. */
  socketBacklogBytes: 32 * 1024 * 1024,
  socketsPerStation: 64,
  /** tRPC sends calls of one tick together. */
  socketBatch: 64,
} as const;

/** Where the browser shell answers the WebSocket of a page. */
export const RPC_SOCKET_PATH = '/rpc';

/** The desktop shell's own scheme; pages never come from file: or http:. */
export const APP_SCHEME = 'app';
export const APP_HOST = 'gantry';
export const APP_ORIGIN = 'app://gantry';

/** Names of the messages between page, preload and desktop main process. */
export const DESKTOP_CHANNELS = {
  connect: 'station:connect',
  port: 'station:port',
  lost: 'station:lost',
  chooseFolder: 'station:choose-folder',
} as const;

/** The one name that the preload puts on `window`, and the only keys below it. */
export const BRIDGE_NAME = 'gantry';
export const BRIDGE_KEYS = ['shell', 'connectStation', 'chooseFolder'] as const;

/** What a page gets when a person chose a folder: a handle that the station issued, never the path. */
export type FolderChoice =
  | { readonly outcome: 'opened'; readonly volumeId: string }
  | { readonly outcome: 'cancelled' }
  | { readonly outcome: 'failed'; readonly error: { readonly code: string; readonly message: string } };

/** What the preload offers to the page. */
export interface DesktopBridge {
  readonly shell: 'desktop';
  /** Asks for a port to the station; it arrives as a window message named `DESKTOP_CHANNELS.port`. */
  connectStation(): Promise<void>;
  /** A `FolderChoice`, still to be parsed: the page trusts no message by its type alone. */
  chooseFolder(): Promise<unknown>;
}

/**
 * One end of a message channel, whatever its maker (DOM, Node, Electron).
 * Listeners are set once, before anything is posted; messages keep their order; `onClose` fires at most once.
 */
export interface RpcPort {
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  onClose(listener: () => void): void;
  close(): void;
}

/** Who is connected: a window of the desktop shell, or a browser with a session cookie. */
export interface ShellSession {
  readonly shell: 'desktop' | 'browser';
  /** Fresh for each desktop connection; the session of the cookie in a browser. Never a secret. */
  readonly id: string;
}
