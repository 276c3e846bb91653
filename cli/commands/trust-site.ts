import { readFile } from 'node:fs/promises';
import { Option, type Command } from 'commander';
import { Channel } from '#contracts/bundle.ts';
import type { RootView, UpdatePreview } from '#contracts/trust.ts';
import { AppError, toIsoUtc } from '#core/base/index.ts';
import type { VolumeReader } from '#core/media/ports.ts';
import { nodeFolderOpener, nodeMediaAccess } from '#native/media/index.ts';
import { readPlainFile } from '#native/oci/index.ts';
import { withSite, type OpenSite } from '../compose.ts';
import type { CliIo } from '../output/index.ts';
import { printable } from '../output/print-findings.ts';

interface SiteOptions {
  readonly site: string;
  readonly json?: true;
}
const TRUSTED_ROOT_LIMIT = 1_000_000;

/** The parts of `gantry trust` that change keys, identities, the trusted root and the trust repository of a site. */
export function registerTrustSite(trust: Command, io: CliIo): void {
  registerRemovals(trust, io);
  registerIdentity(trust, io);
  registerRepository(trust, io);
  registerException(trust, io);
}

function onSite(command: Command): Command {
  return command.requiredOption('--site <dir>', 'folder of the site').option('--json', 'print one JSON document');
}

function registerRemovals(trust: Command, io: CliIo): void {
  onSite(trust.command('remove-key').description('Stop trusting a key. What was accepted under it keeps serving'))
    .requiredOption('--key-id <hex>', 'id of the key, as `gantry trust show` prints it')
    .requiredOption('--reason <text>', 'why; kept in the records')
    .action(async (options: SiteOptions & { keyId: string; reason: string }) => {
      const { keyId, reason } = options;
      const { version } = await change(options, io, ({ services, person }) =>
        services.trust.removeKey({ keyId, reason }, person),
      );
      tell({ keyId, version }, `Key ${keyId} is not trusted any more. Accepted bundles keep serving.`, options, io);
    });
  onSite(trust.command('remove-identity').description('Stop trusting a certificate identity'))
    .requiredOption('--name <text>', 'its name')
    .requiredOption('--reason <text>', 'why; kept in the records')
    .action(async (options: SiteOptions & { name: string; reason: string }) => {
      const { name, reason } = options;
      const { version } = await change(options, io, ({ services, person }) =>
        services.trust.removeIdentity({ name, reason }, person),
      );
      tell(
        { name, version },
        `${printable(name)} is not trusted any more. Accepted bundles keep serving.`,
        options,
        io,
      );
    });
}

interface IdentityOptions extends SiteOptions {
  readonly name: string;
  readonly issuer: string;
  readonly subject: string;
  readonly sourceRepository?: string;
  readonly sourceRef?: string;
  readonly channel: readonly Channel[];
}

function registerIdentity(trust: Command, io: CliIo): void {
  onSite(trust.command('add-identity').description('Trust a certificate identity; every field is compared exactly'))
    .requiredOption('--name <text>', 'name that people know it by')
    .requiredOption('--issuer <url>', 'who vouches for it')
    .requiredOption('--subject <text>', 'subject alternative name of the certificate')
    .option('--source-repository <uri>', 'source repository that the certificate must state')
    .option('--source-ref <ref>', 'source ref that the certificate must state')
    .addOption(
      new Option('--channel <channel...>', 'channels that it may sign for')
        .choices(Channel.options)
        .makeOptionMandatory(),
    )
    .action(async (options: IdentityOptions) => {
      const { name, issuer, subject, sourceRepository, sourceRef } = options;
      const channels = Channel.options.filter((channel) => options.channel.includes(channel));
      const extensions = {
        ...(sourceRepository === undefined ? {} : { sourceRepositoryUri: sourceRepository }),
        ...(sourceRef === undefined ? {} : { sourceRepositoryRef: sourceRef }),
      };
      const { version } = await change(options, io, ({ services, person }) =>
        services.trust.trustIdentity({ name, issuer, subject, extensions, channels }, person),
      );
      tell({ name, version }, `${printable(name)} may now sign for ${channels.join(' and ')}.`, options, io);
    });
  onSite(trust.command('set-root').description('Replace the Sigstore trusted root by hand'))
    .argument('<file>', 'trusted root (JSON)')
    .requiredOption('--sha256 <hex>', 'its SHA-256, told by those who publish it on another way')
    .action(async (file: string, options: SiteOptions & { sha256: string }) => {
      const text = new TextDecoder('utf-8', { fatal: true }).decode(await readPlainFile(file, TRUSTED_ROOT_LIMIT));
      const { version } = await change(options, io, ({ services, person }) =>
        services.trust.setTrustedRoot({ text, sha256: options.sha256 }, person),
      );
      tell({ version }, 'The trusted root is replaced. The change is recorded.', options, io);
    });
}

