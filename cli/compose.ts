import { readFile } from 'node:fs/promises';
import type { Person } from '#contracts/site.ts';
import { AppError, KIB } from '#core/base/index.ts';
import { composeStation, type StationEnv, type StationHost } from '#electron/station-host/compose.ts';
import type { StationServices } from '#station/rpc/services.ts';
import type { CliIo } from './output/index.ts';

/** A site that a command works on: the whole station, in this process. */
export interface OpenSite {
  readonly services: StationServices;
  readonly person: Person;
}

/** Name of the variable that tells where the passphrase of a site is kept; without it the file beside the keys is used. */
export const PASSPHRASE_FILE_VARIABLE = 'GANTRY_PASSPHRASE_FILE';

const PASSPHRASE_LIMIT_BYTES = 4 * KIB;

/**
 * Opens the station of a site for one command and closes it again, whatever happens. No port is opened: gateways hear of it from the
 * next station that listens. SITE_LOCKED while another station process works on the site: stop that one, or use its screens.
 */
export function withSite<T>(siteDir: string, io: CliIo, work: (site: OpenSite) => Promise<T>): Promise<T> {
  return withStation({ siteDir, devices: 'closed' }, io, work);
}

/** As `withSite`, and gateways connect meanwhile, so that the command can wait for them. */
export function withListeningSite<T>(siteDir: string, io: CliIo, work: (site: OpenSite) => Promise<T>): Promise<T> {
  return withStation({ siteDir, devices: 'open' }, io, work);
}

async function withStation<T>(env: StationEnv, io: CliIo, work: (site: OpenSite) => Promise<T>): Promise<T> {
  const host = await openStation(env, io);
  try {
    return await work(host);
  } finally {
    await host.close();
  }
}

/** The station of a site with the passphrase that the environment names. */
export async function openStation(env: StationEnv, io: Pick<CliIo, 'env'>): Promise<StationHost> {
  const passphrase = await passphraseFrom(io.env[PASSPHRASE_FILE_VARIABLE]);
  return composeStation({ ...env, ...(passphrase === null ? {} : { passphrase }) });
}

/** The text of a passphrase file without its line end; null when none is named. */
export async function passphraseFrom(path: string | undefined): Promise<string | null> {
  if (path === undefined || path === '') return null;
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new AppError('SITE_KEY_UNAVAILABLE', `the passphrase file ${path} cannot be read`, { path }, { cause });
  }
  if (text.length > PASSPHRASE_LIMIT_BYTES)
    throw new AppError('SITE_KEY_UNAVAILABLE', `${path} is too large for a passphrase`, { path });
  return text.replace(/\r?\n$/, '');
}
