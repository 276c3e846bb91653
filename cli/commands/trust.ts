import { Option, type Command } from 'commander';
import { Channel } from '#contracts/bundle.ts';
import {
  ChannelPolicy,
  DeviceReliance,
  SignatureMaterial,
  type TrustStore,
  type VerificationPolicy,
} from '#contracts/verdict.ts';
import { AppError, toIsoUtc } from '#core/base/index.ts';
import { nodeSignatureVerifier, readKeyText } from '#native/keys/index.ts';
import { withSite } from '../compose.ts';
import type { StationServices } from '#station/rpc/services.ts';
import { numberOption } from '../number-option.ts';
import type { CliIo } from '../output/index.ts';
import { registerKnownBad } from './trust-known-bad.ts';
import { registerLineContract } from './trust-line-contract.ts';
import { printable } from '../output/print-findings.ts';
import { registerTrustRepo } from './trust-repo.ts';
import { registerTrustSite } from './trust-site.ts';
import { printSupplyChainRules, supplyChainRules } from '../supply-chain-rules.ts';

interface SiteOptions {
  readonly site: string;
  readonly json?: true;
}
interface AddKeyOptions extends SiteOptions {
  readonly name: string;
  readonly key: string;
  readonly channel: readonly Channel[];
}
interface PolicyOptions extends SiteOptions {
  readonly channel: Channel;
  readonly builder?: readonly string[];
  readonly source?: readonly string[];
  readonly runtime?: readonly string[];
  readonly requireSbom?: boolean;
  readonly requireProvenance?: boolean;
  readonly maxAgeDays?: string;
  readonly material?: SignatureMaterial;
  readonly logThreshold?: string;
  readonly timestampThreshold?: string;
  readonly sourceRef?: readonly string[];
  readonly sourceRevision?: readonly string[];
  readonly buildType?: readonly string[];
  readonly builderLevel?: readonly string[];
  readonly minimumSlsaLevel?: string;
  readonly devices?: ChannelPolicy['devices'];
  readonly vsaMaxAgeDays?: string;
}

const FRESH_SITE = `
A fresh site refuses every bundle. Somebody has to say first whom it trusts:
  1. gantry trust add-key --site DIR --name "Plant models" --key plant.pub.pem --channel production
  2. gantry trust policy --site DIR --channel production --builder URI --source URI
Builder and source are compared exactly with what the provenance of a bundle states
(the verdict of a refused \`gantry import\` names both).`;

const NO_AGE_LIMIT = 'none';
const KEY_NAME_LIMIT = 128;

/** `gantry trust`: whose bundles a site accepts. */
export function registerTrust(program: Command, io: CliIo): void {
  const trust = program
    .command('trust')
    .description('Whose bundles a site accepts: keys, builders, sources')
    .addHelpText('after', FRESH_SITE);
  withSiteOption(
    trust
      .command('show')
      .description('Show the trusted keys, the policy of each channel, and what still refuses every bundle'),
  ).action(async (options: SiteOptions) => {
    const { signers, policy } = await withSite(options.site, io, ({ services }) =>
      Promise.resolve({ signers: signersOf(services), policy: services.trust.policy() }),
    );
    show(
      {
        keys: signers.keys,
        policy,
        refusesEverything: {
          production: missingFor('production', signers, policy),
          staging: missingFor('staging', signers, policy),
        },
      },
      options,
      io,
    );
  });
  withSiteOption(
    trust
      .command('add-key')
      .description('Trust the public key of a publisher. Compare its key id with the publisher on another way first'),
  )
    .requiredOption('--name <text>', 'name that people know the key by')
    .requiredOption('--key <file>', 'public key (PEM)')
    .addOption(
      new Option('--channel <channel...>', 'channels that it may sign for')
        .choices(Channel.options)
        .makeOptionMandatory(),
    )
    .action((options: AddKeyOptions) => addKey(options, io));
  registerPolicy(trust, io);
  registerLineContract(trust, io);
  registerKnownBad(trust, io);
  registerTrustSite(trust, io);
  registerTrustRepo(trust, io);
}

