import { AppError } from '#core/base/index.ts';
import { identityFromFile, type AgeSecret } from '#native/age/index.ts';
import { readPlainFile } from '#native/oci/index.ts';

/** An identity file is a few lines of text. */
const LIMIT_BYTES = 16 * 1024;

/** The identity in a file that `age-keygen` wrote. NOT_FOUND, AGE_IDENTITY_INVALID. */
export async function readIdentityFile(path: string): Promise<AgeSecret> {
  return { identity: await identityFromFile(Buffer.from(await readText(path)).toString('utf8')) };
}

async function readText(path: string): Promise<Uint8Array> {
  try {
    return await readPlainFile(path, LIMIT_BYTES);
  } catch (cause) {
    throw new AppError('NOT_FOUND', `there is no identity file ${path}`, { path }, { cause });
  }
}
