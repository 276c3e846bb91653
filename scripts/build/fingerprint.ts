import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * A digest over the name, size and time of every input. Quick, and unlike "the newest time" it also notices
 * a file that went away and a checkout of an older commit.
 */
export async function fingerprintInputs(root: string, inputs: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const input of inputs) {
    for (const path of await listFiles(root, input)) {
      const { size, mtimeMs } = await stat(join(root, path));
      hash.update(`${path}\n${String(size)}\n${String(mtimeMs)}\n`);
    }
  }
  return hash.digest('hex');
}

/** An input that does not exist has no files; its appearance changes the fingerprint. */
async function listFiles(root: string, input: string): Promise<string[]> {
  const info = await stat(join(root, input)).catch(() => null);
  if (info === null) return [];
  if (info.isFile()) return [input];
  const entries = await readdir(join(root, input), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}
