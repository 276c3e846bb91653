import type { Command } from 'commander';
import { AppError, isAppError } from '#core/base/index.ts';
import {
  downloadTargets,
  initFolderClient,
  readRootFile,
  refreshFolderClient,
  urlRepositoryFiles,
} from '#native/tuf/index.ts';
import type { CliIo } from '../output/index.ts';
import { ProtocolFailure } from '../output/report-error.ts';

interface ClientFlags {
  readonly metadataDir: string;
  readonly metadataUrl?: string;
}
interface DownloadFlags extends ClientFlags {
  readonly targetName?: readonly string[];
  readonly targetBaseUrl?: string;
  readonly targetDir?: string;
}

const PROTOCOL = `
This is the client protocol of the tuf-conformance suite: options may stand before or after the verb, and every
failure ends with exit code 1. It is the one command of Gantry that fetches from addresses.
A site reads its trust repository from a medium: see gantry trust update --help`;

/** `gantry tuf`: the client protocol of the tuf-conformance suite. */
export function registerTuf(program: Command, io: CliIo): void {
  const tuf = withTargetOptions(
    program
      .command('tuf')
      .description('A TUF client: trust a root, refresh metadata, download targets')
      .requiredOption('--metadata-dir <dir>', 'where this client keeps its trusted metadata')
      .option('--metadata-url <url>', 'address of the metadata of the repository'),
  ).addHelpText('after', PROTOCOL);
  tuf
    .command('init')
    .description('Trust this root')
    .argument('<root>', 'root metadata (JSON)')
    .action((root: string, _flags: unknown, command: Command) =>
      inProtocol(async () => initFolderClient(command.optsWithGlobals<ClientFlags>(), await readRootFile(root))),
    );
  tuf
    .command('refresh')
    .description('Bring the metadata up to date')
    .action((_flags: unknown, command: Command) =>
      inProtocol(() => {
        const flags = command.optsWithGlobals<ClientFlags>();
        return refreshFolderClient({ ...flags, now: io.clock.now() }, filesOf(flags, null));
      }),
    );
  withTargetOptions(tuf.command('download').description('Refresh, then download targets')).action(
    (_flags: unknown, command: Command) =>
      inProtocol(async () => {
        const flags = downloadFlags(command);
        const paths = await downloadTargets({ ...flags, now: io.clock.now() }, filesOf(flags, flags.targetBaseUrl), {
          names: flags.targetName,
          dir: flags.targetDir,
        });
        for (const path of paths) io.out(path);
      }),
  );
}

/** The suite names the target before the verb; people name it after. */
function withTargetOptions(command: Command): Command {
  const another = (name: string, before: readonly string[] | undefined): string[] => [...(before ?? []), name];
  return command
    .option('--target-name <name>', 'name of a target; may be given several times', another)
    .option('--target-base-url <url>', 'address of the folder of targets')
    .option('--target-dir <dir>', 'where the targets go');
}

function downloadFlags(command: Command): Required<Omit<DownloadFlags, 'metadataUrl'>> & ClientFlags {
  // Named before the verb the parent has them, named after it the verb itself.
  const flags: DownloadFlags = {
    ...command.optsWithGlobals<DownloadFlags>(),
    ...command.opts<Partial<DownloadFlags>>(),
  };
  const { metadataDir, targetName, targetBaseUrl, targetDir } = flags;
  if (targetName === undefined || targetBaseUrl === undefined || targetDir === undefined)
    throw new AppError('USAGE_INVALID', 'a download needs --target-name, --target-base-url and --target-dir');
  return { ...flags, metadataDir, targetName, targetBaseUrl, targetDir };
}

/** The protocol knows two ends: 0, and 1 for whatever went wrong. Only wrong usage stays what it is everywhere. */
async function inProtocol(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (isAppError(error, 'USAGE_INVALID')) throw error;
    throw new ProtocolFailure(error);
  }
}

function filesOf({ metadataUrl }: ClientFlags, targetsUrl: string | null): ReturnType<typeof urlRepositoryFiles> {
  if (metadataUrl === undefined) throw new AppError('USAGE_INVALID', 'say --metadata-url, the address of the metadata');
  return urlRepositoryFiles({ metadataUrl, targetsUrl });
}
