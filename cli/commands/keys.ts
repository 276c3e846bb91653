import { join } from 'node:path';
import { mkdir } from 'node:fs/promises';
import { Option, type Command } from 'commander';
import type { KeyAlgorithm } from '#core/keys/ports.ts';
import { createKeyPair, writeKeyFile, writePublicKeyFile } from '#native/keys/index.ts';
import type { CliIo } from '../output/index.ts';
import { passphraseFrom, type PassphraseOptions } from '../passphrase.ts';

interface CreateOptions extends PassphraseOptions {
  readonly out: string;
  readonly type: KeyAlgorithm;
  readonly name: string;
  readonly json?: true;
}

/** `gantry keys`. */
export function registerKeys(program: Command, io: CliIo): void {
  program
    .command('keys')
    .description('Make signing keys of a plant or site')
    .command('create')
    .description('Create a key pair: <name>.key.pem (readable by you only) and <name>.pub.pem')
    .requiredOption('--out <dir>', 'folder for the two files')
    .addOption(new Option('--type <type>', 'kind of key').choices(['ecdsa-p256', 'ed25519']).default('ecdsa-p256'))
    .option('--name <name>', 'first part of the file names', 'plant')
    .option('--passphrase-file <file>', 'file whose first line protects the private key')
    .option('--no-passphrase', 'leave the private key unprotected: throw-away tests only')
    .option('--json', 'print one JSON document')
    .action((options: CreateOptions) => createKeys(options, io));
}

async function createKeys(options: CreateOptions, io: CliIo): Promise<void> {
  const passphrase = await passphraseFrom(options, io.env);
  const pair = createKeyPair(options.type);
  await mkdir(options.out, { recursive: true });
  const privateKey = join(options.out, `${options.name}.key.pem`);
  const publicKey = join(options.out, `${options.name}.pub.pem`);
  await writeKeyFile(privateKey, pair.privateKeyPem, passphrase);
  await writePublicKeyFile(publicKey, pair.publicKeyPem);
  if (options.json === true)
    io.json({ keyId: pair.keyId, type: options.type, privateKey, publicKey, isProtected: passphrase !== null });
  else {
    io.out(`Key id       ${pair.keyId}`);
    io.out(`Private key  ${privateKey}${passphrase === null ? ' (NOT protected)' : ''}`);
    io.out(`Public key   ${publicKey}`);
  }
}
