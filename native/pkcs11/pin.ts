import { readFile, stat } from 'node:fs/promises';
import { AppError } from '#core/base/index.ts';
import type { PinSource } from './token-key.ts';

/** Names the file with the PIN, for programs that no person starts. */
const PIN_FILE_VARIABLE = 'GANTRY_PIN_FILE';

/** A PIN has at most 255 characters (CK_TOKEN_INFO); the rest is room for a line end. */
const PIN_FILE_LIMIT_BYTES = 1024;

/** The PIN is the first line of a file, never an argument that every process list shows. PKCS11_PIN_MISSING. */
export function pinFromFile(named: string | undefined, env: Readonly<Record<string, string | undefined>>): PinSource {
  return async () => {
    const path = named ?? env[PIN_FILE_VARIABLE];
    if (path === undefined || path === '')
      throw new AppError('PKCS11_PIN_MISSING', 'no PIN file is named for the token', {});
    return firstLine(path);
  };
}

async function firstLine(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    const pin = size > PIN_FILE_LIMIT_BYTES ? '' : ((await readFile(path, 'utf8')).split(/\r?\n/, 1)[0] ?? '');
    if (pin !== '') return pin;
  } catch (cause) {
    throw new AppError('PKCS11_PIN_MISSING', `the PIN file ${path} cannot be read`, { path }, { cause });
  }
  throw new AppError('PKCS11_PIN_MISSING', `${path} holds no PIN in its first line`, { path });
}
