import type { KeyPlace, KeyStore } from '#contracts/keys.ts';
import type { Clock } from '#core/base/index.ts';
import { parsePkcs11Uri } from '#core/keys/index.ts';
import type { ContentCipher, RenewableKeyVault, SigningKey } from '#core/keys/ports.ts';
import { ageContentCipher } from '#native/age/index.ts';
import {
  ensureVaultKeys,
  fileKeyVault,
  finishAuditRotation,
  openEncryptionKey,
  readKeyStore,
} from '#native/keys/index.ts';
import { openTokenKey, pinFromFile } from '#native/pkcs11/index.ts';

export interface SiteKeys {
  readonly store: KeyStore;
  readonly vault: RenewableKeyVault;
  readonly cipher: ContentCipher;
}

/** Opens the keys of a site where they live; keys in files that are not there yet are made. INPUT_MALFORMED, SITE_KEY_UNAVAILABLE. */
export async function openSiteKeys(keysDir: string, passphrase: string | null): Promise<SiteKeys> {
  const store = await readKeyStore(keysDir);
  const inFiles = (['site', 'audit'] as const).filter((name) => store[name].kind === 'file');
  await ensureVaultKeys(keysDir, passphrase, inFiles);
  if (store.audit.kind === 'file') await finishAuditRotation(keysDir, passphrase);
  // Made at once: what a backup must hold is there before the first backup.
  const encryptionKey = await openEncryptionKey(keysDir, passphrase);
  return {
    store,
    vault: placedKeyVault(store, fileKeyVault(keysDir, passphrase)),
    cipher: ageContentCipher(encryptionKey),
  };
}

/** A token that refused its PIN is not asked again in this process: it counts the tries and would lock itself. */
function placedKeyVault(store: KeyStore, files: RenewableKeyVault): RenewableKeyVault {
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
    forget(name) {
      opened.delete(name);
      files.forget(name);
    },
  };
}

/** A vault that notes when its keys signed; for people who look for keys that nobody uses. */
export function noteUses(
  vault: RenewableKeyVault,
  clock: Pick<Clock, 'now'>,
): { vault: RenewableKeyVault; lastUse: (name: 'site' | 'audit') => number | null } {
  const uses = new Map<string, number>();
  return {
    lastUse: (name) => uses.get(name) ?? null,
    vault: {
      ...vault,
      async open(name) {
        const key = await vault.open(name);
        return {
          ...key,
          sign(message) {
            uses.set(name, clock.now());
            return key.sign(message);
          },
        };
      },
    },
  };
}
