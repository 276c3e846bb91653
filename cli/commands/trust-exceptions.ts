import { Option, type Command } from 'commander';
import { Channel } from '#contracts/bundle.ts';
import type { PinnedPrevious, TrustException, UpdatePreview } from '#contracts/trust.ts';
import { AppError, assertNever, toIsoUtc } from '#core/base/index.ts';
import { subjectOf } from '#core/trust/index.ts';
import { withSite } from '../compose.ts';
import type { CliIo } from '../output/index.ts';
import { printable } from '../output/print-findings.ts';
import { changeSite, firstLine, onSite, openMedium, tell, type SiteOptions } from './trust-options.ts';

/** The parts of `gantry trust` where one administrator asks and a second one approves, and the alarm that a person has looked at. */
export function registerExceptions(trust: Command, io: CliIo): void {
  registerExpiry(trust, io);
  registerDowngrade(trust, io);
  registerTimeReset(trust, io);
  registerApproval(trust, io);
  registerAcknowledge(trust, io);
}

function registerExpiry(trust: Command, io: CliIo): void {
  onSite(
    trust
      .command('request-exception')
      .description('Ask to let an expired timestamp pass once; a second administrator must approve'),
  )
    .argument('<source>', 'stick or folder with the trust repository')
    .requiredOption('--reason <text>', 'why no newer one can be had')
    .action(async (source: string, options: SiteOptions & { reason: string }) => {
      const medium = await openMedium(source);
      const { reason } = options;
      const exception = await withSite(options.site, io, async ({ services, person }) => {
        const { timestampDigest, expiredAt } = await expiredTimestamp(() => services.trust.previewUpdate(medium));
        return services.trust.requestException({ timestampDigest, expiredAt, reason }, person);
      });
      tell({ exception }, waitingText(exception), options, io);
    });
}

function registerDowngrade(trust: Command, io: CliIo): void {
  onSite(
    trust
      .command('request-downgrade')
      .description(
        'Ask to go back to the version that was accepted before the newest, and to no other; without a model, show which can go back',
      ),
  )
    .option('--model <name>', 'the model, as `gantry trust request-downgrade` lists it')
    .addOption(new Option('--channel <channel>', 'its channel').choices(Channel.options))
    .option('--reason <text>', 'why; kept in the records')
    .action(async (options: SiteOptions & { model?: string; channel?: Channel; reason?: string }) => {
      const { model, channel, reason } = options;
      if (model === undefined && channel === undefined && reason === undefined) {
        const previous = await withSite(options.site, io, ({ services }) =>
          Promise.resolve(services.trust.previousVersions()),
        );
        tell({ previous }, previousText(previous), options, io);
        return;
      }
      if (model === undefined || channel === undefined || reason === undefined)
        throw new AppError('USAGE_INVALID', 'a request needs --model, --channel and --reason');
      const exception = await changeSite(options, io, ({ services, person }) =>
        services.trust.requestDowngrade({ model, channel, reason }, person),
      );
      tell({ exception }, waitingText(exception), options, io);
    });
}

function registerTimeReset(trust: Command, io: CliIo): void {
  onSite(
    trust
      .command('reset-time')
      .description(
        'Ask to set the newest signed time back, when a witness was wrong or lied. A second administrator must approve; then it happens at once',
      ),
  )
    .requiredOption('--to <time>', 'a time that has surely passed, for example 2026-11-21T00:00:00Z')
    .requiredOption('--reason <text>', 'who was wrong, and how you know; kept in the records')
    .action(async (options: SiteOptions & { to: string; reason: string }) => {
      const to = Date.parse(options.to);
      if (!Number.isSafeInteger(to) || !/(?:Z|[+-]\d\d:\d\d)$/.test(options.to))
        throw new AppError('USAGE_INVALID', '--to is a time with its zone, for example 2026-11-21T00:00:00Z');
      const { reason } = options;
      const exception = await changeSite(options, io, ({ services, person }) =>
        services.trust.requestTimeReset({ to, reason }, person),
      );
      tell({ exception }, waitingText(exception), options, io);
    });
}

interface ApprovalOptions extends SiteOptions {
  readonly id: string;
  readonly subject?: string;
  readonly timestamp?: string;
  readonly name: string;
  readonly proofFile: string;
}

