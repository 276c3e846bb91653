import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SiteSecret } from '#contracts/desktop.ts';
import { AppError } from '#core/base/index.ts';
import type { OsKeychain } from './os-keychain.ts';

/** The passphrase of the site as the keychain sealed it; worth nothing to another user or on another machine. */
const SEALED = 'passphrase.keychain';
const LIMIT_BYTES = 16_384;

/**
 * The passphrase of the site for the station process. A new site gets a random one that only the keychain keeps; a site that was made
 * with a passphrase file stays as it is. KEYCHAIN_UNAVAILABLE where a new site would have to keep it in the clear.
 */
export async function siteSecret(
  siteDir: string,
  keychain: OsKeychain,
  passphraseFile: string | undefined,
): Promise<SiteSecret> {
  if (passphraseFile !== undefined && passphraseFile !== '')
    return { origin: 'file', passphrase: (await readSmall(passphraseFile)).toString('utf8').replace(/\r?\n$/, '') };
  const sealedFile = join(siteDir, 'keys', SEALED);
  if (await isThere(sealedFile)) {
    assertUsable(keychain);
    return { origin: 'keychain', passphrase: opened(keychain, await readSmall(sealedFile)) };
  }
  if (await isThere(join(siteDir, 'site.json'))) return { origin: 'site', passphrase: null };
  assertUsable(keychain);
  const passphrase = randomBytes(24).toString('base64url');
  await mkdir(join(siteDir, 'keys'), { recursive: true, mode: 0o700 });
  await writeSealed(sealedFile, keychain.seal(passphrase));
  return { origin: 'keychain', passphrase };
}

function assertUsable(keychain: OsKeychain): void {
  const why = keychain.refusal();
  if (why === null) return;
  throw new AppError('KEYCHAIN_UNAVAILABLE', `the keychain of this machine is ${why.replace('-', ' ')}`, { why });
}

function opened(keychain: OsKeychain, sealed: Buffer): string {
  try {
    return keychain.open(sealed);
  } catch (cause) {
    throw new AppError('KEYCHAIN_REFUSED', 'the keychain does not open the passphrase of this site', {}, { cause });
  }
}

/** Durable before the site is made: keys under a passphrase that is lost would be lost with it. */
async function writeSealed(path: string, sealed: Buffer): Promise<void> {
  const file = await open(`${path}.tmp`, 'w', 0o600);
  try {
    await file.writeFile(sealed);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.tmp`, path);
  const folder = await open(join(path, '..'), 'r');
  try {
    // Windows has no fsync of folders; its rename is as durable as it can be.
    if (process.platform !== 'win32') await folder.sync();
  } finally {
    await folder.close();
  }
}

async function readSmall(path: string): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    if (size <= LIMIT_BYTES) return await readFile(path);
  } catch (cause) {
    throw new AppError('SITE_KEY_UNAVAILABLE', `${path} cannot be read`, { path }, { cause });
  }
  throw new AppError('SITE_KEY_UNAVAILABLE', `${path} is too large for a passphrase`, { path });
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw new AppError('DISK_FAILED', `${path} cannot be read`, { path }, { cause: error });
  }
}
