import { join } from 'node:path';
import type { Command } from 'commander';
import { MEDIA_PATHS } from '#contracts/media.ts';
import { OutboxKind, RECEIPT_FILES } from '#contracts/outbox.ts';
import { AppError, toIsoUtc } from '#core/base/index.ts';
import { makeTargetFolder } from '#native/media/index.ts';
import { withSite, type OpenSite } from '../compose.ts';
import type { CliIo } from '../output/index.ts';
import { withStickAt } from '../stick-at.ts';
import { waitForJob } from '../wait-for-job.ts';

interface SiteOptions {
  readonly site: string;
  readonly json?: true;
}
interface ListOptions extends SiteOptions {
  readonly on?: string;
}
interface WriteOptions extends SiteOptions {
  readonly to: string;
  readonly kind?: readonly string[];
}

/** `gantry outbox`. */
export function registerOutbox(program: Command, io: CliIo): void {
  const outbox = program.command('outbox').description('What leaves the plant on a stick');
  outbox
    .command('list')
    .description('What waits to leave, and when it left last')
    .requiredOption('--site <dir>', 'folder of the site')
    .option('--on <dir>', 'what lies in the outbox of this stick or folder instead')
    .option('--json', 'print one JSON document')
    .action((options: ListOptions) => (options.on === undefined ? list(options, io) : listOn(options.on, options, io)));
  outbox
    .command('write')
    .description('Write it to a stick. Foreign files are never touched; every file is read back')
    .requiredOption('--site <dir>', 'folder of the site')
    .requiredOption('--to <dir>', 'stick or folder')
    .option('--kind <kind...>', `${OutboxKind.options.join(', ')}; everything that is not empty when absent`)
    .option('--json', 'print one JSON document')
    .action((options: WriteOptions) => write(options, io));
  outbox
    .command('receipt')
    .description('Write the signed inventory of the site, for gantry media write --against')
    .requiredOption('--site <dir>', 'folder of the site')
    .requiredOption('--to <dir>', 'stick or folder')
    .option('--json', 'print one JSON document')
    .action((options: WriteOptions) => write({ ...options, kind: ['receipt'] }, io));
}

async function list({ site, json }: SiteOptions, io: CliIo): Promise<void> {
  const items = await withSite(site, io, ({ services }) => services.outbox.list());
  if (json === true) {
    io.json({ items });
    return;
  }
  for (const { kind, count, sizeBytes, lastWrittenAt } of items) {
    const size = sizeBytes === null ? '' : `, ${String(sizeBytes)} bytes`;
    const last = lastWrittenAt === null ? 'never written' : `last written ${toIsoUtc(lastWrittenAt)}`;
    io.out(`${kind.padEnd(10)} ${String(count)}${size}; ${last}`);
  }
}

async function listOn(dir: string, { site, json }: SiteOptions, io: CliIo): Promise<void> {
  const entries = await withSite(site, io, ({ services }) =>
    withStickAt(services, dir, (volumeId) => services.outbox.onVolume(volumeId)),
  );
  if (json === true) {
    io.json({ entries });
    return;
  }
  if (entries.length === 0) io.out('The outbox of this medium is empty');
  for (const { kind, id, files, sizeBytes } of entries)
    io.out(`${kind.padEnd(10)} ${id}: ${String(files)} files, ${String(sizeBytes)} bytes`);
}

async function write({ site, to, kind, json }: WriteOptions, io: CliIo): Promise<void> {
  const wanted = kind?.map(kindOf);
  await makeTargetFolder(to);
  const written = await withSite(site, io, (open) =>
    withStickAt(open.services, to, (volumeId) => writeKinds(open, { volumeId, wanted, to }, io)),
  );
  if (json === true) io.json({ written });
  else for (const item of written) io.out(`${item.kind.padEnd(10)} ${item.receipt ?? item.folder}`);
}

interface WriteWish {
  readonly volumeId: string;
  readonly wanted: readonly OutboxKind[] | undefined;
  readonly to: string;
}

async function writeKinds({ services, person }: OpenSite, { volumeId, wanted, to }: WriteWish, io: CliIo) {
  // Jobs come in the order of the list, whatever the order of the flags was.
  const kinds = (await services.outbox.list())
    .filter(({ kind, count }) => wanted?.includes(kind) ?? count > 0)
    .map(({ kind }) => kind);
  if (kinds.length === 0) throw new AppError('EXPORT_EMPTY', 'nothing waits to leave', {});
  const { jobIds } = await services.outbox.write({ volumeId, kinds }, person);
  const done = [];
  for (const jobId of jobIds) done.push(await waitForJob(services.jobs, jobId, io));
  return done.map((job, index) => {
    const kind = kinds[index] ?? job.kind;
    const all = join(to, MEDIA_PATHS.outbox, kind);
    const folder = join(all, job.subject);
    return {
      kind,
      folder: kind === 'review' ? all : folder,
      ...(kind === 'receipt' ? { receipt: join(folder, RECEIPT_FILES.signed) } : {}),
    };
  });
}

function kindOf(text: string): OutboxKind {
  const parsed = OutboxKind.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new AppError('USAGE_INVALID', `--kind is one of ${OutboxKind.options.join(', ')}, not ${text}`, { kind: text });
}
