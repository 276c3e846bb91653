import { open, stat } from 'node:fs/promises';
import { AppError } from '#core/base/index.ts';
import type { SigningKey } from '#core/keys/ports.ts';
import { isNotFound, writeFileDurably } from '#native/fs/index.ts';
import { signingKeyFromPem } from './key-pair.ts';
import { protectPrivateKey } from './private-key.ts';

/** A PEM key is under 1 KiB; what is larger is something else. */
const KEY_FILE_LIMIT_BYTES = 16 * 1024;

/** Writes a private key, readable by its owner only. An existing file is never replaced: KEY_FILE_EXISTS. */
export async function writeKeyFile(path: string, privateKeyPem: string, passphrase: string | null): Promise<void> {
  await refuseExisting(path);
  const pem = protectPrivateKey(privateKeyPem, passphrase);
  await writeFileDurably(path, new TextEncoder().encode(pem), { mode: 0o600 });
}

/** Writes a public key for everybody to read; it never replaces a file either. */
export async function writePublicKeyFile(path: string, publicKeyPem: string): Promise<void> {
  await refuseExisting(path);
  await writeFileDurably(path, new TextEncoder().encode(publicKeyPem), { mode: 0o644 });
}

/** Opens a private key file. KEY_FILE_INVALID, KEY_PASSPHRASE_WRONG or NOT_FOUND. */
export async function openKeyFile(path: string, passphrase: string | null): Promise<SigningKey> {
  return signingKeyFromPem(await readKeyText(path), passphrase);
}

/** The text of a PEM file within its limit. */
export async function readKeyText(path: string): Promise<string> {
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      if (size > KEY_FILE_LIMIT_BYTES)
        throw new AppError('KEY_FILE_INVALID', `${path} is too large for a key`, { path });
      return await file.readFile('utf8');
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isNotFound(error)) throw new AppError('NOT_FOUND', `there is no key file ${path}`, { path }, { cause: error });
    if (error instanceof AppError) throw error;
    throw new AppError('KEY_FILE_INVALID', `${path} cannot be read as a key`, { path }, { cause: error });
  }
}

async function refuseExisting(path: string): Promise<void> {
  try {
    await stat(path);
  } catch (error) {
    if (isNotFound(error)) return;
    throw error;
  }
  throw new AppError('KEY_FILE_EXISTS', `${path} exists and was not replaced`, { path });
}
