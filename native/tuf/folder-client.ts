import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, isAppError, MIB, type Instant } from '#core/base/index.ts';
import type { RepositoryFiles } from '#core/trust/ports.ts';
import { writeFileDurably } from '#native/fs/index.ts';
import { folderMetadataStore, readIfThere } from './folder-store.ts';
import { assertTarget, readTarget } from './target-content.ts';
import { missing, TrustedSet } from './trusted-set.ts';
import { findTarget, updateMetadata, type ClientOptions } from './update-metadata.ts';

/** The artefacts of a trust repository are documents; a model belongs on a media set. */
const TARGET_LIMIT_BYTES = 256 * MIB;

/** A TUF client whose state is a folder: the client of the public conformance protocol. */
export interface FolderClient {
  readonly metadataDir: string;
  readonly now: Instant;
}

/** Trusts this root. It must be signed by itself; it may have expired. */
export async function initFolderClient(
  { metadataDir }: Pick<FolderClient, 'metadataDir'>,
  root: Uint8Array,
): Promise<void> {
  new TrustedSet(root, 0, null);
  await folderMetadataStore(metadataDir).write('root', root);
}

/** Brings the metadata up to date. */
export async function refreshFolderClient(client: FolderClient, files: RepositoryFiles): Promise<void> {
  await updateMetadata(optionsOf(client, files));
}

/** Refreshes, then puts each target into the folder; one that is there and right is not fetched again. Returns the paths. */
export async function downloadTargets(
  client: FolderClient,
  files: RepositoryFiles,
  { names, dir }: { names: readonly string[]; dir: string },
): Promise<string[]> {
  const options = optionsOf(client, files);
  const trusted = await updateMetadata(options);
  await mkdir(dir, { recursive: true });
  const paths: string[] = [];
  for (const name of names) {
    const target = await findTarget(trusted, options, name);
    if (target === undefined) throw missing(`the target ${name}`);
    const path = join(dir, encodeURIComponent(target.path));
    if (!(await isThere(target, path))) {
      const { consistentSnapshot: isConsistent } = trusted.root.signed;
      await writeFileDurably(path, await readTarget(files, target, { isConsistent, limitBytes: TARGET_LIMIT_BYTES }));
    }
    paths.push(path);
  }
  return paths;
}

async function isThere(target: Parameters<typeof assertTarget>[0], path: string): Promise<boolean> {
  const cached = await readIfThere(path);
  if (cached === undefined) return false;
  try {
    await assertTarget(target, cached);
    return true;
  } catch (error) {
    // An older or damaged copy is fetched again.
    if (isAppError(error, 'TUF_CONTENT_MISMATCH')) return false;
    throw error;
  }
}

function optionsOf({ metadataDir, now }: FolderClient, files: RepositoryFiles): ClientOptions {
  return { files, store: folderMetadataStore(metadataDir), now, excuse: null };
}

/** The root of a client command, from a file that a person names. NOT_FOUND when there is none. */
export async function readRootFile(path: string): Promise<Uint8Array> {
  const bytes = await readIfThere(path);
  if (bytes === undefined) throw new AppError('NOT_FOUND', `${path} is not there`, { path });
  return bytes;
}