function registerRepository(trust: Command, io: CliIo): void {
  onSite(
    trust.command('init-root').description('Pin the first root of a trust repository, after comparing its fingerprint'),
  )
    .argument('<source>', 'stick or folder with the trust repository')
    .option(
      '--fingerprint <hex>',
      'the fingerprint as the keyholders told it on another way; without it, it is only shown',
    )
    .action(async (source: string, options: SiteOptions & { fingerprint?: string }) => {
      const medium = await openMedium(source);
      const { fingerprint } = options;
      const root = await withSite(options.site, io, async ({ services, person }) =>
        fingerprint === undefined
          ? await services.trust.readRoot(medium)
          : (await services.trust.pinRoot(medium, fingerprint, person)).root,
      );
      tell({ root, pinned: fingerprint !== undefined }, rootText(root, fingerprint !== undefined), options, io);
    });
  onSite(trust.command('update').description('Take the newest state of the trust repository from a medium'))
    .argument('<source>', 'stick or folder with the trust repository')
    .option('--dry-run', 'check everything, show what would change, write nothing')
    .action(async (source: string, options: SiteOptions & { dryRun?: true }) => {
      const medium = await openMedium(source);
      const preview = await withSite(options.site, io, ({ services, person }) =>
        options.dryRun === true ? services.trust.previewUpdate(medium) : services.trust.update(medium, person),
      );
      tell({ preview, written: options.dryRun !== true }, updateText(preview, options.dryRun === true), options, io);
    });
}

function registerException(trust: Command, io: CliIo): void {
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
      tell(
        { exception },
        `Exception ${exception.id} waits for a second administrator until ${toIsoUtc(exception.validUntil)}.\nTimestamp ${exception.timestampDigest}`,
        options,
        io,
      );
    });
  onSite(
    trust
      .command('approve-exception')
      .description('Approve as the second administrator, with a passphrase of your own'),
  )
    .requiredOption('--id <id>', 'the exception')
    .requiredOption('--timestamp <hex>', 'digest of the timestamp that you looked at')
    .requiredOption('--name <text>', 'your name')
    .requiredOption('--proof-file <file>', 'file whose first line is your passphrase')
    .action(async (options: SiteOptions & { id: string; timestamp: string; name: string; proofFile: string }) => {
      const { id, timestamp, name, proofFile } = options;
      const passphrase = await firstLine(proofFile);
      const exception = await withSite(options.site, io, ({ services }) =>
        services.trust.approveException({ id, timestampDigest: timestamp, name, passphrase }),
      );
      tell(
        { exception },
        `Approved by ${printable(name)} until ${toIsoUtc(exception.validUntil)}. It serves one update.`,
        options,
        io,
      );
    });
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

export async function firstLine(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).split(/\r?\n/, 1)[0] ?? '';
  } catch (cause) {
    throw new AppError('USAGE_INVALID', `${path} cannot be read`, { path }, { cause });
  }
}

async function openMedium(source: string): Promise<VolumeReader> {
  return nodeMediaAccess.reader(await nodeFolderOpener.open(source));
}

function change<T>(options: SiteOptions, io: CliIo, work: (site: OpenSite) => T): Promise<T> {
  return withSite(options.site, io, (site) => Promise.resolve().then(() => work(site)));
}

function tell(json: Record<string, unknown>, text: string, options: SiteOptions, io: CliIo): void {
  if (options.json === true) io.json(json);
  else io.out(text);
}

function rootText(root: RootView, isPinned: boolean): string {
  const grouped = root.fingerprint.replaceAll(/(.{8})(?=.)/g, '$1 ');
  const facts = `Root ${String(root.version)}, ${String(root.threshold)} of ${String(root.keyIds.length)} keys, until ${toIsoUtc(root.expires)}\nFingerprint ${grouped}`;
  return isPinned
    ? `${facts}\nPinned and recorded. Now: gantry trust update`
    : `${facts}\nNothing is pinned yet. Compare it with the keyholders on another way, then repeat with --fingerprint.`;
}

function updateText(preview: UpdatePreview, isDry: boolean): string {
  const names = (keys: UpdatePreview['addedKeys']): string =>
    keys.map((key) => `${printable(key.name)} (${key.keyId.slice(0, 16)})`).join(', ');
  return [
    `Root ${String(preview.from.root)} → ${String(preview.root.version)}, timestamp ${String(preview.versions.timestamp)}, until ${toIsoUtc(preview.expires.timestamp)}`,
    ...(preview.addedKeys.length > 0 ? [`  + keys        ${names(preview.addedKeys)}`] : []),
    ...(preview.removedKeys.length > 0 ? [`  − keys        ${names(preview.removedKeys)}`] : []),
    ...preview.addedIdentities.map((name) => `  + identity    ${printable(name)}`),
    ...preview.removedIdentities.map((name) => `  − identity    ${printable(name)}`),
    ...(preview.trustedRootChanges ? ['  trusted root  replaced'] : []),
    isDry ? 'Nothing was written.' : 'In force; floors are raised and the change is recorded.',
  ].join('\n');
}
