import { readFile } from 'node:fs/promises';
import { AppError } from '#core/base/index.ts';

export interface PassphraseOptions {
  readonly passphraseFile?: string;
  /** Commander's reading of `--no-passphrase`: false when it was given. */
  readonly passphrase: boolean;
}

/** A passphrase comes from a file or from GANTRY_PASSPHRASE, never from an argument that every process list shows. */
export async function passphraseFrom(
  options: PassphraseOptions,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | null> {
  if (!options.passphrase) return null;
  const text =
    options.passphraseFile === undefined ? env['GANTRY_PASSPHRASE'] : await firstLine(options.passphraseFile);
  if (text === undefined || text === '') {
    throw new AppError(
      'USAGE_INVALID',
      'give --passphrase-file FILE, set GANTRY_PASSPHRASE, or say --no-passphrase for a throw-away test',
    );
  }
  return text;
}

async function firstLine(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).split(/\r?\n/, 1)[0] ?? '';
  } catch (cause) {
    throw new AppError('USAGE_INVALID', `the passphrase file ${path} cannot be read`, { path }, { cause });
  }
}

/** For opening a key: no passphrase at all means the key must be unprotected, and a protected one then says so. */
export async function openingPassphrase(
  options: PassphraseOptions,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | null> {
  if (!options.passphrase || (options.passphraseFile === undefined && env['GANTRY_PASSPHRASE'] === undefined))
    return null;
  return passphraseFrom(options, env);
}
