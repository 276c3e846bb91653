import type { Command } from 'commander';
import { AppError, type Clock, type IdSource } from '#core/base/index.ts';
import type { CliIo } from '#cli/output/index.ts';
import { startPlainMirror, type PlainMirror } from '#native/device-port/index.ts';
import { folderBlobStore } from '#native/fs/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { openSiteFolder } from '#native/site-folder/index.ts';
import { openStationStore } from '#native/sqlite/index.ts';
import type { StoredJudgement } from '#core/verification/index.ts';
import { createBundleService } from '#station/bundles/create-bundle-service.ts';
import { createMirrorCatalogue } from '#station/mirror/create-mirror-catalogue.ts';

/** `gantry mirror`: the registry of a site without its station. */
export function registerMirror(program: Command, io: CliIo): void {
  const mirror = program.command('mirror').description('the OCI mirror of a site');
  mirror
    .command('serve')
    .description(
      'serve the mirror alone, read-only, as plain HTTP on this machine (for skopeo, oras and other registry clients)',
    )
    .requiredOption('--site <dir>', 'folder of the site')
    .option('--port <n>', 'port on 127.0.0.1; 0 takes a free one', '5000')
    .option('--json', 'print one JSON document')
    .action(async (options: { site: string; port: string; json?: boolean }) => {
      const served = await serveMirror(options.site, readPort(options.port), io);
      try {
        const url = `http://127.0.0.1:${String(served.port)}`;
        if (options.json === true) io.json({ url, repositories: await served.repositories() });
        else io.out(`The mirror answers at ${url}/v2/ for programs on this machine. It is read-only. Ctrl+C ends it.`);
        await untilEnded();
      } finally {
        await served.close();
      }
    });
}

interface ServedMirror {
  readonly port: number;
  repositories(): Promise<string[]>;
  close(): Promise<void>;
}

/** A mirror gives content out; what may be deployed is decided where rollouts are planned. */
const NOT_ASKED = (): StoredJudgement => ({ findings: [], contract: null });

/** SITE_LOCKED while a station runs on this site: that station serves the mirror itself. */
async function serveMirror(
  siteDir: string,
  port: number,
  { clock, ids }: { clock: Clock; ids: IdSource },
): Promise<ServedMirror> {
  // The mirror opens no key, so it needs no passphrase.
  const { paths } = await openSiteFolder(siteDir, '');
  const store = openStationStore({ path: paths.database, clock, ids, hasher: nodeHasher });
  try {
    const blobs = await folderBlobStore(paths.store);
    const { service: bundles } = createBundleService({ store, blobs, standingOf: NOT_ASKED });
    const catalogue = createMirrorCatalogue({ bundles, blobs, clock });
    const listening: PlainMirror = await startPlainMirror({ catalogue, blobs, port });
    return {
      port: listening.port,
      repositories: () => catalogue.repositories(),
      close: async () => {
        await listening.close();
        store.close();
      },
    };
  } catch (error) {
    store.close();
    throw error;
  }
}

function readPort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new AppError('USAGE_INVALID', `--port must be a number from 0 to 65535, it is ${text}`, { port: text });
  return port;
}

function untilEnded(): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      process.off('SIGINT', end);
      process.off('SIGTERM', end);
      resolve();
    };
    process.on('SIGINT', end);
    process.on('SIGTERM', end);
  });
}
