import { SiteBackup, type BackupFile } from '#contracts/keys.ts';
import { AppError, MIB, type Digest } from '#core/base/index.ts';

/** Keys and the register of a large fleet; what is larger is no backup of ours. */
export const BACKUP_LIMIT_BYTES = 64 * MIB;

/** What must be there for a backup to be worth its name. */
const NEEDED = ['site.json', 'keys/site.pub.pem', 'keys/audit.pub.pem', 'keys/encryption.key.pem'];

type Sha256 = (bytes: Uint8Array) => Digest;

/** The plaintext of a backup; it exists in memory only. */
export function backupText(backup: SiteBackup): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(SiteBackup.parse(backup), null, 1)}\n`);
}

/** Reads a decrypted backup and checks every file of it. Untrusted: the text. KEY_BACKUP_INVALID. */
export function parseBackup(text: Uint8Array, sha256: Sha256): SiteBackup {
  const backup = shapeOf(text);
  const paths = new Set(backup.files.map(({ path }) => path));
  if (paths.size !== backup.files.length) throw invalid('a file is in it twice');
  for (const file of backup.files) {
    if (sha256(bytesOfBackupFile(file)) !== file.digest) throw invalid(`${file.path} is not as it was`);
  }
  const missing = NEEDED.filter((path) => !paths.has(path));
  if (missing.length > 0) throw invalid(`${missing.join(', ')} is missing`);
  return backup;
}

export function bytesOfBackupFile({ content }: BackupFile): Uint8Array {
  return Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
}

function shapeOf(text: Uint8Array): SiteBackup {
  try {
    return SiteBackup.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text)));
  } catch (cause) {
    throw new AppError('KEY_BACKUP_INVALID', 'the decrypted text is no backup of a site', {}, { cause });
  }
}

function invalid(why: string): AppError {
  return new AppError('KEY_BACKUP_INVALID', `the backup cannot be used: ${why}`, { why });
}
