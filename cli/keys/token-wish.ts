import { AppError } from '#core/base/index.ts';

/** A token that shall hold the signing keys of a site. */
export interface TokenWish {
  readonly modulePath: string;
  readonly token: string;
  /** The station reads it at every start, without a person: a prompt would not do. */
  readonly pinFile: string;
}

export interface KeyStoreOptions {
  readonly keyStore: 'file' | 'pkcs11';
  readonly pkcs11?: string;
  readonly token?: string;
  readonly pinFile?: string;
}

/** What the options of `gantry init` ask for; null for files. USAGE_INVALID when a part is missing. */
export function tokenWishOf(options: KeyStoreOptions): TokenWish | null {
  const { keyStore, pkcs11, token, pinFile } = options;
  if (keyStore === 'file') return null;
  if (pkcs11 === undefined || token === undefined || pinFile === undefined)
    throw new AppError('USAGE_INVALID', '--key-store pkcs11 needs --pkcs11 MODULE, --token LABEL and --pin-file FILE');
  return { modulePath: pkcs11, token, pinFile };
}
