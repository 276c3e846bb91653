import { lstat, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '#core/base/index.ts';
import { systemCode } from './media-failure.ts';

const MAX_DEPTH = 16;
const MAX_SEGMENT = 255;
/** Control characters, backslash and colon mean something else on another system. */
const FORBIDDEN = /[\u0000-\u001F\u007F\\:]/;

/** Untrusted: a path inside a medium. Its segments, or BUNDLE_PATH_ESCAPE when it could leave the medium. */
export function mediaSegments(path: string): string[] {
  const segments = path === '' ? [] : path.split('/');
  const isContained = segments.every(
    (segment) =>
      segment !== '' &&
      segment !== '.' &&
      segment !== '..' &&
      segment.length <= MAX_SEGMENT &&
      !FORBIDDEN.test(segment),
  );
  if (!isContained || segments.length > MAX_DEPTH)
    throw new AppError('BUNDLE_PATH_ESCAPE', `${JSON.stringify(path.slice(0, 256))} is no path inside the medium`, {
      path: path.slice(0, 256),
    });
  return segments;
}

/** Joins, after making sure that no folder on the way is a link: O_NOFOLLOW guards the last name only. */
export async function resolveInside(root: string, path: string): Promise<string> {
  const segments = mediaSegments(path);
  let at = root;
  for (const segment of segments.slice(0, -1)) {
    at = join(at, segment);
    const found = await lstat(at);
    if (!found.isDirectory()) throw linkRefused(path);
  }
  return join(root, ...segments);
}

/** Makes the folders that `path` lies in, and refuses to walk through a link while doing so. */
export async function makeFoldersFor(root: string, path: string): Promise<string[]> {
  const made: string[] = [root];
  let at = root;
  for (const segment of mediaSegments(path).slice(0, -1)) {
    at = join(at, segment);
    await makeFolder(at);
    if (!(await lstat(at)).isDirectory()) throw linkRefused(path);
    made.push(at);
  }
  return made;
}

/** Not `recursive`: Node then says ENOENT, a medium that is gone, for one that is write-protected. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
  }
}

/** Links, devices and pipes on a medium are never followed. */
export function linkRefused(path: string): AppError {
  return new AppError('BUNDLE_LINK_REFUSED', `${path} is a link or special file`, { path });
}
