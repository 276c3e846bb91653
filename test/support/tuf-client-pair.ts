import { AppError } from '#core/base/index.ts';
import { updateMetadata } from '../../native/tuf/update-metadata.ts';
import { TrustedSet } from '../../native/tuf/trusted-set.ts';
import { TufPeer } from './tuf-peer.ts';
import type { TufSimulator } from './tuf-simulator.ts';

/** Our client and tuf-js with the same first root; every refresh is done by both, and both must end alike. */
export class ClientPair {
  readonly kept = new Map<string, Uint8Array>();
  readonly #sim: TufSimulator;
  readonly #peer: TufPeer;

  private constructor(sim: TufSimulator, peer: TufPeer, root: Uint8Array) {
    this.#sim = sim;
    this.#peer = peer;
    this.kept.set('root', root);
  }

  static async trusting(sim: TufSimulator, root: Uint8Array = sim.rootBytes()): Promise<ClientPair> {
    return new ClientPair(sim, await TufPeer.open(sim, root), root);
  }

  /** The code of our refusal, or `ok`. Throws when tuf-js decides otherwise or keeps other bytes. */
  async refresh(): Promise<string> {
    const ours = await outcomeOf(() => this.refreshOurs(Date.now()));
    const theirs = await this.#peer.refresh();
    if (theirs.ok !== (ours === 'ok')) throw new Error(`tuf-js says ${theirs.ok ? 'ok' : 'refused'}, we say ${ours}`);
    for (const role of ['root', 'timestamp', 'snapshot', 'targets']) {
      if (theirs.kept[role] !== textOf(this.kept.get(role))) throw new Error(`tuf-js keeps another ${role}`);
    }
    return ours;
  }

  /** Ours alone, at another time than the machine's: tuf-js cannot be told the time. */
  refreshAt(now: number, excuse: string | null = null): Promise<string> {
    return outcomeOf(() => this.refreshOurs(now, excuse));
  }

  async refreshOurs(now: number, excuse: string | null = null): Promise<void> {
    await updateMetadata({
      files: this.#sim,
      now,
      excuse: excuse === null ? null : { timestampDigest: excuse },
      store: {
        read: (role) => Promise.resolve(this.kept.get(role)),
        write: (role, bytes) => Promise.resolve(void this.kept.set(role, bytes)),
      },
    });
  }

  version(role: string): number {
    const text = textOf(this.kept.get(role));
    return text === undefined ? 0 : (JSON.parse(text) as { signed: { version: number } }).signed.version;
  }

  close(): Promise<void> {
    return this.#peer.close();
  }
}

/** What a client says to a root that it shall trust from the start. */
export function initialRoot(bytes: Uint8Array): Promise<string> {
  return outcomeOf(async () => {
    await Promise.resolve(new TrustedSet(bytes, 0, null));
  });
}

async function outcomeOf(work: () => Promise<void>): Promise<string> {
  try {
    await work();
    return 'ok';
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

function textOf(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}
