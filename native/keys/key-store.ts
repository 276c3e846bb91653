import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KeyStore } from '#contracts/keys.ts';
import { AppError } from '#core/base/index.ts';
import { isNotFound, writeFileDurably } from '#native/fs/index.ts';

const FILE = 'key-store.json';

const IN_FILES: KeyStore = { v: 1, site: { kind: 'file' }, audit: { kind: 'file' } };

/** Where the keys of this folder live. A damaged record is an error: a key must not be made anew in another place. */
export async function readKeyStore(dir: string): Promise<KeyStore> {
  const path = join(dir, FILE);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (isNotFound(error)) return IN_FILES;
    throw new AppError('DISK_FAILED', `${path} cannot be read`, { path }, { cause: error });
  }
  try {
    return KeyStore.parse(JSON.parse(text));
  } catch (cause) {
    throw new AppError('INPUT_MALFORMED', `${path} is damaged`, { path }, { cause });
  }
}

export async function writeKeyStore(dir: string, store: KeyStore): Promise<void> {
  const text = `${JSON.stringify(KeyStore.parse(store), null, 2)}\n`;
  await writeFileDurably(join(dir, FILE), new TextEncoder().encode(text), { mode: 0o600 });
}