function registerPolicy(trust: Command, io: CliIo): void {
  withSiteOption(
    trust
      .command('policy')
      .description(
        'Change what a channel demands. What is not named stays as it is; a list that is named replaces the list before',
      ),
  )
    .addOption(new Option('--channel <channel>', 'channel').choices(Channel.options).makeOptionMandatory())
    .addOption(new Option('--material <kind>', 'by what signers are known').choices(SignatureMaterial.options))
    .option('--log-threshold <n>', 'transparency-log proofs that each signature needs')
    .option('--timestamp-threshold <n>', 'timestamps that each signature needs')
    .option('--builder <uri...>', 'builders that are accepted, exactly as the provenance states them')
    .option('--source <uri...>', 'sources that are accepted, exactly as the provenance states them')
    .option('--source-ref <ref...>', 'refs of the source that are accepted; "any" accepts every one')
    .option('--source-revision <commit...>', 'revisions of the source that are accepted; "any" accepts every one')
    .option('--build-type <uri...>', 'build types that are accepted; "any" accepts every one')
    .option('--builder-level <uri=level...>', 'SLSA build level (1 to 3) that this site grants a builder')
    .option('--minimum-slsa-level <n>', 'lowest SLSA build level that is accepted (0 to 3)')
    .addOption(
      new Option(
        '--devices <reliance>',
        'what gateways rely on: signatures of the bundle, the summary (VSA) of this site',
      ).choices(DeviceReliance.options),
    )
    .option('--vsa-max-age-days <n>', 'oldest summary that gateways rely on')
    .option('--runtime <name...>', 'runtimes whose variants are accepted')
    .option('--require-sbom', 'refuse bundles without a parts list')
    .option('--no-require-sbom', 'only warn about bundles without a parts list')
    .option('--require-provenance', 'refuse bundles without provenance of an accepted builder and source')
    .option('--no-require-provenance', 'only warn about missing or foreign provenance')
    .option('--max-age-days <n>', `oldest bundle that is accepted; "${NO_AGE_LIMIT}" lifts the limit`)
    .action((options: PolicyOptions) => changePolicy(options, io));
}

function withSiteOption(command: Command): Command {
  return command.requiredOption('--site <dir>', 'folder of the site').option('--json', 'print one JSON document');
}

async function addKey(options: AddKeyOptions, io: CliIo): Promise<void> {
  const { name, key: path } = options;
  if (name.length > KEY_NAME_LIMIT)
    throw new AppError('USAGE_INVALID', `--name has at most ${String(KEY_NAME_LIMIT)} characters`);
  const publicKeyPem = await readKeyText(path);
  const keyId = nodeSignatureVerifier.keyIdOf(publicKeyPem);
  const channels = Channel.options.filter((channel) => options.channel.includes(channel));
  await withSite(options.site, io, ({ services, person }) => {
    services.trust.trustKey({ name, publicKeyPem, channels }, person);
    return Promise.resolve();
  });
  if (options.json === true) io.json({ keyId, name, channels });
  else io.out(`Key ${keyId} (${name}) may now sign for ${channels.join(' and ')}. The change is recorded.`);
}

async function changePolicy(options: PolicyOptions, io: CliIo): Promise<void> {
  const change = changeOf(options);
  if (Object.keys(change).length === 0)
    throw new AppError(
      'USAGE_INVALID',
      'say what shall change: --builder, --source, --runtime, --max-age-days, --[no-]require-sbom, --[no-]require-provenance or another rule (--help lists them)',
    );
  const { signers, policy } = await withSite(options.site, io, ({ services, person }) => {
    const before = services.trust.policy().channels[options.channel];
    const next = services.trust.setChannelPolicy(
      { channel: options.channel, policy: ChannelPolicy.parse({ ...before, ...change }) },
      person,
    );
    return Promise.resolve({ signers: signersOf(services), policy: next });
  });
  const missing = missingFor(options.channel, signers, policy);
  if (options.json === true) io.json({ policy, channel: options.channel, refusesEverything: missing });
  else {
    io.out(`Policy version ${String(policy.version)}; the change is recorded.`);
    printChannel(options.channel, policy, missing, io);
  }
}

