import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { MEDIA_PATHS } from '#contracts/media.ts';
import { withSite } from '../compose.ts';
import { EXPORT_RECIPIENT_HELP, exportRecipients } from '../export-recipients.ts';
import type { CliIo } from '../output/index.ts';
import { waitForJob } from '../wait-for-job.ts';

interface ExportOptions {
  readonly site: string;
  readonly format: 'coco';
  readonly out: string;
  readonly recipient?: readonly string[];
  readonly json?: true;
}

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
    .option('--recipient <recipient...>', EXPORT_RECIPIENT_HELP)
    .option('--json', 'print one JSON document')
    .action(async (options: ExportOptions) => {
      const exportId = await exportTo(options, io);
      const folder = join(options.out, MEDIA_PATHS.outbox, 'review', exportId);
      if (options.json === true) io.json({ exportId, folder, format: options.format });
      else io.out(`Exported to ${folder}`);
    });
}

async function exportTo(options: ExportOptions, io: CliIo): Promise<string> {
  const recipients = await exportRecipients(options.recipient);
  await mkdir(options.out, { recursive: true });
  return withSite(options.site, io, async ({ services, person }) => {
    const volume = await services.media.openFolder(options.out);
    const { jobId } = await services.review.export({ format: options.format, volumeId: volume.id, recipients }, person);
    return (await waitForJob(services.jobs, jobId, io)).subject;
  });
}
