import { Option, type Command } from 'commander';
import { createKey, type CreateKeyOptions } from '../keys/create.ts';
import type * as SiteVerbs from '../keys/site-verbs.ts';
import type { BackupOptions, CeremonyOptions, RecipientOptions } from '../keys/site-verbs.ts';
import type { CliIo } from '../output/index.ts';

/** `gantry keys`. */
export function registerKeys(program: Command, io: CliIo): void {
  const keys = program.command('keys').description('Make, show, back up and restore the keys of a plant or site');
  registerCreate(keys, io);
  registerSiteVerbs(keys, io);
  registerRecipients(keys, io);
  registerBackup(keys, io);
}

function registerCreate(keys: Command, io: CliIo): void {
  keys
    .command('create')
    .description('Create a key pair: <name>.key.pem (readable by you only) and <name>.pub.pem, or a key inside a token')
    .option('--out <dir>', 'folder for the two files; with --pkcs11 for the public half alone')
    .addOption(new Option('--type <type>', 'kind of key').choices(['ecdsa-p256', 'ed25519']).default('ecdsa-p256'))
    .option('--name <name>', 'first part of the file names, or label of the key in the token', 'plant')
    .option('--passphrase-file <file>', 'file whose first line protects the private key')
    .option('--no-passphrase', 'leave the private key unprotected: throw-away tests only')
    .option('--pkcs11 <module>', 'make the key inside a token: PKCS#11 library of the token')
    .option('--token <label>', 'label of the token')
    .option('--serial <number>', 'serial number of the token, when labels are not unique')
    .option('--pin-file <file>', 'file whose first line is the PIN of the token; at a terminal it is asked for')
    .option('--json', 'print one JSON document')
    .action((options: CreateKeyOptions) => createKey(options, io));
}

function registerSiteVerbs(keys: Command, io: CliIo): void {
  ofSite(keys, 'list', 'Show the keys of a site: kind, fingerprint, where they live, and who can read exports').action(
    async (options: { site: string; json?: true }) => (await siteVerbs()).listKeys(options, io),
  );
  ofSite(keys, 'ceremony', 'Record that two people heard and compared the fingerprints of the keys')
    .requiredOption('--witness <name...>', 'two people')
    .option('--heard <fingerprint...>', 'each fingerprint as it was read aloud, at least its first four groups', [])
    .option('--note <text>', 'what else belongs into the record', '')
    .option('--rotate-audit', 'make a new audit key; the old and the new one sign the hand-over')
    .option('--out <file>', 'write the record (JSON)')
    .action(async (options: CeremonyOptions) => (await siteVerbs()).holdCeremony(options, io));
}

function registerRecipients(keys: Command, io: CliIo): void {
  const recipients = keys.command('recipients').description('Who can read what leaves a site (age recipients)');
  ofSite(recipients, 'add', 'Let somebody read exports; from the first one on exports are encrypted')
    .requiredOption('--name <text>', 'name that people know the recipient by')
    .requiredOption('--recipient <recipient>', 'the recipient, obtained on another way than a stick')
    .action(async (options: RecipientOptions) => (await siteVerbs()).addRecipient(options, io));
  ofSite(recipients, 'remove', 'Stop encrypting to a recipient')
    .requiredOption('--name <text>', 'name of the recipient')
    .action(async (options: RecipientOptions) => (await siteVerbs()).removeRecipient(options, io));
}

function registerBackup(keys: Command, io: CliIo): void {
  ofSite(keys, 'backup', 'Write an encrypted backup of keys, CA and device register; it is opened again and compared')
    .requiredOption('--to <file>', 'new file')
    .option('--recipient <recipient...>', 'who can open it; the site itself can too')
    .option('--passphrase-file <file>', 'or: file whose first line opens it')
    .action(async (options: BackupOptions) => (await siteVerbs()).backupKeys(options, io));
  keys
    .command('restore')
    .description('Make a site of a backup: same keys, same CA, same devices')
    .argument('<file>', 'backup')
    .requiredOption('--site <dir>', 'folder of the new site; it must not hold one')
    .option('--identity <file>', 'age identity file that opens the backup')
    .option('--passphrase-file <file>', 'or: file whose first line opens it')
    .option('--revocations <file>', 'newest site-ca.crl.pem: what was withdrawn after the backup stays withdrawn')
    .option('--json', 'print one JSON document')
    .action(async (file: string, options: object) => {
      const { restoreKeys } = await import('../keys/restore-verb.ts');
      await restoreKeys(file, options, io);
    });
}

function ofSite(parent: Command, name: string, description: string): Command {
  return parent
    .command(name)
    .description(description)
    .requiredOption('--site <dir>', 'site folder')
    .option('--json', 'print one JSON document');
}

/** Loaded only when a verb needs the station: making a key needs no database. */
function siteVerbs(): Promise<typeof SiteVerbs> {
  return import('../keys/site-verbs.ts');
}
