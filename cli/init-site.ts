import type { KeyStore } from '#contracts/keys.ts';
import type { SiteConfig } from '#contracts/site.ts';
import { SiteConfig as SiteConfigSchema } from '#contracts/site.ts';
import { AppError } from '#core/base/index.ts';
import { createSite } from '#electron/station-host/compose.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { openSiteKeys } from '#electron/station-host/site-keys.ts';
import { pathsOfNewSite, type SitePaths } from '#native/site-folder/index.ts';
import { openStationStore } from '#native/sqlite/index.ts';
import type { TokenWish } from './keys/token-wish.ts';
import type { CliIo } from './output/index.ts';

export interface NewSite {
  readonly config: SiteConfig;
  readonly paths: SitePaths;
  /** SHA-256 of the audit key's SubjectPublicKeyInfo. */
  readonly auditKeyId: string;
  /** Where the signing keys live. */
  readonly keyStore: KeyStore;
}

export interface SiteWish {
  readonly dir: string;
  readonly name: string;
  readonly administrator: string;
  readonly passphrase: string | null;
  /** A token for the signing keys; without it they are files. */
  readonly token?: TokenWish | null;
}

/** Creates a site whole: folder, keys, database with its first record. SITE_EXISTS when the folder holds one. */
export async function initSite(wish: SiteWish, io: Pick<CliIo, 'clock' | 'ids'>): Promise<NewSite> {
  const { dir, passphrase: given, administrator } = wish;
  checkNames(wish);
  if (wish.token !== undefined && wish.token !== null) {
    // Loaded here only: few sites have a token.
    const { createTokenStore } = await import('./keys/token-store.ts');
    await createTokenStore((await pathsOfNewSite(dir)).keys, wish.token, io.ids);
  }
  const site = await createSite({ dir, siteName: wish.name, administrator, passphrase: given }, io.clock, io.ids);
  const { config, paths, passphrase } = site;
  const keys = await openSiteKeys(paths.keys, passphrase);
  const store = openStationStore({ path: paths.database, clock: io.clock, ids: io.ids, hasher: nodeHasher });
  try {
    const { id, name } = config.administrator;
    const payload = { name: config.name };
    store.events.append({
      actor: { kind: 'person', id, name },
      stream: 'site',
      type: 'site.created',
      subject: config.id,
      payload,
    });
  } finally {
    store.close();
  }
  const { keyId } = await keys.vault.open('audit');
  return { config, paths, auditKeyId: keyId, keyStore: keys.store };
}

function checkNames({ name, administrator }: SiteWish): void {
  const { name: siteName, administrator: person } = SiteConfigSchema.shape;
  if (siteName.safeParse(name).success && person.shape.name.safeParse(administrator).success) return;
  throw new AppError('USAGE_INVALID', 'the names of site and administrator have 1 to 128 characters', {
    name,
    administrator,
  });
}
