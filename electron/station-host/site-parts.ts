import type { Person } from '#contracts/site.ts';
import type { ArtefactScanner } from '#core/artefacts/ports.ts';
import { isAppError, type Clock, type IdSource } from '#core/base/index.ts';
import type { JobRunner } from '#core/jobs/ports.ts';
import type { ContentCipher, KeyCustody, RenewableKeyVault } from '#core/keys/ports.ts';
import type { BlobStore, ContentHasher, StationStore } from '#core/storage/ports.ts';
import { randomIds, systemClock } from '#native/clock/index.ts';
import { folderBlobStore } from '#native/fs/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { folderKeyCustody } from '#native/keys/index.ts';
import { openStationLog, type StationLog } from '#native/log/index.ts';
import { createSiteFolder, openSiteFolder, type SiteFolder } from '#native/site-folder/index.ts';
import { openStationStore } from '#native/sqlite/index.ts';
import { createModelScanner } from '#native/model-scan/index.ts';
import { createHashThreads, type HashThreads } from '#native/workers/index.ts';
import { createJobRunner } from '#station/jobs/create-job-runner.ts';
import { noteUses, openSiteKeys } from './site-keys.ts';

/** What every use case of a site builds on. */
export interface SiteParts {
  readonly site: SiteFolder;
  readonly log: StationLog;
  readonly store: StationStore;
  readonly vault: RenewableKeyVault;
  readonly custody: KeyCustody;
  /** When a key signed last since the start. */
  readonly lastUse: (name: 'site' | 'audit') => number | null;
  /** Encrypts what leaves and opens what comes in for this site. */
  readonly cipher: ContentCipher;
  readonly blobs: BlobStore;
  readonly jobs: JobRunner;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly hasher: ContentHasher;
  /** Large content is hashed away from the thread that answers the screens. */
  readonly hashThreads: HashThreads;
  /** Model files are scanned away from it too, where a hostile one can be killed. */
  readonly scanner: ArtefactScanner;
  /** Failures that no caller waits for go to the log. */
  readonly onError: (error: unknown, what: string) => void;
}

export interface SiteWish {
  readonly siteDir: string;
  readonly passphrase?: string;
  /** A machine made the passphrase and no person knows it. */
  readonly isPassphraseOurs?: boolean;
  /** The built hash thread, for a program that is bundled; a run from source finds its own. */
  readonly hashThreadFile?: string;
  /** The same for the scan of model files. */
  readonly scanChildFile?: string;
  /** Makes the site when the folder holds none: a desktop start does, a command on a site does not. */
  readonly create?: { readonly siteName: string; readonly administrator: string };
}

/** Jobs that may run side by side; imports and exports of one medium exclude each other by key. */
const JOBS_AT_ONCE = 3;

/** Opens folder, database, store and keys of a site. SITE_NOT_FOUND, SITE_LOCKED or SITE_KEY_UNAVAILABLE. */
export async function openSiteParts(wish: SiteWish): Promise<SiteParts> {
  const clock = systemClock;
  const ids = randomIds(clock);
  const site = await openOrCreateSite(wish, clock, ids);
  const { paths, passphrase } = site;
  const log = openStationLog({ dir: paths.logs, clock, ids });
  const store = openStationStore({ path: paths.database, clock, ids, hasher: nodeHasher });
  const hashThreads = createHashThreads(wish.hashThreadFile);
  try {
    const keys = await openSiteKeys(paths.keys, passphrase);
    const logFailure = (error: unknown, what: string): string => log.failure(error, what);
    return {
      site,
      log,
      store,
      clock,
      ids,
      hasher: nodeHasher,
      hashThreads,
      scanner: createModelScanner(wish.scanChildFile),
      ...noteUses(keys.vault, clock),
      custody: folderKeyCustody({
        keysDir: paths.keys,
        passphrase,
        store: keys.store,
        isPassphraseOurs: wish.isPassphraseOurs ?? false,
        siteFiles: [paths.config, paths.network],
      }),
      cipher: keys.cipher,
      blobs: await folderBlobStore(paths.store, hashThreads),
      jobs: createJobRunner({ store, clock, ids, concurrency: JOBS_AT_ONCE, logFailure }),
      onError: logFailure,
    };
  } catch (error) {
    store.close();
    throw error;
  }
}

async function openOrCreateSite(wish: SiteWish, clock: Clock, ids: IdSource): Promise<SiteFolder> {
  const passphrase = wish.passphrase ?? null;
  try {
    return await openSiteFolder(wish.siteDir, passphrase);
  } catch (error) {
    if (!isAppError(error, 'SITE_NOT_FOUND') || wish.create === undefined) throw error;
  }
  return createSite({ dir: wish.siteDir, passphrase, ...wish.create }, clock, ids);
}

/** Makes a new site with its first administrator. SITE_EXISTS when the folder holds one. */
export function createSite(
  wish: { dir: string; siteName: string; administrator: string; passphrase: string | null },
  clock: Clock,
  ids: IdSource,
): ReturnType<typeof createSiteFolder> {
  const id = ids.next();
  const administrator: Person = { id: `person-${id.slice(-8)}`, name: wish.administrator, role: 'admin' };
  const config = {
    v: 1,
    id: `site-${id.slice(-12)}`,
    name: wish.siteName,
    createdAt: clock.now(),
    administrator,
  } as const;
  return createSiteFolder(wish.dir, config, wish.passphrase);
}
