import { AppError } from '#core/base/index.ts';
import { isSafePath } from '#core/bundle/index.ts';

const MAX_DEPTH = 8;

/** What a layout consists of (OCI image-layout 1.1), and two lists that `docker save` puts beside it, which nobody reads here. */
const FILES = /^(?:oci-layout|index\.json|manifest\.json|repositories|blobs\/sha256\/[0-9a-f]{64})$/;
const FOLDERS: ReadonlySet<string> = new Set(['', 'blobs', 'blobs/sha256']);

export type MemberKind = 'file' | 'folder';

/** Untrusted: the plain form of a member's name. BUNDLE_PATH_ESCAPE when it could leave the folder it is unpacked into anywhere. */
export function memberPath(name: string, kind: MemberKind): string {
  const bare = name === '.' ? '' : name.replace(/^\.\//, '');
  const path = kind === 'folder' ? bare.replace(/\/$/, '') : bare;
  if (path === '' && kind === 'folder') return '';
  if (!isSafePath(path) || path.split('/').length > MAX_DEPTH)
    throw new AppError('BUNDLE_PATH_ESCAPE', `the archive has a member ${JSON.stringify(name.slice(0, 200))}`, {
      name: name.slice(0, 200),
    });
  return path;
}

/** Names that a file system without case, or with its own Unicode form, takes for one. */
export function collisionKey(path: string): string {
  return path.normalize('NFC').toLowerCase().normalize('NFC');
}

/**
 * The folder of the layout in an archive: its root, or the one folder that somebody packed.
 * Every member must belong to the layout: BUNDLE_LAYOUT_INVALID without one (BUNDLE_LAYOUT_FOREIGN for what `docker save` writes),
 * ARCHIVE_UNEXPECTED_MEMBER for anything else.
 */
export function layoutRoot(members: ReadonlyMap<string, MemberKind>): string {
  const marker = [...members.keys()].find((path) => /^(?:[^/]+\/)?oci-layout$/.test(path));
  if (marker === undefined && members.has('manifest.json'))
    throw new AppError(
      'BUNDLE_LAYOUT_FOREIGN',
      'the archive is one of `docker save`: it has manifest.json and no oci-layout',
      {},
    );
  const root = marker === undefined ? '' : marker.slice(0, -'oci-layout'.length);
  for (const [path, kind] of members) {
    const inside = `${path}/` === root ? '' : path.startsWith(root) ? path.slice(root.length) : null;
    const isExpected = inside !== null && (kind === 'file' ? FILES.test(inside) : FOLDERS.has(inside));
    if (!isExpected)
      throw new AppError('ARCHIVE_UNEXPECTED_MEMBER', `the archive holds ${JSON.stringify(path.slice(0, 200))}`, {
        path: path.slice(0, 200),
      });
  }
  if (marker === undefined)
    throw new AppError('BUNDLE_LAYOUT_INVALID', 'the archive holds no OCI layout: oci-layout is missing', {});
  return root;
}
