import { Option, type Command } from 'commander';
import { createKey, type CreateKeyOptions } from '../keys/create.ts';
import type { CliIo } from '../output/index.ts';

/** `gantry keys`. */
export function registerKeys(program: Command, io: CliIo): void {
  const keys = program.command('keys').description('Make, show, back up and restore the keys of a plant or site');
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