function registerApproval(trust: Command, io: CliIo): void {
  onSite(
    trust
      .command('approve-exception')
      .description('Approve as the second administrator, with a passphrase of your own'),
  )
    .requiredOption('--id <id>', 'the exception')
    .option('--subject <text>', 'what you looked at: digest of the timestamp, digest of the bundle, or the time')
    .option('--timestamp <hex>', 'the same as --subject, for an expired timestamp')
    .requiredOption('--name <text>', 'your name')
    .requiredOption('--proof-file <file>', 'file whose first line is your passphrase')
    .action(async (options: ApprovalOptions) => {
      const { id, name, proofFile } = options;
      const subject = options.subject ?? options.timestamp;
      if (subject === undefined) throw new AppError('USAGE_INVALID', 'name what you looked at: --subject');
      const passphrase = await firstLine(proofFile);
      const exception = await withSite(options.site, io, ({ services }) =>
        services.trust.approveException({ id, subject, name, passphrase }),
      );
      tell({ exception }, `Approved by ${printable(name)}. ${approvedText(exception)}`, options, io);
    });
}

function registerAcknowledge(trust: Command, io: CliIo): void {
  onSite(
    trust
      .command('acknowledge')
      .description(
        'Say that you looked at the alarm about a restored copy; without a reason, show the alarm. What was accepted stays the floor',
      ),
  )
    .option('--reason <text>', 'what you found; kept in the records')
    .action(async (options: SiteOptions & { reason?: string }) => {
      const { reason } = options;
      const alarm = await changeSite(options, io, ({ services, person }) => {
        const open = services.trust.storesAlarm();
        if (reason !== undefined) services.trust.acknowledgeStores(reason, person);
        return open;
      });
      const about =
        alarm === null ? 'No alarm is open.' : `${alarm.detail} Since ${toIsoUtc(alarm.at)} (${alarm.state}).`;
      const text = reason === undefined || alarm === null ? about : `${about}\nAcknowledged; the record names you.`;
      tell({ alarm, acknowledged: alarm !== null && reason !== undefined }, text, options, io);
    });
}

function waitingText(exception: TrustException): string {
  return [
    `Exception ${exception.id} waits for a second administrator until ${toIsoUtc(exception.validUntil)}.`,
    aboutText(exception),
    `They approve with: gantry trust approve-exception --id ${exception.id} --subject ${subjectOf(exception)}`,
  ].join('\n');
}

function aboutText(exception: TrustException): string {
  switch (exception.kind) {
    case 'expired-timestamp':
      return `Timestamp ${exception.timestampDigest}, expired ${toIsoUtc(exception.expiredAt)}`;
    case 'downgrade': {
      const { model, channel, from, to } = exception;
      return `${model} (${channel}): from sequence ${String(from.sequence)} back to ${String(to.sequence)}, ${to.digest}`;
    }
    case 'time-reset':
      return `Newest signed time: ${exception.from === null ? 'none' : toIsoUtc(exception.from)} back to ${toIsoUtc(exception.to)}`;
    default:
      return assertNever(exception, 'kind of exception');
  }
}

function approvedText(exception: TrustException): string {
  const until = toIsoUtc(exception.validUntil);
  switch (exception.kind) {
    case 'expired-timestamp':
      return `It serves one update until ${until}.`;
    case 'downgrade':
      return `Exactly this bundle may be imported and rolled out until ${until}.`;
    case 'time-reset':
      return `The newest signed time is ${toIsoUtc(exception.to)} now. Gateways hear of it with their next document.`;
    default:
      return assertNever(exception, 'kind of exception');
  }
}

function previousText(previous: readonly PinnedPrevious[]): string {
  if (previous.length === 0) return 'No model has a way back: none was accepted twice.';
  return previous
    .map(
      ({ model, channel, newest, previous: before }) =>
        `${model} (${channel}): ${String(newest.sequence)} is the newest, ${String(before.sequence)} before it, ${before.digest}`,
    )
    .join('\n');
}

/** What a refused update says about the timestamp that expired. */
async function expiredTimestamp(
  preview: () => Promise<UpdatePreview>,
): Promise<{ timestampDigest: string; expiredAt: number }> {
  try {
    await preview();
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'TUF_EXPIRED') throw error;
    const { digest, expires } = error.details;
    if (typeof digest !== 'string' || typeof expires !== 'string') throw error;
    return { timestampDigest: digest, expiredAt: Date.parse(expires) };
  }
  throw new AppError('USAGE_INVALID', 'the timestamp of this medium has not expired: no exception is needed');
}
