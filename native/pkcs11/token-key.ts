import { createHash, verify } from 'node:crypto';
import type { Session } from 'graphene-pk11';
import { AppError, isAppError } from '#core/base/index.ts';
import { derFromRawEcdsa, type Pkcs11Uri } from '#core/keys/index.ts';
import type { KeyAlgorithm, SigningKey } from '#core/keys/ports.ts';
import { createTokenKeyPair, findTokenKey, signMechanism, type TokenKeyObjects } from './token-objects.ts';
import { tokenFailure } from './token-failure.ts';
import { openTokenSession } from './token-session.ts';

/** Gives the PIN when the token is opened; it is not kept. */
export type PinSource = () => Promise<string>;

interface OpenKey extends TokenKeyObjects {
  readonly session: Session;
}

/**
 * A key that signs inside its token. A token that was taken out and came back is opened again at the next signature.
 * INVARIANTS: one operation at a time (a session has room for one); a PIN that was refused is not tried again by itself.
 */
export async function openTokenKey(uri: Pkcs11Uri, pin: PinSource): Promise<SigningKey> {
  const label = nameOf(uri);
  const open = async (): Promise<OpenKey> => {
    const session = openTokenSession(uri, await pin(), 'sign');
    return { session, ...findTokenKey(session, label) };
  };
  let current = await open();
  let queue: Promise<unknown> = Promise.resolve();
  const { algorithm, publicKey } = current;
  const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();

  async function signNow(message: Uint8Array): Promise<Uint8Array> {
    try {
      return await signInToken(current, message);
    } catch (error) {
      if (!isAppError(error, 'PKCS11_TOKEN_GONE')) throw error;
    }
    const again = await open();
    if (!again.publicKey.equals(publicKey))
      throw new AppError('PKCS11_KEY_NOT_FOUND', `${label} is another key than before`, { object: label });
    current = again;
    return signInToken(current, message);
  }

  return {
    keyId: keyIdOf(current),
    algorithm,
    publicKeyPem,
    sign(message) {
      const signature = queue.then(() => signNow(message));
      // A failed signature is its caller's; the next one starts all the same.
      queue = signature.catch(() => undefined);
      return signature;
    },
  };
}

/** Makes a key in a token and opens it. PKCS11_KEY_EXISTS when the name is taken. */
export async function createTokenKey(uri: Pkcs11Uri, algorithm: KeyAlgorithm, pin: PinSource): Promise<SigningKey> {
  const session = openTokenSession(uri, await pin(), 'create');
  try {
    createTokenKeyPair(session, nameOf(uri), algorithm);
  } finally {
    session.close();
  }
  return openTokenKey(uri, pin);
}

function nameOf(uri: Pkcs11Uri): string {
  if (uri.object !== undefined) return uri.object;
  throw new AppError('PKCS11_URI_INVALID', 'the key URI names no object', {});
}

function keyIdOf({ publicKey }: TokenKeyObjects): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

/** Hash first, then ECDSA: few tokens know the combined mechanism. */
async function signInToken(key: OpenKey, message: Uint8Array): Promise<Uint8Array> {
  const isEdwards = key.algorithm === 'ed25519';
  const input = isEdwards ? Buffer.from(message) : createHash('sha256').update(message).digest();
  const raw = await once(key, input);
  const signature = isEdwards ? new Uint8Array(raw) : derFromRawEcdsa(raw);
  // A public object that does not belong to the private one would make signatures that nobody accepts.
  if (!verify(isEdwards ? null : 'sha256', message, key.publicKey, signature))
    throw new AppError('PKCS11_KEY_NOT_FOUND', 'private and public key of the token do not belong together', {});
  return signature;
}

function once({ session, algorithm, privateKey }: OpenKey, input: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const refuse = (error: unknown): void => {
      reject(tokenFailure(error, 'sign'));
    };
    try {
      session.createSign(signMechanism(algorithm), privateKey).once(input, (error: Error | null, signature) => {
        if (error === null) resolve(signature);
        else refuse(error);
      });
    } catch (error) {
      refuse(error);
    }
  });
}
