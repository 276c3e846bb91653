import { createPublicKey, type KeyObject } from 'node:crypto';
import type { IKeyPair, PrivateKey, PublicKey, Session, SessionObject } from 'graphene-pk11';
import { AppError } from '#core/base/index.ts';
import type { KeyAlgorithm } from '#core/keys/ports.ts';
import { loadEngine } from './engine.ts';
import { tokenFailure } from './token-failure.ts';

/** CKK_EC_EDWARDS, CKM_EC_EDWARDS_KEY_PAIR_GEN and CKM_EDDSA of PKCS#11 v3.0, which the binding does not name. */
const EDWARDS = { keyType: 0x40, generate: 0x1055, sign: 0x1057 } as const;

/** CKA_EC_PARAMS: the OID of P-256, and "edwards25519" as PKCS#11 v3.0 section 2.3.9 writes it. */
const P256_PARAMS = Buffer.from('06082a8648ce3d030107', 'hex');
const ED25519_PARAMS = Buffer.from('130c656477617264733235353139', 'hex');

/** SubjectPublicKeyInfo in front of the point. */
const P256_SPKI = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex');
const ED25519_SPKI = Buffer.from('302a300506032b6570032100', 'hex');

/** A key of a token: a handle that signs, and its public half. */
export interface TokenKeyObjects {
  readonly algorithm: KeyAlgorithm;
  readonly privateKey: PrivateKey;
  readonly publicKey: KeyObject;
}

export function signMechanism(algorithm: KeyAlgorithm): 'ECDSA' | number {
  return algorithm === 'ed25519' ? EDWARDS.sign : 'ECDSA';
}

/** The key pair under this label. PKCS11_KEY_NOT_FOUND, also when two keys share the label. */
export function findTokenKey(session: Session, label: string): TokenKeyObjects {
  const { ObjectClass } = loadEngine();
  try {
    const privateKey = onlyOne<PrivateKey>(session, { class: ObjectClass.PRIVATE_KEY, label });
    const publicKey = onlyOne<PublicKey>(session, { class: ObjectClass.PUBLIC_KEY, label });
    return { privateKey, ...publicHalf(publicKey) };
  } catch (error) {
    throw tokenFailure(error, `find the key ${label}`);
  }
}

/** Makes a key pair whose private half can never leave the token. PKCS11_KEY_EXISTS, PKCS11_UNSUPPORTED. */
export function createTokenKeyPair(session: Session, label: string, algorithm: KeyAlgorithm): TokenKeyObjects {
  try {
    if (session.find({ label }).length > 0)
      throw new AppError('PKCS11_KEY_EXISTS', `the token already holds ${label}`, { object: label });
    const { privateKey, publicKey } = generate(session, label, algorithm);
    return { privateKey, ...publicHalf(publicKey) };
  } catch (error) {
    throw tokenFailure(error, `make the key ${label}`);
  }
}

function generate(session: Session, label: string, algorithm: KeyAlgorithm): IKeyPair {
  const { KeyGenMechanism, KeyType, ObjectClass } = loadEngine();
  const isEdwards = algorithm === 'ed25519';
  const common = {
    keyType: isEdwards ? EDWARDS.keyType : KeyType.EC,
    token: true,
    label,
    id: session.generateRandom(16),
  };
  return session.generateKeyPair(
    isEdwards ? EDWARDS.generate : KeyGenMechanism.EC,
    {
      ...common,
      class: ObjectClass.PUBLIC_KEY,
      verify: true,
      paramsECDSA: isEdwards ? ED25519_PARAMS : P256_PARAMS,
    },
    {
      ...common,
      class: ObjectClass.PRIVATE_KEY,
      private: true,
      sensitive: true,
      extractable: false,
      sign: true,
    },
  );
}

function onlyOne<T extends SessionObject>(session: Session, template: { class: number; label: string }): T {
  const found = session.find(template);
  if (found.length === 1) return found.items(0).toType<T>();
  const half = template.class === loadEngine().ObjectClass.PRIVATE_KEY ? 'private' : 'public';
  throw new AppError(
    'PKCS11_KEY_NOT_FOUND',
    `the token holds ${String(found.length)} ${half} keys named ${template.label}, one is needed`,
    { object: template.label, found: found.length },
  );
}

function publicHalf(key: PublicKey): { algorithm: KeyAlgorithm; publicKey: KeyObject } {
  const { paramsECDSA, pointEC } = key.getAttribute({ paramsECDSA: null, pointEC: null });
  const isEdwards = ED25519_PARAMS.equals(bytesOf(paramsECDSA));
  if (!isEdwards && !P256_PARAMS.equals(bytesOf(paramsECDSA)))
    throw new AppError('PKCS11_UNSUPPORTED', 'the key of the token is neither ECDSA P-256 nor Ed25519', {});
  const size = isEdwards ? 32 : 65;
  // CKA_EC_POINT is a DER OCTET STRING; some tokens give the bare point. Its length is fixed, so its end is the point either way.
  const point = bytesOf(pointEC).subarray(-size);
  const der = Buffer.concat([isEdwards ? ED25519_SPKI : P256_SPKI, point]);
  return {
    algorithm: isEdwards ? 'ed25519' : 'ecdsa-p256',
    publicKey: createPublicKey({ key: der, format: 'der', type: 'spki' }),
  };
}

function bytesOf(attribute: unknown): Buffer {
  return Buffer.isBuffer(attribute) ? attribute : Buffer.alloc(0);
}
