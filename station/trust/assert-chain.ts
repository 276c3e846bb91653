import { AppError } from '#core/base/index.ts';
import type { ListedRepository, TufClient } from '#core/trust/ports.ts';
import { ROOT_LIMIT, type RepositoryRecord } from './repository-record.ts';

/**
 * A medium shows its whole chain of roots, so more can be said than "a signature is missing": it is older, it is another chain, or a
 * link is missing. TUF_ROLLED_BACK, TUF_ROOT_FORKED, TUF_ROOT_LINK_MISSING.
 */
export async function assertChain(files: ListedRepository, { root }: RepositoryRecord, tuf: TufClient): Promise<void> {
  const versions = await files.rootVersions();
  const newest = versions.at(-1);
  if (newest === undefined) throw new AppError('TUF_FILE_MISSING', 'the medium has no root metadata', { what: 'root' });
  if (newest < root.version)
    throw new AppError(
      'TUF_ROLLED_BACK',
      `root ${String(root.version)} was accepted before, the medium ends with root ${String(newest)}`,
      { role: 'root', accepted: root.version, offered: newest },
    );
  for (let version = root.version + 1; version < newest; version += 1) {
    if (!versions.includes(version))
      throw new AppError(
        'TUF_ROOT_LINK_MISSING',
        `the medium has root ${String(newest)}, but not root ${String(version)} that leads to it`,
        { missing: version, newest },
      );
  }
  const same = await files.metadata(`${String(root.version)}.root.json`, ROOT_LIMIT);
  if (same !== undefined && tuf.readRoot(same).fingerprint !== root.fingerprint)
    throw new AppError(
      'TUF_ROOT_FORKED',
      `root ${String(root.version)} of the medium is another document than the one that this site accepted`,
      { version: root.version, accepted: root.fingerprint },
    );
}
