import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { SiteConfig } from '#contracts/site.ts';
import { AppError } from '#core/base/index.ts';
import { isNotFound, writeFileDurably } from '#native/fs/index.ts';

/** Fixed places inside a site folder. */
export interface SitePaths {
  readonly config: string;
  readonly database: string;
  readonly store: string;
  readonly keys: string;
  readonly passphrase: string;
  readonly telemetry: string;
  readonly logs: string;
  readonly inbox: string;
  readonly network: string;
  readonly floors: string;
  readonly profile: string;
}

function sitePaths(dir: string): SitePaths {
  return {
    config: join(dir, 'site.json'),
    database: join(dir, 'station.db'),
    store: join(dir, 'store'),
    keys: join(dir, 'keys'),
    passphrase: join(dir, 'keys', 'passphrase'),
    telemetry: join(dir, 'telemetry'),
    logs: join(dir, 'logs'),
    inbox: join(dir, 'inbox'),
    network: join(dir, 'network.json'),
    floors: join(dir, 'trust', 'floors.json'),
    profile: join(dir, 'window-profile'),
  };
}

export interface SiteFolder {
  readonly config: SiteConfig;
  readonly paths: SitePaths;
  readonly passphrase: string;
}

/** Where devices reach this site. Kept, because devices pin the addresses when they are enrolled. */
export const SiteNetwork = z.object({
  host: z.string().max(253),
  devicePort: z.number().int().min(1).max(65_535),
  mqttPort: z.number().int().min(1).max(65_535),
});
export type SiteNetwork = z.infer<typeof SiteNetwork>;

/**
 * Makes the folders of a site and its `site.json`, last, so that a half-made site is not a site. SITE_EXISTS when there is one.
 * Without a passphrase a random one is written beside the keys, readable by the owner only; `isOwnPassphrase` then tells false.
 */
export async function createSiteFolder(
  dir: string,
  config: SiteConfig,
  passphrase: string | null,
): Promise<SiteFolder & { readonly isOwnPassphrase: boolean }> {
  const paths = sitePaths(dir);
  if ((await readIfThere(paths.config)) !== undefined)
    throw new AppError('SITE_EXISTS', `${dir} holds a site already`, { dir });
  for (const folder of [paths.store, paths.telemetry, paths.logs, paths.inbox])
    await mkdir(folder, { recursive: true });
  await mkdir(paths.keys, { recursive: true, mode: 0o700 });
  const secret = passphrase ?? (await readIfThere(paths.passphrase)) ?? randomBytes(24).toString('base64url');
  if (passphrase === null) await writeFileDurably(paths.passphrase, secret, { mode: 0o600 });
  await writeFileDurably(paths.config, `${JSON.stringify(SiteConfig.parse(config), null, 2)}\n`);
  return { config, paths, passphrase: secret, isOwnPassphrase: passphrase !== null };
}

/** The places of a site, for those who must fill them before the site is made; SITE_EXISTS when there is a site already. */
export async function pathsOfNewSite(dir: string): Promise<SitePaths> {
  const paths = sitePaths(dir);
  if ((await readIfThere(paths.config)) !== undefined)
    throw new AppError('SITE_EXISTS', `${dir} holds a site already`, { dir });
  return paths;
}

/** Opens a site folder. SITE_NOT_FOUND, or SITE_KEY_UNAVAILABLE when no passphrase is at hand. */
export async function openSiteFolder(dir: string, passphrase: string | null): Promise<SiteFolder> {
  const paths = sitePaths(dir);
  const text = await readIfThere(paths.config);
  if (text === undefined) throw new AppError('SITE_NOT_FOUND', `${dir} holds no site`, { dir });
  const secret = passphrase ?? (await readIfThere(paths.passphrase))?.trim();
  if (secret === undefined)
    throw new AppError('SITE_KEY_UNAVAILABLE', 'no passphrase was given and none is kept beside the keys', { dir });
  return { config: parseJson(text, SiteConfig, paths.config), paths, passphrase: secret };
}

export async function readNetwork(paths: SitePaths): Promise<SiteNetwork | undefined> {
  const text = await readIfThere(paths.network);
  return text === undefined ? undefined : parseJson(text, SiteNetwork, paths.network);
}

export async function writeNetwork(paths: SitePaths, network: SiteNetwork): Promise<void> {
  await writeFileDurably(paths.network, `${JSON.stringify(network, null, 2)}\n`);
}

function parseJson<S extends z.ZodType>(text: string, schema: S, path: string): z.output<S> {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new AppError('INPUT_MALFORMED', `${path} is damaged`, { path }, { cause });
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw new AppError('DISK_FAILED', `${path} cannot be read`, { path }, { cause: error });
  }
}
