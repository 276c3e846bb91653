import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { MEDIA_PATHS } from '#contracts/media.ts';
import type { TelemetryStatus } from '#contracts/telemetry.ts';
import { MIB, toIsoUtc } from '#core/base/index.ts';
import { withSite } from '../compose.ts';
import type { CliIo } from '../output/index.ts';
import { EXPORT_RECIPIENT_HELP, exportRecipients } from '../export-recipients.ts';
import { waitForJob } from '../wait-for-job.ts';

interface SiteOptions {
  readonly site: string;
  readonly json?: true;
}
interface ExportOptions extends SiteOptions {
  readonly out: string;
  readonly recipient?: readonly string[];
}

/** `gantry telemetry`. */
export function registerTelemetry(program: Command, io: CliIo): void {
  const telemetry = program.command('telemetry').description('What devices measured: the log of a site');
  telemetry
    .command('status')
    .description('How much is kept, since when, and what is missing')
    .requiredOption('--site <dir>', 'folder of the site')
    .option('--json', 'print one JSON document')
    .action((options: SiteOptions) => showStatus(options, io));
  telemetry
    .command('export')
    .description('Copy every sealed segment with a signed manifest; nothing is deleted')
    .requiredOption('--site <dir>', 'folder of the site')
    .requiredOption('--out <dir>', 'folder or stick')
    .option('--recipient <recipient...>', EXPORT_RECIPIENT_HELP)
    .option('--json', 'print one JSON document')
    .action((options: ExportOptions) => exportSegments(options, io));
}

async function showStatus({ site, json }: SiteOptions, io: CliIo): Promise<void> {
  const status = await withSite(site, io, ({ services }) => Promise.resolve(services.telemetry.status()));
  if (json === true) io.json(status);
  else io.out(statusText(status));
}

async function exportSegments({ site, out, json, recipient }: ExportOptions, io: CliIo): Promise<void> {
  const recipients = await exportRecipients(recipient);
  await mkdir(out, { recursive: true });
  const exportId = await withSite(site, io, async ({ services, person }) => {
    const volume = await services.media.openFolder(out);
    const { jobId } = await services.telemetry.export({ volumeId: volume.id, recipients }, person);
    return (await waitForJob(services.jobs, jobId, io)).subject;
  });
  const folder = join(out, MEDIA_PATHS.outbox, 'telemetry', exportId);
  if (json === true) io.json({ exportId, folder });
  else io.out(`Exported to ${folder}`);
}

function statusText({ records, points, segments, bytes, oldestAt, newestAt, gaps }: TelemetryStatus): string {
  if (oldestAt === null || newestAt === null)
    return 'No telemetry yet. It arrives by itself once a device serves a model.';
  return [
    `Requests  ${String(records)} with ${String(points)} points, in ${String(segments)} segments (${(bytes / MIB).toFixed(1)} MiB)`,
    `Range     ${toIsoUtc(oldestAt)} to ${toIsoUtc(newestAt)}`,
    gaps === 0 ? 'Gaps      none' : `Gaps      ${String(gaps)}: records that were lost; the export says which`,
  ].join('\n');
}
