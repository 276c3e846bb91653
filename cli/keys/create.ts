import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '#core/base/index.ts';
import { formatPkcs11Uri } from '#core/keys/index.ts';
import type { KeyAlgorithm } from '#core/keys/ports.ts';
import { createKeyPair, writeKeyFile, writePublicKeyFile } from '#native/keys/index.ts';
import type { CliIo } from '../output/index.ts';
import { passphraseFrom } from '../passphrase.ts';
import { pinFor, type SigningKeyOptions } from '../signing-key.ts';

export interface CreateKeyOptions extends SigningKeyOptions {
  readonly out?: string;
  readonly type: KeyAlgorithm;
  readonly name: string;
  readonly pkcs11?: string;
  readonly token?: string;
  readonly serial?: string;
  readonly json?: true;
}

/** `gantry keys create`: in files, or in a token with only the public half as a file. */
export async function createKey(options: CreateKeyOptions, io: CliIo): Promise<void> {
  if (options.pkcs11 === undefined) await createInFiles(options, io);
  else await createInToken(options, options.pkcs11, io);
}

async function createInFiles(options: CreateKeyOptions, io: CliIo): Promise<void> {
  if (options.out === undefined) throw new AppError('USAGE_INVALID', '--out DIR names the folder for the two files');
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

async function createInToken(options: CreateKeyOptions, modulePath: string, io: CliIo): Promise<void> {
  const { token, serial, pinFile } = options;
  if (token === undefined && serial === undefined)
    throw new AppError('USAGE_INVALID', '--token LABEL or --serial NUMBER names the token');
  const { createTokenKey } = await import('#native/pkcs11/index.ts');
  const uri = {
    modulePath,
    object: options.name,
    ...(token === undefined ? {} : { token }),
    ...(serial === undefined ? {} : { serial }),
    ...(pinFile === undefined ? {} : { pinFile }),
  };
  const key = await createTokenKey(uri, options.type, await pinFor(pinFile, io.env));
  const address = formatPkcs11Uri(uri);
  const publicKey = await exportPublicKey(options, key.publicKeyPem);
  if (options.json === true)
    io.json({ keyId: key.keyId, type: options.type, privateKey: address, publicKey, isProtected: true });
  else {
    io.out(`Key id       ${key.keyId}`);
    io.out(`Private key  ${address} (it cannot leave the token)`);
    io.out(publicKey === null ? key.publicKeyPem.trimEnd() : `Public key   ${publicKey}`);
  }
}

async function exportPublicKey({ out, name }: CreateKeyOptions, pem: string): Promise<string | null> {
  if (out === undefined) return null;
  await mkdir(out, { recursive: true });
  const path = join(out, `${name}.pub.pem`);
  await writePublicKeyFile(path, pem);
  return path;
}
