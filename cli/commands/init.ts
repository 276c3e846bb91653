import { Option, type Command } from 'commander';
import { initSite } from '../init-site.ts';
import { PASSPHRASE_FILE_VARIABLE, passphraseFrom } from '../compose.ts';
import { tokenWishOf, type KeyStoreOptions } from '../keys/token-wish.ts';
import type { CliIo } from '../output/index.ts';

interface InitOptions extends KeyStoreOptions {
  readonly site: string;
  readonly name: string;
  readonly admin: string;
  readonly passphraseFile?: string;
  readonly json?: true;
}

/** `gantry init`. */
export function registerInit(program: Command, io: CliIo): void {
  program
    .command('init')
    .description('Create a site: folder, keys, database, first administrator')
    .requiredOption('--site <dir>', 'folder of the new site')
    .requiredOption('--name <text>', 'name that people know the site by')
    .option('--admin <text>', 'name of the first administrator', 'administrator')
    .option(
      '--passphrase-file <file>',
      'file whose text protects the keys; GANTRY_PASSPHRASE_FILE when absent, and without either a random one is kept beside them',
    )
    .addOption(
      new Option('--key-store <where>', 'where the site and audit keys live')
        .choices(['file', 'pkcs11'])
        .default('file'),
    )
    .option('--pkcs11 <module>', 'with --key-store pkcs11: PKCS#11 library of the token')
    .option('--token <label>', 'label of the token')
    .option('--pin-file <file>', 'file whose first line is the PIN; the station reads it at every start')
    .option('--json', 'print one JSON document')
    .action((options: InitOptions) => init(options, io));
}

async function init(options: InitOptions, io: CliIo): Promise<void> {
  // The commands after this one open the site with what the variable names.
  const passphrase = await passphraseFrom(options.passphraseFile ?? io.env[PASSPHRASE_FILE_VARIABLE]);
  const site = await initSite(
    { dir: options.site, name: options.name, administrator: options.admin, passphrase, token: tokenWishOf(options) },
    io,
  );
  const { config, paths, auditKeyId } = site;
  if (options.json === true) {
    io.json({
      site: config.id,
      name: config.name,
      dir: options.site,
      administrator: config.administrator,
      passphraseFile: passphrase === null ? paths.passphrase : null,
      auditKeyId,
      keyStore: { site: site.keyStore.site.kind, audit: site.keyStore.audit.kind },
    });
    return;
  }
  io.out(
    `Site ${config.name} (${config.id}) is created in ${options.site}. Administrator: ${config.administrator.name}.`,
  );
  if (passphrase === null) {
    io.out(
      `A random passphrase was written to ${paths.passphrase}; only your user may read it. Whoever has that file and the folder has the site's keys:`,
    );
    io.out('move it to a safe place and name it in GANTRY_PASSPHRASE_FILE, or create the site with --passphrase-file.');
  }
  if (site.keyStore.site.kind === 'pkcs11')
    io.out(
      site.keyStore.audit.kind === 'pkcs11'
        ? 'Site key and audit key live in the token.'
        : 'The site key lives in the token; the audit key is a file, because the token knows no Ed25519.',
    );
  io.out(`Fingerprint of the audit key, to be given to auditors on another way: ${auditKeyId}`);
  io.out(`Next: gantry serve --site ${options.site} --open`);
}
