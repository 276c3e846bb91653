import { parsePkcs11Uri, PKCS11_SCHEME } from '#core/keys/index.ts';
import type { SigningKey } from '#core/keys/ports.ts';
import { openKeyFile } from '#native/keys/index.ts';
import { askSecret } from './ask-secret.ts';
import { openingPassphrase, type PassphraseOptions } from './passphrase.ts';

export interface SigningKeyOptions extends PassphraseOptions {
  readonly pinFile?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** What `--key` may name, for the help of every command that signs. */
export const KEY_HELP = 'private key file, or pkcs11:token=LABEL;object=KEY?module-path=FILE';

/** The key that a person names: a file, or a key in a token by its PKCS#11 URI (RFC 7512). */
export async function openNamedKey(named: string, options: SigningKeyOptions, env: Environment): Promise<SigningKey> {
  if (!named.startsWith(PKCS11_SCHEME)) return openKeyFile(named, await openingPassphrase(options, env));
  const uri = parsePkcs11Uri(named);
  // Loaded here only: a key file needs no token library.
  const { openTokenKey } = await import('#native/pkcs11/index.ts');
  return openTokenKey(uri, await pinFor(options.pinFile ?? uri.pinFile, env));
}

/** From the file that is named; else a person at a terminal is asked, once. */
export async function pinFor(pinFile: string | undefined, env: Environment): Promise<() => Promise<string>> {
  const { pinFromFile } = await import('#native/pkcs11/index.ts');
  const isNamed = pinFile !== undefined || (env['GANTRY_PIN_FILE'] ?? '') !== '';
  if (isNamed || !process.stdin.isTTY) return pinFromFile(pinFile, env);
  let answer: Promise<string> | null = null;
  return () => (answer ??= askSecret('PIN of the token: '));
}
