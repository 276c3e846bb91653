import { join } from 'node:path';
import { AppError, isAppError } from '#core/base/index.ts';
import type { KeyAlgorithm, RenewableKeyVault, SigningKey } from '#core/keys/ports.ts';
import { createKeyPair } from './key-pair.ts';
import { openKeyFile, writeKeyFile, writePublicKeyFile } from './key-files.ts';

const VAULT_KEYS = ['site', 'audit'] as const;
type VaultKey = (typeof VAULT_KEYS)[number];

/** Checkpoints of the audit log are signed notes, which know Ed25519 only. */
const VAULT_ALGORITHMS: Readonly<Record<VaultKey, KeyAlgorithm>> = { site: 'ecdsa-p256', audit: 'ed25519' };

const privatePath = (dir: string, name: VaultKey): string => join(dir, `${name}.key.pem`);
const publicPath = (dir: string, name: VaultKey): string => join(dir, `${name}.pub.pem`);

/** The keys of a site as encrypted files `<name>.key.pem`. Each is opened on first use and kept for the life of the process. */
export function fileKeyVault(dir: string, passphrase: string | null): RenewableKeyVault {
  const opened = new Map<VaultKey, Promise<SigningKey>>();
  return {
    open(name) {
      const key = opened.get(name) ?? openVaultKey(dir, name, passphrase);
      opened.set(name, key);
      return key;
    },
    forget(name) {
      opened.delete(name);
    },
  };
}

/** Puts the public half of a key, wherever that lives, where people look for it. */
export async function publishVaultKey(dir: string, name: VaultKey, publicKeyPem: string): Promise<void> {
  await writePublicKeyFile(publicPath(dir, name), publicKeyPem);
}

/** Creates the keys that are not there yet. The private half is written first: a public half without it cannot appear. */
export async function ensureVaultKeys(
  dir: string,
  passphrase: string | null,
  names: readonly VaultKey[] = VAULT_KEYS,
): Promise<void> {
  for (const name of names) {
    const key = await openOrCreate(privatePath(dir, name), { algorithm: VAULT_ALGORITHMS[name], passphrase });
    try {
      await writePublicKeyFile(publicPath(dir, name), key.publicKeyPem);
    } catch (error) {
      // The public half of an earlier run is there already.
      if (!isAppError(error, 'KEY_FILE_EXISTS')) throw error;
    }
  }
}

async function openOrCreate(
  path: string,
  { algorithm, passphrase }: { algorithm: KeyAlgorithm; passphrase: string | null },
): Promise<SigningKey> {
  try {
    return await openKeyFile(path, passphrase);
  } catch (error) {
    if (!isAppError(error, 'NOT_FOUND')) throw error;
  }
  const pair = createKeyPair(algorithm);
  await writeKeyFile(path, pair.privateKeyPem, passphrase);
  return openKeyFile(path, passphrase);
}

async function openVaultKey(dir: string, name: VaultKey, passphrase: string | null): Promise<SigningKey> {
  try {
    return await openKeyFile(privatePath(dir, name), passphrase);
  } catch (cause) {
    throw new AppError('SITE_KEY_UNAVAILABLE', `the ${name} key cannot be opened`, { name }, { cause });
  }
}
