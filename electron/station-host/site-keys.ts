import type { KeyPlace, KeyStore } from '#contracts/keys.ts';
import { parsePkcs11Uri } from '#core/keys/index.ts';
import type { ContentCipher, KeyVault, SigningKey } from '#core/keys/ports.ts';
import { ageContentCipher } from '#native/age/index.ts';
import { ensureVaultKeys, fileKeyVault, openEncryptionKey, readKeyStore } from '#native/keys/index.ts';
import { openTokenKey, pinFromFile } from '#native/pkcs11/index.ts';

export interface SiteKeys {
  readonly store: KeyStore;
  readonly vault: KeyVault;
  readonly cipher: ContentCipher;
}

/** Opens the keys of a site where they live; keys in files that are not there yet are made. INPUT_MALFORMED, SITE_KEY_UNAVAILABLE. */
export async function openSiteKeys(keysDir: string, passphrase: string | null): Promise<SiteKeys> {
  const store = await readKeyStore(keysDir);
  const inFiles = (['site', 'audit'] as const).filter((name) => store[name].kind === 'file');
  await ensureVaultKeys(keysDir, passphrase, inFiles);
  return {
    store,
    vault: placedKeyVault(store, fileKeyVault(keysDir, passphrase)),
    cipher: ageContentCipher(() => openEncryptionKey(keysDir, passphrase)),
  };
}

/** A token that refused its PIN is not asked again in this process: it counts the tries and would lock itself. */
function placedKeyVault(store: KeyStore, files: KeyVault): KeyVault {
  const opened = new Map<string, Promise<SigningKey>>();
  const openPlace = (name: 'site' | 'audit', place: KeyPlace): Promise<SigningKey> => {
    if (place.kind === 'file') return files.open(name);
    const uri = parsePkcs11Uri(place.uri);
    return openTokenKey(uri, pinFromFile(uri.pinFile, process.env));
  };
  return {
    open(name) {
      const key = opened.get(name) ?? openPlace(name, store[name]);
      opened.set(name, key);
      return key;
    },
  };
}
