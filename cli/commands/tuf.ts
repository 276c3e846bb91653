import type { Command } from 'commander';
import { AppError } from '#core/base/index.ts';
import {
  downloadTargets,
  initFolderClient,
  readRootFile,
  refreshFolderClient,
  urlRepositoryFiles,
} from '#native/tuf/index.ts';
import type { CliIo } from '../output/index.ts';

interface ClientFlags {
  readonly metadataDir: string;
  readonly metadataUrl?: string;
}
interface DownloadFlags extends ClientFlags {
  readonly targetName: readonly string[];
  readonly targetBaseUrl: string;
  readonly targetDir: string;
}

const PROTOCOL = `
This is the client protocol of the tuf-conformance suite. It is the one command of Gantry that fetches from addresses.
A site reads its trust repository from a medium: see gantry trust update --help`;

/** `gantry tuf`: the client protocol of the tuf-conformance suite. */
export function registerTuf(program: Command, io: CliIo): void {
  const tuf = program
    .command('tuf')
    .description('A TUF client: trust a root, refresh metadata, download targets')
    .requiredOption('--metadata-dir <dir>', 'where this client keeps its trusted metadata')
    .option('--metadata-url <url>', 'address of the metadata of the repository')
    .addHelpText('after', PROTOCOL);
  tuf
    .command('init')
    .description('Trust this root')
    .argument('<root>', 'root metadata (JSON)')
    .action(async (root: string, _flags: unknown, command: Command) => {
      await initFolderClient(command.optsWithGlobals<ClientFlags>(), await readRootFile(root));
    });
  tuf
    .command('refresh')
    .description('Bring the metadata up to date')
    .action(async (_flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ClientFlags>();
      await refreshFolderClient({ ...flags, now: io.clock.now() }, filesOf(flags, null));
    });
  tuf
    .command('download')
    .description('Refresh, then download targets')
    .requiredOption('--target-name <name...>', 'names of the targets')
    .requiredOption('--target-base-url <url>', 'address of the folder of targets')
    .requiredOption('--target-dir <dir>', 'where the targets go')
    .action(async (_flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<DownloadFlags>();
      const paths = await downloadTargets({ ...flags, now: io.clock.now() }, filesOf(flags, flags.targetBaseUrl), {
        names: flags.targetName,
        dir: flags.targetDir,
      });
      for (const path of paths) io.out(path);
    });
}

function filesOf({ metadataUrl }: ClientFlags, targetsUrl: string | null): ReturnType<typeof urlRepositoryFiles> {
  if (metadataUrl === undefined) throw new AppError('USAGE_INVALID', 'say --metadata-url, the address of the metadata');
  return urlRepositoryFiles({ metadataUrl, targetsUrl });
}
