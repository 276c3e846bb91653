import type { Command } from 'commander';
import { isErrorCode } from '#contracts/errors/index.ts';
import type { JobView } from '#contracts/jobs.ts';
import type { ImportView, VolumeView } from '#contracts/media.ts';
import type { Person } from '#contracts/site.ts';
import { AppError, type Digest } from '#core/base/index.ts';
import { stickFolders } from '#native/media/index.ts';
import type { StationServices } from '#station/rpc/services.ts';
import { withSite } from '../compose.ts';
import { EXIT, exitCodeOf, type CliIo, type ExitCode } from '../output/index.ts';
import { registerImportReport } from './import-report.ts';
import { printVerdict } from '../output/print-verdict.ts';

interface ImportOptions {
  readonly site: string;
  readonly bundle?: string;
  readonly accept?: true;
  readonly reason?: string;
  readonly json?: true;
}

const POLL_MS = 50;

/** `gantry import`. */
export function registerImport(program: Command, io: CliIo): void {
  const command = program
    .command('import')
    .description(
      'Verify a bundle and copy it into the site store. The same command goes on after a kill or with the next stick',
    )
    .argument(
      '<source>',
      'stick, folder with the sticks of a set, layout folder, archive of one, or model folder of MLflow',
    )
    .requiredOption('--site <dir>', 'folder of the site')
    .option('--bundle <name>', 'version, model:version or digest, when the source holds several bundles')
    .option('--accept', 'accept it when the verdict is positive')
    .option('--reason <text>', 'why it is accepted; it is recorded')
    .option('--json', 'print one JSON document')
    .action(async (source: string, options: ImportOptions) => {
      if (options.accept === true && (options.reason ?? '') === '')
        throw new AppError('USAGE_INVALID', '--accept needs a --reason: it becomes part of the record');
      const view = await withSite(options.site, io, ({ services, person }) =>
        importInto(services, person, { source, options, io }),
      );
      process.exitCode = conclude(view, options, io);
    });
  registerImportReport(command, io);
}

async function importInto(
  services: StationServices,
  person: Person,
  { source, options, io }: { source: string; options: ImportOptions; io: CliIo },
): Promise<ImportView> {
  const sticks = await stickFolders(source);
  const volumes: VolumeView[] = [];
  for (const folder of sticks.length === 0 ? [source] : sticks) volumes.push(await services.media.openFolder(folder));
  const { volumeId, bundleDigest } = choose(volumes, options.bundle, source);
  const { id } = await services.imports.start({ volumeId, bundleDigest }, person);
  const view = await settled(services, id, io);
  if (view.state !== 'awaiting-decision' || options.accept !== true) return view;
  return services.imports.accept({ importId: id, reason: options.reason ?? '' }, person);
}

function choose(
  volumes: readonly VolumeView[],
  wanted: string | undefined,
  source: string,
): { volumeId: string; bundleDigest: Digest } {
  const volume = volumes.find((candidate) => candidate.set !== null);
  if (volume?.set == null) {
    const problem = volumes[0]?.problem;
    const code = problem != null && isErrorCode(problem.code) ? problem.code : 'MEDIA_NO_SET';
    throw new AppError(code, problem?.message ?? `${source} holds neither a media set nor a layout`, { source });
  }
  const fitting = volume.set.bundles.filter(
    (bundle) =>
      wanted === undefined ||
      bundle.digest === wanted ||
      bundle.version === wanted ||
      `${bundle.model}:${bundle.version}` === wanted,
  );
  const [only] = fitting;
  if (only === undefined || fitting.length !== 1) {
    const found = volume.set.bundles.map((bundle) => `${bundle.model}:${bundle.version}`);
    throw new AppError(
      'USAGE_INVALID',
      `one bundle is needed, ${String(fitting.length)} fit; choose with --bundle one of ${found.slice(0, 20).join(', ')}`,
      { found },
    );
  }
  return { volumeId: volume.id, bundleDigest: only.digest };
}

/** Follows the import until it needs a person, a stick, or nothing more. */
async function settled(services: StationServices, importId: string, io: CliIo): Promise<ImportView> {
  for (;;) {
    const view = services.imports.get(importId);
    const job = view.jobId === null ? undefined : services.jobs.get(view.jobId);
    const isMoving =
      view.state === 'planned' ||
      view.state === 'copying' ||
      view.state === 'verifying' ||
      job?.state === 'queued' ||
      job?.state === 'running';
    if (!isMoving) return view;
    // A job that failed before it could note so in the import (the disk refused): the import waits for a retry, this command does not.
    if (job?.state === 'failed') throw failureOf(job);
    if (job?.progress !== undefined) io.progress(job.progress);
    await io.clock.sleep(POLL_MS);
  }
}

function failureOf({ error, subject }: JobView): AppError {
  const code = error !== undefined && isErrorCode(error.code) ? error.code : 'INTERNAL';
  return new AppError(code, error?.message ?? `the work on import ${subject} ended without a reason`, { subject });
}

function conclude(view: ImportView, options: ImportOptions, io: CliIo): ExitCode {
  if (options.json === true) io.json({ ...view, importId: view.id, digest: view.bundleDigest });
  else print(view, io);
  switch (view.state) {
    case 'accepted':
    case 'awaiting-decision':
      return EXIT.done;
    case 'refused':
    case 'rejected':
      return EXIT.refused;
    default:
      return view.error !== null && isErrorCode(view.error.code) ? exitCodeOf(view.error.code) : EXIT.failed;
  }
}

function print(view: ImportView, io: CliIo): void {
  if (view.verdict !== null) printVerdict(view.verdict, io);
  io.out(`\nImport ${view.id}: ${view.state}, ${String(view.copiedBytes)} of ${String(view.totalBytes)} bytes`);
  if (view.error !== null) io.out(`${view.error.code}: ${view.error.message}`);
  if (view.missingParts.length > 0)
    io.out(`Still needed: ${view.missingParts.slice(0, 20).join(', ')}. Give the next stick with the same command.`);
  if (view.state === 'awaiting-decision')
    io.out('Accept it in the Import screen, or repeat this command with --accept --reason TEXT.');
}
