import { Option, type Command } from 'commander';
import { Channel } from '#contracts/bundle.ts';
import type { RootView, UpdatePreview } from '#contracts/trust.ts';
import { toIsoUtc } from '#core/base/index.ts';
import { readPlainFile } from '#native/oci/index.ts';
import { withSite } from '../compose.ts';
import type { CliIo } from '../output/index.ts';
import { printable } from '../output/print-findings.ts';
import { registerExceptions } from './trust-exceptions.ts';
import { changeSite, onSite, openMedium, tell, type SiteOptions } from './trust-options.ts';

const TRUSTED_ROOT_LIMIT = 1_000_000;

/** The parts of `gantry trust` that change keys, identities, the trusted root and the trust repository of a site. */
export function registerTrustSite(trust: Command, io: CliIo): void {
  registerRemovals(trust, io);
  registerIdentity(trust, io);
  registerRepository(trust, io);
  registerExceptions(trust, io);
}

function registerRemovals(trust: Command, io: CliIo): void {
  onSite(trust.command('remove-key').description('Stop trusting a key. What was accepted under it keeps serving'))
    .requiredOption('--key-id <hex>', 'id of the key, as `gantry trust show` prints it')
    .requiredOption('--reason <text>', 'why; kept in the records')
    .action(async (options: SiteOptions & { keyId: string; reason: string }) => {
      const { keyId, reason } = options;
      const { version } = await changeSite(options, io, ({ services, person }) =>
        services.trust.removeKey({ keyId, reason }, person),
      );
      tell({ keyId, version }, `Key ${keyId} is not trusted any more. Accepted bundles keep serving.`, options, io);
    });
  onSite(trust.command('remove-identity').description('Stop trusting a certificate identity'))
    .requiredOption('--name <text>', 'its name')
    .requiredOption('--reason <text>', 'why; kept in the records')
    .action(async (options: SiteOptions & { name: string; reason: string }) => {
      const { name, reason } = options;
      const { version } = await changeSite(options, io, ({ services, person }) =>
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
  readonly channel: readonly Channel[];
}

/** What else a certificate can be held to, by the name of Fulcio's extension. */
const EXTENSIONS = [
  {
    key: 'sourceRepositoryUri',
    option: 'sourceRepository',
    flag: '--source-repository <uri>',
    what: 'source repository',
  },
  { key: 'sourceRepositoryRef', option: 'sourceRef', flag: '--source-ref <ref>', what: 'source ref' },
  {
    key: 'sourceRepositoryDigest',
    option: 'sourceRevision',
    flag: '--source-revision <commit>',
    what: 'source commit',
  },
  { key: 'buildSignerUri', option: 'builder', flag: '--builder <uri>', what: 'builder (build signer)' },
  { key: 'buildConfigUri', option: 'buildConfig', flag: '--build-config <uri>', what: 'build configuration' },
  { key: 'buildTrigger', option: 'buildTrigger', flag: '--build-trigger <event>', what: 'trigger of the build' },
  { key: 'runnerEnvironment', option: 'runner', flag: '--runner <kind>', what: 'runner environment' },
] as const;

function registerIdentity(trust: Command, io: CliIo): void {
  const command = onSite(
    trust.command('add-identity').description('Trust a certificate identity; every field is compared exactly'),
  )
    .requiredOption('--name <text>', 'name that people know it by')
    .requiredOption('--issuer <url>', 'who vouches for it')
    .requiredOption('--subject <text>', 'subject alternative name of the certificate');
  for (const { flag, what } of EXTENSIONS) command.option(flag, `${what} that the certificate must state`);
  command
    .addOption(
      new Option('--channel <channel...>', 'channels that it may sign for')
        .choices(Channel.options)
        .makeOptionMandatory(),
    )
    .action(async (options: IdentityOptions & Readonly<Record<string, unknown>>) => {
      const { name, issuer, subject } = options;
      const channels = Channel.options.filter((channel) => options.channel.includes(channel));
      const extensions = Object.fromEntries(
        EXTENSIONS.flatMap(({ key, option }) => {
          const value = options[option];
          return typeof value === 'string' ? [[key, value]] : [];
        }),
      );
      const { version } = await changeSite(options, io, ({ services, person }) =>
        services.trust.trustIdentity({ name, issuer, subject, extensions, channels }, person),
      );
      tell(
        { name, version },
        `${printable(name)} is trusted for ${channels.join(' and ')}. It counts where the rules demand an identity.`,
        options,
        io,
      );
    });
  onSite(trust.command('set-root').description('Replace the Sigstore trusted root by hand'))
    .argument('<file>', 'trusted root (JSON)')
    .requiredOption('--sha256 <hex>', 'its SHA-256, told by those who publish it on another way')
    .action(async (file: string, options: SiteOptions & { sha256: string }) => {
      const text = new TextDecoder('utf-8', { fatal: true }).decode(await readPlainFile(file, TRUSTED_ROOT_LIMIT));
      const { version } = await changeSite(options, io, ({ services, person }) =>
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
