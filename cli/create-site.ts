import { Person, SiteConfig } from '#contracts/site.ts';
import { AppError } from '#core/base/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { ensureVaultKeys, fileKeyVault } from '#native/keys/index.ts';
import { createSiteFolder, type SitePaths } from '#native/site-folder/index.ts';
import { openStationStore } from '#native/sqlite/index.ts';
import type { CliIo } from './output/index.ts';

export const CREATE_SITE_DEFAULTS = { administrator: 'administrator' } as const;

export interface NewSite {
  readonly config: SiteConfig;
  readonly paths: SitePaths;
  /** SHA-256 of the audit key's SubjectPublicKeyInfo. */
  readonly auditKeyId: string;
}

/** Creates a site whole: folder, keys, database with its first record. SITE_EXISTS when the folder holds one. */
export async function createSite(
  wish: { dir: string; name: string; administrator: string; passphrase: string | null },
  io: Pick<CliIo, 'clock' | 'ids'>,
): Promise<NewSite> {
  const config = siteConfig(wish, io);
  const { paths, passphrase } = await createSiteFolder(wish.dir, config, wish.passphrase);
  await ensureVaultKeys(paths.keys, passphrase);
  const store = openStationStore({ path: paths.database, clock: io.clock, ids: io.ids, hasher: nodeHasher });
  try {
    const { id, name } = config.administrator;
    store.events.append({
      actor: { kind: 'person', id, name },
      stream: 'site',
      type: 'site.created',
      subject: config.id,
      payload: { name: config.name },
    });
  } finally {
    store.close();
  }
  const { keyId } = await fileKeyVault(paths.keys, passphrase).open('audit');
  return { config, paths, auditKeyId: keyId };
}

function siteConfig(
  wish: { name: string; administrator: string },
  { clock, ids }: Pick<CliIo, 'clock' | 'ids'>,
): SiteConfig {
  const id = ids.next();
  const administrator = { id: `person-${id.slice(-8)}`, name: wish.administrator, role: 'admin' };
  const parsed = SiteConfig.extend({ administrator: Person }).safeParse({
    v: 1,
    id: `site-${id.slice(-12)}`,
    name: wish.name,
    createdAt: clock.now(),
    administrator,
  });
  if (!parsed.success)
    throw new AppError(
      'USAGE_INVALID',
      'the names of site and administrator have 1 to 128 characters',
      {},
      { cause: parsed.error },
    );
  return parsed.data;
}
