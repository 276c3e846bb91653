import { createRequire } from 'node:module';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BaseFetcher, Updater } from 'tuf-js';
import type { TufSimulator } from './tuf-simulator.ts';

const BASE = 'http://sim.invalid/';

/** What a client ended with: nothing but its success and the versions that it keeps can be compared between two of them. */
export interface PeerOutcome {
  readonly ok: boolean;
  readonly kept: Readonly<Record<string, string>>;
}

/**
 * tuf-js beside us: the client that passes all 113 cases of the public conformance suite. What it decides on a repository, ours must
 * decide too. It reads the machine's clock, so cases that move the time are not compared.
 */
export class TufPeer {
  readonly #dir: string;
  readonly #sim: TufSimulator;

  private constructor(dir: string, sim: TufSimulator) {
    this.#dir = dir;
    this.#sim = sim;
  }

  static async open(sim: TufSimulator, root: Uint8Array): Promise<TufPeer> {
    const dir = await mkdtemp(join(tmpdir(), 'gantry-tuf-peer-'));
    await writeFile(join(dir, 'root.json'), root);
    return new TufPeer(dir, sim);
  }

  async refresh(): Promise<PeerOutcome> {
    let ok = true;
    try {
      const updater = new Updater({
        metadataDir: this.#dir,
        metadataBaseUrl: BASE,
        fetcher: new SimFetcher(this.#sim),
      });
      await updater.refresh();
    } catch {
      ok = false;
    }
    return { ok, kept: await this.#kept() };
  }

  close(): Promise<void> {
    return rm(this.#dir, { recursive: true });
  }

  async #kept(): Promise<Record<string, string>> {
    const kept: Record<string, string> = {};
    for (const role of ['root', 'timestamp', 'snapshot', 'targets']) {
      const text = await readFile(join(this.#dir, `${role}.json`), 'utf8').catch(() => undefined);
      if (text !== undefined) kept[role] = text;
    }
    return kept;
  }
}

class SimFetcher extends BaseFetcher {
  readonly #sim: TufSimulator;

  constructor(sim: TufSimulator) {
    super();
    this.#sim = sim;
  }

  override fetch(url: string): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
    const bytes = this.#sim.files.get(decodeURI(url.slice(BASE.length)));
    return bytes === undefined
      ? Promise.reject(new Error('absent'))
      : Promise.resolve(new Blob([Uint8Array.from(bytes)]).stream());
  }

  override downloadBytes(url: string, maxLength: number): Promise<Buffer> {
    if (!this.#sim.files.has(decodeURI(url.slice(BASE.length))))
      return Promise.reject(new DownloadHTTPError('absent', 404));
    return super.downloadBytes(url, maxLength);
  }
}

/** The class by which tuf-js knows an absent file; its package does not show it by name. */
const { DownloadHTTPError } = createRequire(import.meta.url)('tuf-js/dist/error') as {
  DownloadHTTPError: new (message: string, status: number) => Error;
};
