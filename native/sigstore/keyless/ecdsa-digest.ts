import { createECDH, type KeyObject } from 'node:crypto';
import { add, inverted, modulo, multiply, type Curve, type Point } from './prime-curve.ts';
import { refusal } from './refusal.ts';

/** SP 800-186 section 3.2.1. */
const CURVES: Readonly<Record<string, Curve>> = {
  'P-256': {
    opensslName: 'prime256v1',
    p: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
    n: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  },
  'P-384': {
    opensslName: 'secp384r1',
    p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    n: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
  },
};

/**
 * Whether `signature` (DER) is by `key` over `digest`: ECDSA verification, FIPS 186-5 section 6.4.2. Node verifies only over the content
 * (it hashes by itself), so the arithmetic is here, and is used only when the content is not at hand. Everything in it is public, so
 * its timing tells nothing. OpenSSL has checked that the key is a point of its curve; a property test compares the answers with OpenSSL.
 */
export function verifyEcdsaDigest(key: KeyObject, digest: Buffer, signature: Buffer): boolean {
  const { crv, x, y } = key.export({ format: 'jwk' });
  const curve = crv === undefined ? undefined : CURVES[crv];
  if (curve === undefined || x === undefined || y === undefined)
    throw refusal('SIGNATURE_NEEDS_CONTENT', `curve ${String(crv)} is not verified from a digest`);
  const parts = integersOf(signature);
  // Step 1: r and s lie in [1, n − 1].
  if (parts === null || !parts.every((part) => part > 0n && part < curve.n)) return false;
  const [r, s] = parts;
  // Steps 2 to 4: e is the leftmost bits of the digest, as many as n has.
  const inverse = inverted(s, curve.n);
  const u = (leftmostBits(digest, curve.n) * inverse) % curve.n;
  const v = (r * inverse) % curve.n;
  // Step 5: R = u·G + v·Q, not at infinity.
  const point = add(
    multiply(basePoint(curve), u, curve),
    multiply({ x: ofBase64Url(x), y: ofBase64Url(y), z: 1n }, v, curve),
    curve,
  );
  // Steps 6 to 8.
  if (point.z === 0n) return false;
  const affine = inverted(point.z, curve.p);
  return modulo(point.x * affine * affine, curve.p) % curve.n === r;
}

/** The two integers of `Ecdsa-Sig-Value` (RFC 3279 section 2.2.3); null unless the bytes are their one DER encoding. */
function integersOf(signature: Buffer): readonly [bigint, bigint] | null {
  // A SEQUENCE of less than 128 bytes: longer ones do not occur on these curves.
  if (signature[0] !== 0x30 || signature.length > 129 || signature[1] !== signature.length - 2) return null;
  const r = integerAt(signature, 2);
  const s = r === null ? null : integerAt(signature, r.end);
  return r === null || s?.end !== signature.length ? null : [r.value, s.value];
}

/** An INTEGER that is not negative and has no byte too many (X.690 section 8.3.2). */
function integerAt(bytes: Buffer, at: number): { value: bigint; end: number } | null {
  const end = at + 2 + (bytes[at + 1] ?? 0);
  const body = bytes.subarray(at + 2, end);
  const [first, second] = body;
  if (bytes[at] !== 0x02 || end > bytes.length || first === undefined || first >= 0x80) return null;
  const isPadded = first === 0 && second !== undefined && second < 0x80;
  return isPadded ? null : { value: ofHex(body), end };
}

function leftmostBits(digest: Buffer, n: bigint): bigint {
  const surplus = digest.length * 8 - n.toString(2).length;
  const whole = BigInt(`0x${digest.toString('hex')}`);
  return surplus > 0 ? whole >> BigInt(surplus) : whole;
}

function basePoint({ opensslName }: Curve): Point {
  const ecdh = createECDH(opensslName);
  ecdh.setPrivateKey(Buffer.from([1]));
  const bytes = ecdh.getPublicKey();
  const half = (bytes.length - 1) / 2;
  return { x: ofHex(bytes.subarray(1, 1 + half)), y: ofHex(bytes.subarray(1 + half)), z: 1n };
}

function ofHex(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString('hex')}`);
}

function ofBase64Url(text: string): bigint {
  return ofHex(Buffer.from(text, 'base64url'));
}
