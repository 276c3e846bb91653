import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SiteNetwork } from '#native/site-folder/index.ts';
import { aBundleSpec, writeSpecFiles } from '#test/support/bundles.ts';

const BIN = join(import.meta.dirname, '..', '..', '..', 'cli', 'bin.mjs');

/** How one run of the command line ended. */
export interface Ran {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
  /** Standard output as the one JSON document that it must be. */
  json(): Record<string, unknown>;
}

/** Runs the real program in a process of its own. */
export function gantry(...args: readonly string[]): Promise<Ran> {
  const child = spawn(process.execPath, [BIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, GANTRY_PASSPHRASE: undefined, GANTRY_PASSPHRASE_FILE: undefined, NO_COLOR: '1' },
  });
  const text = { out: '', err: '' };
  child.stdout.on('data', (bytes: Buffer) => (text.out += bytes.toString('utf8')));
  child.stderr.on('data', (bytes: Buffer) => (text.err += bytes.toString('utf8')));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => {
      resolve({ status, ...text, json: () => JSON.parse(text.out) as Record<string, unknown> });
    });
  });
}

/** Writes the specification of the test bundle beside its files; YAML, of which JSON is a part. */
export async function writeSpec(dir: string, change: Parameters<typeof aBundleSpec>[0] = {}): Promise<string> {
  await writeSpecFiles(dir);
  const path = join(dir, 'spec.yaml');
  await writeFile(path, JSON.stringify(aBundleSpec(change)));
  return path;
}

/** Gives a site device ports that nothing else on this machine uses: other suites run stations at the same time. */
export async function giveFreePorts(siteDir: string): Promise<void> {
  const [devicePort, mqttPort] = await Promise.all([freePort(), freePort()]);
  const network: SiteNetwork = { host: '127.0.0.1', devicePort, mqttPort };
  await writeFile(join(siteDir, 'network.json'), JSON.stringify(network));
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('no port'));
        else resolve(address.port);
      });
    });
  });
}
