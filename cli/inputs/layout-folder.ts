import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { isNotFound } from '#native/fs/index.ts';
import { openLayout } from '#native/oci/index.ts';
import type { InputOpener } from './bundle-input.ts';

/** An OCI image layout folder: what carries `oci-layout` or `index.json`. */
export const layoutFolder: InputOpener = async (path) => {
  const hasMark = (await Promise.all(['oci-layout', 'index.json'].map((name) => exists(join(path, name))))).includes(
    true,
  );
  if (!hasMark) return null;
  const layout = await openLayout(path);
  return {
    kind: 'OCI layout',
    reader: layout,
    bundles: layout.bundles(),
    referrersOf: (digest) => layout.referrersOf(digest),
    close: () => Promise.resolve(),
  };
};

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}
