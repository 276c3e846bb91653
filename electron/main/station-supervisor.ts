import { HostNotice, type HostCommand } from '#contracts/desktop.ts';
import type { WireError } from '#contracts/primitives.ts';
import type { FolderChoice } from '#contracts/rpc.ts';
import { AppError, assertNever, type Clock, type IdSource } from '#core/base/index.ts';
import { restartDelayMs, STABLE_AFTER_MS } from './restart-delay.ts';

/** The part of Electron's UtilityProcess that the supervisor uses; `P` is the kind of port it can hand over. */
export interface StationChild<P> {
  postMessage(message: unknown, transfer?: P[]): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  once(event: 'exit', listener: (code: number) => void): unknown;
  kill(): boolean;
}

export interface StationSupervisorOptions<P> {
  readonly fork: () => StationChild<P>;
  readonly clock: Clock;
  readonly ids: IdSource;
  /** The station process ended without being asked to; a new one follows by itself. */
  readonly onLost: (exitCode: number) => void;
  /** The station says why it cannot work on this site. */
  readonly onStartFailed: (error: WireError) => void;
}

/**  starting → ready → (exit) → waiting → starting …      any → stopping */
type State<P> =
  | { at: 'starting'; child: StationChild<P> }
  | { at: 'ready'; child: StationChild<P>; sinceMs: number }
  | { at: 'waiting' }
  | { at: 'stopping' };

/** A station that takes longer than this to close its database is killed; what it acknowledged is on disk. */
const STOP_GRACE_MS = 5_000;

/**
 * Keeps one station process running and hands ports to it.
 * INVARIANTS: at most one child lives; a port is handed over only to a ready child; every folder request ends, by answer or by loss.
 */
export class StationSupervisor<P> {
  readonly #options: StationSupervisorOptions<P>;
  readonly #folders = new Map<string, (choice: FolderChoice) => void>();
  #readers: ((child: StationChild<P>) => void)[] = [];
  #state: State<P> = { at: 'waiting' };
  #crashes = 0;

  constructor(options: StationSupervisorOptions<P>) {
    this.#options = options;
  }

  start(): void {
    const child = this.#options.fork();
    this.#state = { at: 'starting', child };
    child.on('message', (message) => {
      this.#receive(child, message);
    });
    child.once('exit', (code) => {
      this.#exited(child, code);
    });
  }

  /** Gives a port to the station, as soon as there is one that is ready. */
  async connect(port: P): Promise<void> {
    const child = await this.#ready();
    command(child, { kind: 'client', sessionId: this.#options.ids.next() }, [port]);
  }

  /** Lets the station open a folder that a person chose in a native dialog. */
  async openFolder(path: string): Promise<FolderChoice> {
    const child = await this.#ready();
    const requestId = this.#options.ids.next();
    return new Promise((resolve) => {
      this.#folders.set(requestId, resolve);
      command(child, { kind: 'open-folder', requestId, path });
    });
  }

  /** Asks the station to close, waits for it, and kills it when it does not. */
  async stop(): Promise<void> {
    const state = this.#state;
    this.#state = { at: 'stopping' };
    if (state.at !== 'starting' && state.at !== 'ready') return;
    const { child } = state;
    const exited = new Promise<void>((resolve) => {
      child.once('exit', () => {
        resolve();
      });
    });
    command(child, { kind: 'stop' });
    await Promise.race([exited, this.#options.clock.sleep(STOP_GRACE_MS)]);
    child.kill();
  }

  async #ready(): Promise<StationChild<P>> {
    if (this.#state.at === 'ready') return this.#state.child;
    if (this.#state.at === 'stopping') throw new AppError('RPC_CLOSED', 'the station is closing', {});
    return new Promise((resolve) => this.#readers.push(resolve));
  }

  #receive(child: StationChild<P>, message: unknown): void {
    const parsed = HostNotice.safeParse(message);
    if (!parsed.success) return;
    const notice = parsed.data;
    switch (notice.kind) {
      case 'ready':
        this.#becomeReady(child);
        return;
      case 'start-failed':
        this.#options.onStartFailed(notice.error);
        return;
      case 'folder':
        this.#folders.get(notice.requestId)?.(notice.choice);
        this.#folders.delete(notice.requestId);
        return;
      default:
        assertNever(notice, 'host notice');
    }
  }

  #becomeReady(child: StationChild<P>): void {
    if (this.#state.at !== 'starting' || this.#state.child !== child) return;
    this.#state = { at: 'ready', child, sinceMs: this.#options.clock.monotonicMs() };
    for (const resolve of this.#readers.splice(0)) resolve(child);
  }

  #exited(child: StationChild<P>, code: number): void {
    const state = this.#state;
    this.#failFolders();
    if ((state.at !== 'starting' && state.at !== 'ready') || state.child !== child) return;
    const wasStable = state.at === 'ready' && this.#options.clock.monotonicMs() - state.sinceMs >= STABLE_AFTER_MS;
    this.#crashes = wasStable ? 1 : this.#crashes + 1;
    this.#state = { at: 'waiting' };
    this.#options.onLost(code);
    void this.#restart();
  }

  async #restart(): Promise<void> {
    await this.#options.clock.sleep(restartDelayMs(this.#crashes));
    if (this.#state.at === 'waiting') this.start();
  }

  #failFolders(): void {
    const error = { code: 'RPC_CLOSED', message: 'The station went away while it opened the folder.' };
    for (const resolve of this.#folders.values()) resolve({ outcome: 'failed', error });
    this.#folders.clear();
  }
}

function command<P>(child: StationChild<P>, message: HostCommand, transfer: P[] = []): void {
  child.postMessage(message, transfer);
}