function changeOf(options: PolicyOptions): Partial<ChannelPolicy> {
  return { ...basicRules(options), ...supplyChainRules(options) };
}

function basicRules({
  builder,
  source,
  runtime,
  requireSbom,
  requireProvenance,
  maxAgeDays,
}: PolicyOptions): Partial<ChannelPolicy> {
  return {
    ...(builder === undefined ? {} : { builders: [...new Set(builder)] }),
    ...(source === undefined ? {} : { sources: [...new Set(source)] }),
    ...(runtime === undefined ? {} : { runtimes: [...new Set(runtime)] }),
    ...(requireSbom === undefined ? {} : { requireSbom }),
    ...(requireProvenance === undefined ? {} : { requireProvenance }),
    ...(maxAgeDays === undefined
      ? {}
      : {
          maxAgeDays:
            maxAgeDays === NO_AGE_LIMIT
              ? null
              : numberOption('--max-age-days', maxAgeDays, { least: 0.01, most: 36_500 }),
        }),
  };
}

interface Signers extends Pick<TrustStore, 'keys' | 'identities'> {
  readonly hasTrustedRoot: boolean;
}

function signersOf({ trust }: Pick<StationServices, 'trust'>): Signers {
  const { keys, identities } = trust.trust();
  return { keys, identities, hasTrustedRoot: trust.trustedRoot() !== null };
}

/** Why no bundle at all can be accepted on a channel; empty when some could. */
function missingFor(channel: Channel, signers: Signers, policy: VerificationPolicy): string[] {
  const { requireProvenance, builders, sources, material } = policy.channels[channel];
  const known = material === 'key' ? signers.keys : signers.identities;
  return [
    ...(known.some((one) => one.channels.includes(channel)) ? [] : [`no ${material} is trusted for it`]),
    ...(material === 'identity' && !signers.hasTrustedRoot ? ['no trusted root is set'] : []),
    ...(requireProvenance && builders.length === 0 ? ['no builder is named'] : []),
    ...(requireProvenance && sources.length === 0 ? ['no source is named'] : []),
  ];
}

interface TrustReport {
  readonly keys: TrustStore['keys'];
  readonly policy: VerificationPolicy;
  readonly refusesEverything: Readonly<Record<Channel, readonly string[]>>;
}

function show(report: TrustReport, options: SiteOptions, io: CliIo): void {
  if (options.json === true) {
    io.json(report);
    return;
  }
  const { keys, policy, refusesEverything } = report;
  if (keys.length === 0) io.out('No key is trusted.');
  for (const key of keys)
    io.out(
      `Key      ${key.keyId}  ${printable(key.name)}, ${key.channels.join(' and ')}; added ${toIsoUtc(key.addedAt)} by ${printable(key.addedBy)}`,
    );
  io.out(`Policy   version ${String(policy.version)}`);
  for (const channel of Channel.options) printChannel(channel, policy, refusesEverything[channel], io);
  if (Channel.options.some((channel) => refusesEverything[channel].length > 0)) io.out(FRESH_SITE);
}

function printChannel(channel: Channel, policy: VerificationPolicy, missing: readonly string[], io: CliIo): void {
  const rules = policy.channels[channel];
  const list = (texts: readonly string[]): string => (texts.length === 0 ? 'none' : texts.map(printable).join(', '));
  io.out(`\n${channel}${missing.length === 0 ? '' : `: refuses every bundle, because ${missing.join(' and ')}`}`);
  io.out(`  builders    ${list(rules.builders)}`);
  io.out(`  sources     ${list(rules.sources)}`);
  printSupplyChainRules(rules, io);
  io.out(`  runtimes    ${list(rules.runtimes)}`);
  io.out(`  provenance  ${rules.requireProvenance ? 'required' : 'only warned about'}`);
  io.out(`  parts list  ${rules.requireSbom ? 'required' : 'only warned about'}`);
  io.out(`  oldest      ${rules.maxAgeDays === null ? 'no limit' : `${String(rules.maxAgeDays)} days`}`);
}
