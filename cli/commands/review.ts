import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { isErrorCode } from '#contracts/errors/index.ts';
import { MEDIA_PATHS } from '#contracts/media.ts';
import { AppError } from '#core/base/index.ts';
import { withSite } from '../compose.ts';
import type { CliIo } from '../output/index.ts';

interface ExportOptions {
  readonly site: string;
  readonly format: 'coco';
  readonly out: string;
  readonly json?: true;
}

const POLL_MS = 50;

/** `gantry review`. */
export function registerReview(program: Command, io: CliIo): void {
  program
    .command('review')
    .description('Labelled samples of a site')
    .command('export')
    .description('Write accepted samples with their labels; the same samples give the same bytes')
    .requiredOption('--site <dir>', 'folder of the site')
    .addOption(new Option('--format <format>', 'annotation format').choices(['coco']).makeOptionMandatory())
    .requiredOption('--out <dir>', 'folder or stick')
    .option('--json', 'print one JSON document')
    .action(async (options: ExportOptions) => {
      const exportId = await exportTo(options, io);
      const folder = join(options.out, MEDIA_PATHS.outbox, 'review', exportId);
      if (options.json === true) io.json({ exportId, folder, format: options.format });
      else io.out(`Exported to ${folder}`);
    });
}

async function exportTo(options: ExportOptions, io: CliIo): Promise<string> {
  await mkdir(options.out, { recursive: true });
  return withSite(options.site, io, async ({ services, person }) => {
    const volume = await services.media.openFolder(options.out);
    const { jobId } = await services.review.export({ format: options.format, volumeId: volume.id }, person);
    for (;;) {
      const job = services.jobs.get(jobId);
      if (job?.progress !== undefined) io.progress(job.progress);
      if (job?.state === 'done') return job.subject;
      if (job?.state === 'failed' || job?.state === 'cancelled') {
        const { code = 'INTERNAL', message = 'the export was cancelled', details = {} } = job.error ?? {};
        throw new AppError(isErrorCode(code) ? code : 'INTERNAL', message, { jobId, cause: JSON.stringify(details) });
      }
      await io.clock.sleep(POLL_MS);
    }
  });
}
