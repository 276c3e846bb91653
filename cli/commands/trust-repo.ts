import type { Command } from 'commander';
import { KIB, MIB, toIsoUtc } from '#core/base/index.ts';
import { openKeyFile, publicKeyAlgorithm, readKeyText } from '#native/keys/index.ts';
import { readPlainFile } from '#native/oci/index.ts';
import { draftRoot, publishTargets, signRoot, type RepositoryKey, type RootDraft } from '#native/tuf/index.ts';
import { KNOWN_BAD_LIMIT_BYTES, KNOWN_BAD_TARGET } from '#station/bundles/known-bad.ts';
import { numberOption } from '../number-option.ts';
import type { CliIo } from '../output/index.ts';
import { openingPassphrase, type PassphraseOptions } from '../passphrase.ts';

interface RootOptions {
  readonly rootKey: readonly string[];
  readonly threshold: string;
  readonly signer: string;
  readonly days: string;
  readonly json?: true;
}
interface KeyOptions extends PassphraseOptions {
  readonly key: string;
  readonly json?: true;
}
interface PublishOptions extends KeyOptions {
  readonly trustedRoot?: string;
  readonly plantKeys?: string;
  readonly knownBad?: string;
  readonly target?: readonly string[];
  readonly days: string;
}

const DAY_MS = 86_400_000;
const TRUSTED_ROOT_LIMIT = MIB;
const PLANT_KEYS_LIMIT = 512 * KIB;

const STEPS = `
Headquarters, once and at every change of root keys:
  gantry trust repo root DIR --root-key a.pub.pem b.pub.pem c.pub.pem --threshold 2 --signer online.pub.pem
  gantry trust repo sign DIR --key a.key.pem      (each keyholder, until the threshold is reached)
At every change of what plants shall trust, and before the timestamp expires:
  gantry trust repo publish DIR --key online.key.pem --plant-keys plant-keys.json --trusted-root trusted_root.json
Copy DIR to a stick as gantry/trust.`;

/** `gantry trust repo`: the side of those who make a trust repository. */
export function registerTrustRepo(trust: Command, io: CliIo): void {
  const repo = trust.command('repo').description('Make a trust repository for sites').addHelpText('after', STEPS);
  repo
    .command('root')
    .description('Begin the next root: which keys, how many of them must sign, which key signs the rest')
    .argument('<dir>', 'folder of the repository')
    .requiredOption('--root-key <file...>', 'public keys of the root keyholders')
    .requiredOption('--threshold <n>', 'how many of them must sign')
    .requiredOption('--signer <file>', 'public key that signs targets, snapshot and timestamp')
    .option('--days <n>', 'how long the root holds', '365')
    .option('--json', 'print one JSON document')
    .action(async (dir: string, options: RootOptions) => {
      const draft = await draftRoot(dir, {
        rootKeys: await Promise.all(options.rootKey.map(readPublicKey)),
        threshold: numberOption('--threshold', options.threshold, { least: 1, most: 100 }),
        signer: await readPublicKey(options.signer),
        expires: expiry(options.days, io),
      });
      tellDraft(draft, options, io);
    });
  withKey(repo.command('sign').description('Sign the root that was begun; it is published when enough have signed'))
    .argument('<dir>', 'folder of the repository')
    .action(async (dir: string, options: KeyOptions) => {
      tellDraft(await signRoot(dir, await openKey(options, io)), options, io);
    });
  registerPublish(repo, io);
}

function registerPublish(repo: Command, io: CliIo): void {
  withKey(repo.command('publish').description('Sign what plants shall trust, and when it was said'))
    .argument('<dir>', 'folder of the repository')
    .option('--trusted-root <file>', 'Sigstore trusted root (JSON)')
    .option('--plant-keys <file>', 'keys and identities (JSON: v, keys, identities)')
    .option('--known-bad <file>', 'list of known-bad parts (JSON: v, version, issuedAt, entries)')
    .option('--target <file...>', 'further files, under their own names')
    .option('--days <n>', 'how long a site may use it before it must see a newer one', '90')
    .action(async (dir: string, options: PublishOptions) => {
      const targets = new Map<string, Uint8Array>();
      const add = async (name: string, path: string | undefined, limit: number): Promise<void> => {
        if (path !== undefined) targets.set(name, await readPlainFile(path, limit));
      };
      await add('trusted_root.json', options.trustedRoot, TRUSTED_ROOT_LIMIT);
      await add('plant-keys.json', options.plantKeys, PLANT_KEYS_LIMIT);
      await add(KNOWN_BAD_TARGET, options.knownBad, KNOWN_BAD_LIMIT_BYTES);
      for (const path of options.target ?? []) await add(path.split(/[\\/]/).at(-1) ?? path, path, 16 * MIB);
      const expires = expiry(options.days, io);
      const versions = await publishTargets(dir, { targets, key: await openKey(options, io), expires });
      if (options.json === true) io.json({ versions, expires: toIsoUtc(expires), targets: [...targets.keys()] });
      else
        io.out(
          `Published timestamp ${String(versions.timestamp)}, targets ${String(versions.targets)}; sites may use it until ${toIsoUtc(expires)}.`,
        );
    });
}

function withKey(command: Command): Command {
  return command
    .requiredOption('--key <file>', 'private key')
    .option('--passphrase-file <file>', 'file whose first line opens the key')
    .option('--no-passphrase', 'the key is not protected')
    .option('--json', 'print one JSON document');
}

async function openKey(options: KeyOptions, io: CliIo): ReturnType<typeof openKeyFile> {
  return openKeyFile(options.key, await openingPassphrase(options, io.env));
}

async function readPublicKey(path: string): Promise<RepositoryKey> {
  const publicKeyPem = await readKeyText(path);
  return { publicKeyPem, algorithm: publicKeyAlgorithm(publicKeyPem) };
}

function expiry(days: string, io: CliIo): number {
  return io.clock.now() + numberOption('--days', days, { least: 1, most: 3650 }) * DAY_MS;
}

function tellDraft(draft: RootDraft, options: { json?: true }, io: CliIo): void {
  if (options.json === true) io.json({ ...draft });
  else if (draft.isPublished) io.out(`Root ${String(draft.version)} is signed and published.`);
  else
    io.out(
      `Root ${String(draft.version)} has ${String(draft.signatures)} signatures and needs more: gantry trust repo sign`,
    );
}
