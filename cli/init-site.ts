import type { SiteConfig } from '#contracts/site.ts';
import { SiteConfig as SiteConfigSchema } from '#contracts/site.ts';
import { AppError } from '#core/base/index.ts';
import { createSite } from '#electron/station-host/compose.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { ensureVaultKeys, fileKeyVault } from '#native/keys/index.ts';
import type { SitePaths } from '#native/site-folder/index.ts';
import { openStationStore } from '#native/sqlite/index.ts';
import type { CliIo } from './output/index.ts';

export interface NewSite {
  readonly config: SiteConfig;
  readonly paths: SitePaths;
  /** SHA-256 of the audit key's SubjectPublicKeyInfo. */
  readonly auditKeyId: string;
}

export interface SiteWish {
  readonly dir: string;
  readonly name: string;
  readonly administrator: string;
  readonly passphrase: string | null;
}

/** Creates a site whole: folder, keys, database with its first record. SITE_EXISTS when the folder holds one. */
export async function initSite(wish: SiteWish, io: Pick<CliIo, 'clock' | 'ids'>): Promise<NewSite> {
  const { dir, passphrase: given, administrator } = wish;
  checkNames(wish);
  const site = await createSite({ dir, siteName: wish.name, administrator, passphrase: given }, io.clock, io.ids);
  const { config, paths, passphrase } = site;
  await ensureVaultKeys(paths.keys, passphrase);
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
  const { keyId } = await fileKeyVault(paths.keys, passphrase).open('audit');
  return { config, paths, auditKeyId: keyId };
}

function checkNames({ name, administrator }: SiteWish): void {
  const { name: siteName, administrator: person } = SiteConfigSchema.shape;
  if (siteName.safeParse(name).success && person.shape.name.safeParse(administrator).success) return;
  throw new AppError('USAGE_INVALID', 'the names of site and administrator have 1 to 128 characters', {
    name,
    administrator,
  });
}
