import { createECDH, type KeyObject } from 'node:crypto';
import { ASN1Obj } from '@sigstore/core';
import { refusal } from './refusal.ts';

/**
 * ECDSA verification over a digest: FIPS 186-5 section 6.4.2. Node verifies only over the content (it hashes by itself), so the
 * arithmetic is here. Everything in it is public, so its timing tells nothing. Used only when the content is not at hand;
 * a property test compares it with OpenSSL.
 */
interface Curve {
  readonly opensslName: string;
  /** Prime of the field; a = −3 on every curve below. */
  readonly p: bigint;
  /** Order of the base point. */
  readonly n: bigint;
}

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

/** An affine point; null is the point at infinity. */
type Point = { readonly x: bigint; readonly y: bigint } | null;

/** Whether `signature` (DER) is by `key` over `digest`. OpenSSL has checked that the key is a point of its curve. */
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
    multiply({ x: ofBase64Url(x), y: ofBase64Url(y) }, v, curve),
    curve,
  );
  // Steps 6 to 8.
  return point !== null && point.x % curve.n === r;
}

/** The two integers of `Ecdsa-Sig-Value` (RFC 3279 section 2.2.3); null unless the bytes are their one DER encoding. */
function integersOf(signature: Buffer): readonly [bigint, bigint] | null {
  try {
    const sequence = ASN1Obj.parseBuffer(Buffer.from(signature));
    const [r, s, ...more] = sequence.subs;
    if (r === undefined || s === undefined || more.length > 0 || !r.tag.isInteger() || !s.tag.isInteger()) return null;
    return isMinimal(r.value) && isMinimal(s.value) && sequence.toDER().equals(signature)
      ? [r.toInteger(), s.toInteger()]
      : null;
  } catch {
    // Not DER: not a signature.
    return null;
  }
}

/** DER writes an integer with the fewest bytes (X.690 section 8.3.2). */
function isMinimal(bytes: Buffer): boolean {
  const [first, second] = bytes;
  return first !== undefined && !(first === 0 && second !== undefined && second < 0x80);
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
  return { x: ofHex(bytes.subarray(1, 1 + half)), y: ofHex(bytes.subarray(1 + half)) };
}

/** SP 800-186 appendix A.1.1: addition in affine coordinates. */
function add(left: Point, right: Point, { p }: Curve): Point {
  if (left === null) return right;
  if (right === null) return left;
  if (left.x === right.x && (left.y + right.y) % p === 0n) return null;
  const slope =
    left.x === right.x
      ? (3n * left.x * left.x - 3n) * inverted(2n * left.y, p)
      : (right.y - left.y) * inverted(right.x - left.x, p);
  const x = modulo(slope * slope - left.x - right.x, p);
  return { x, y: modulo(slope * (left.x - x) - left.y, p) };
}

function multiply(point: Point, factor: bigint, curve: Curve): Point {
  let sum: Point = null;
  let doubled = point;
  for (let rest = factor; rest > 0n; rest >>= 1n) {
    if (rest & 1n) sum = add(sum, doubled, curve);
    doubled = add(doubled, doubled, curve);
  }
  return sum;
}

/** Inverse modulo a prime, by the extended Euclidean algorithm. */
function inverted(value: bigint, prime: bigint): bigint {
  let [low, high, at, next] = [modulo(value, prime), prime, 1n, 0n];
  while (low > 1n) {
    const quotient = high / low;
    [low, high] = [high % low, low];
    [at, next] = [next - quotient * at, at];
  }
  return modulo(at, prime);
}

function modulo(value: bigint, by: bigint): bigint {
  const rest = value % by;
  return rest < 0n ? rest + by : rest;
}

function ofHex(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString('hex')}`);
}

function ofBase64Url(text: string): bigint {
  return ofHex(Buffer.from(text, 'base64url'));
}
