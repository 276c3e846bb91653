import { join } from 'node:path';
import { AppError } from '#core/base/index.ts';
import { readPlainFile } from '#native/oci/index.ts';
import { parseTrustedRoot, TRUSTED_ROOT_LIMIT_BYTES, type TrustedRoot } from '#native/sigstore/index.ts';

/** Ships with the program: see resources/trust/README.md. */
const PUBLIC_GOOD = join(import.meta.dirname, '..', '..', 'resources', 'trust', 'public-good-trusted-root.json');

/** The named trusted root; without a name, the public-good one. Nothing is ever fetched, so staging needs a file. */
export async function readTrustedRoot(options: { trustedRoot?: string; staging?: true }): Promise<TrustedRoot> {
  if (options.staging === true && options.trustedRoot === undefined) {
    throw new AppError(
      'USAGE_INVALID',
      'no root of the staging instance ships with Gantry; name one with --trusted-root',
    );
  }
  return parseTrustedRoot(await readPlainFile(options.trustedRoot ?? PUBLIC_GOOD, TRUSTED_ROOT_LIMIT_BYTES));
}
