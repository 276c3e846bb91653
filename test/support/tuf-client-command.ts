import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createProgram } from '../../cli/program.ts';
import type { CliIo } from '../../cli/output/io.ts';
import { reportError } from '../../cli/output/report-error.ts';
import { randomIds, systemClock } from '#native/clock/index.ts';
import type { TufSimulator } from './tuf-simulator.ts';

/** What the simulated repository was asked for: metadata by name and version, or a target by path. */
export type Asked = readonly [kind: 'metadata' | 'target', name: string];

/**
 * `gantry tuf` beside a repository on loopback, as the published conformance suite runs a client: commands and exit codes, a folder of
 * trusted metadata, a folder of targets, and a clock that a case may move. The command runs in this process: hundreds of runs are quick.
 */
export class TufClientCommand {
  readonly asked: Asked[];
  /** The wall clock of the client. */
  now: number = systemClock.now();
  readonly #dir: string;
  readonly #server: Server;
  readonly #base: string;

  private constructor(dir: string, asked: Asked[], { server, base }: { server: Server; base: string }) {
    this.#dir = dir;
    this.asked = asked;
    this.#server = server;
    this.#base = base;
  }

  static async beside(sim: TufSimulator): Promise<TufClientCommand> {
    const dir = await mkdtemp(join(tmpdir(), 'gantry-tuf-'));
    const asked: Asked[] = [];
    const server = createServer((request, response) => {
      const url = request.url ?? '';
      const kind = url.startsWith('/metadata/') ? 'metadata' : 'target';
      const name = url.replace(/^\/(?:metadata|targets)\//, '');
      asked.push([kind, name]);
      const files = kind === 'metadata' ? sim.files : sim.targetFiles;
      const bytes = files.get(name) ?? files.get(decodeURIComponent(name));
      response.writeHead(bytes === undefined ? 404 : 200).end(bytes);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const base = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    return new TufClientCommand(dir, asked, { server, base });
  }

  /** Exit code of `init` with this root. */
  async init(root: Uint8Array): Promise<number> {
    await writeFile(join(this.#dir, 'first.json'), root);
    return this.#run('init', join(this.#dir, 'first.json'));
  }

  refresh(): Promise<number> {
    return this.#run('--metadata-url', `${this.#base}/metadata`, 'refresh');
  }

  download(name: string): Promise<number> {
    return this.#run(
      ...['--metadata-url', `${this.#base}/metadata`, 'download', '--target-name', name],
      ...['--target-base-url', `${this.#base}/targets`, '--target-dir', join(this.#dir, 'targets')],
    );
  }

  /** Trusted metadata of a role, byte for byte; undefined when there is none. */
  async kept(role: string): Promise<Buffer | undefined> {
    return readFile(join(this.#dir, 'metadata', `${encodeURIComponent(role)}.json`)).catch(() => undefined);
  }

  /** Version of the trusted metadata of a role; null when there is none. */
  async version(role: string): Promise<number | null> {
    const bytes = await this.kept(role);
    return bytes === undefined
      ? null
      : (JSON.parse(bytes.toString()) as { signed: { version: number } }).signed.version;
  }

  /** Versions of the four top roles, in the order of the workflow. */
  versions(): Promise<(number | null)[]> {
    return Promise.all(['root', 'timestamp', 'snapshot', 'targets'].map((role) => this.version(role)));
  }

  /** File names of trusted metadata. */
  async files(): Promise<string[]> {
    return (await readdir(join(this.#dir, 'metadata')).catch(() => [])).sort();
  }

  /** Contents of what was downloaded, in the order of their names. */
  async downloads(): Promise<string[]> {
    const dir = join(this.#dir, 'targets');
    const names = (await readdir(dir).catch(() => [])).sort();
    return Promise.all(names.map((name) => readFile(join(dir, name), 'utf8')));
  }

  /** Names of everything beside the two folders: a client that is led astray writes here. */
  async strays(): Promise<string[]> {
    const known = ['first.json', 'metadata', 'targets'];
    return (await readdir(this.#dir)).filter((name) => !known.includes(name));
  }

  async close(): Promise<void> {
    await new Promise((resolve) => this.#server.close(resolve));
    await rm(this.#dir, { recursive: true });
  }

  async #run(...args: string[]): Promise<number> {
    const clock = { ...systemClock, now: () => this.now };
    const io: CliIo = {
      out: () => undefined,
      err: () => undefined,
      json: () => undefined,
      progress: () => undefined,
      clock,
      ids: randomIds(clock),
      env: {},
    };
    const argv = ['tuf', '--metadata-dir', join(this.#dir, 'metadata'), ...args];
    try {
      const program = await createProgram(argv, io);
      await program.parseAsync(argv, { from: 'user' });
      return 0;
    } catch (error) {
      return reportError(error, io, false);
    }
  }
}
