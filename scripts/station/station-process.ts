import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { findNode24, thisNode } from '../../cli/node-24.mjs';
import { REPOSITORY_ROOT } from '../source-graph/read-sources.ts';

const GANTRY = join(REPOSITORY_ROOT, 'cli/bin.mjs');
/** Node 24 itself: under an older one the launcher starts a second process, and a kill would meet only the first. */
const NODE = findNode24(GANTRY, thisNode()) ?? process.execPath;
const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 15_000;

/** A station in a process of its own, as `gantry serve` starts it. */
export interface StationProcess {
  /** The start link of its page; it opens once. */
  readonly url: string;
  /** Ends it as an operating system does: it may finish what it does. */
  stop(): Promise<void>;
  /** Ends it as a power cut does. */
  kill(): Promise<void>;
}

/** Serves a site on free ports and waits until its page can be opened. An empty folder becomes a new site. */
export async function serveStation(siteDir: string, args: readonly string[] = []): Promise<StationProcess> {
  const station = spawn(NODE, [GANTRY, 'serve', '--site', siteDir, '--create', '--json', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // Whoever serves a station and ends early leaves none behind.
  const endWithUs = (): void => void station.kill('SIGTERM');
  process.once('exit', endWithUs);
  station.once('exit', () => process.off('exit', endWithUs));
  try {
    const { url } = await firstDocument(station);
    return { url, stop: () => end(station, 'SIGTERM'), kill: () => end(station, 'SIGKILL') };
  } catch (error) {
    await end(station, 'SIGKILL');
    throw error;
  }
}

/** Runs one `gantry` command to its end and returns the document that `--json` prints. Throws when it does not exit with 0. */
export async function runGantry(args: readonly string[]): Promise<unknown> {
  const command = spawn(NODE, [GANTRY, ...args, '--json'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err] = [textOf(command.stdout), textOf(command.stderr)];
  await once(command, 'close');
  if (command.exitCode !== 0)
    throw new Error(`gantry ${args.join(' ')} ended with ${String(command.exitCode)}:\n${await out}${await err}`);
  return JSON.parse(await out);
}

/** Options of `gantry serve` for a new site that must not meet another station on this machine. */
export async function freeDevicePorts(): Promise<string[]> {
  const servers = [createServer(), createServer()];
  const ports = await Promise.all(
    servers.map(async (server) => {
      server.listen({ host: '127.0.0.1', port: 0 });
      await once(server, 'listening');
      return (server.address() as AddressInfo).port;
    }),
  );
  for (const server of servers) server.close();
  return ['--device-port', String(ports[0]), '--mqtt-port', String(ports[1])];
}

const Served = z.object({ url: z.url() });

/** `gantry serve --json` prints one document, once the page can be opened. */
async function firstDocument(station: ChildProcess): Promise<z.infer<typeof Served>> {
  if (station.stdout === null) throw new Error('the station has no output');
  const timer = setTimeout(() => station.kill('SIGKILL'), START_LIMIT_MS);
  try {
    let text = '';
    for await (const line of createInterface({ input: station.stdout })) {
      text += line;
      const parsed = parseJson(text);
      const served = Served.safeParse(parsed);
      if (served.success) return served.data;
      if (parsed !== null) break;
    }
    throw new Error(`the station ended before it served: ${text}`);
  } finally {
    clearTimeout(timer);
    station.stdout.resume();
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The document may span lines; more follow.
    return null;
  }
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}

async function end(station: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (station.exitCode !== null || station.signalCode !== null) return;
  const exited = once(station, 'exit');
  station.kill(signal);
  const timer = setTimeout(() => station.kill('SIGKILL'), STOP_LIMIT_MS);
  await exited;
  clearTimeout(timer);
}
