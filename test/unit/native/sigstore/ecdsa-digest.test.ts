import { createHash, createPublicKey, generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verifyEcdsaDigest } from '#native/sigstore/keyless/ecdsa-digest.ts';

const SUITES = [
  { namedCurve: 'P-256', hash: 'sha256' },
  { namedCurve: 'P-384', hash: 'sha384' },
  // Digest shorter, and longer, than the order of the curve.
  { namedCurve: 'P-384', hash: 'sha256' },
  { namedCurve: 'P-256', hash: 'sha512' },
] as const;
const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

const digestOf = (hash: string, content: Uint8Array): Buffer => createHash(hash).update(content).digest();

describe('verifyEcdsaDigest', () => {
  describe.each(SUITES)('on $namedCurve with $hash', ({ namedCurve, hash }) => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve });

    it('accepts what OpenSSL signs', () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 64 }), (content) => {
          expect(verifyEcdsaDigest(publicKey, digestOf(hash, content), sign(hash, content, privateKey))).toBe(true);
        }),
        { numRuns: 8 },
      );
    });

    it('agrees with OpenSSL when one byte of the signature is another', () => {
      const content = Buffer.from('weights');
      const signature = sign(hash, content, privateKey);
      fc.assert(
        fc.property(fc.nat(signature.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
          const hurt = Buffer.from(signature);
          hurt[at] = (hurt[at] ?? 0) ^ change;

          expect(verifyEcdsaDigest(publicKey, digestOf(hash, content), hurt)).toBe(
            opensslSays(publicKey, { hash, content, signature: hurt }),
          );
        }),
        { numRuns: 20 },
      );
    });

    it('refuses another digest and another key', () => {
      const content = Buffer.from('weights');
      const signature = sign(hash, content, privateKey);
      const other = generateKeyPairSync('ec', { namedCurve }).publicKey;

      expect(verifyEcdsaDigest(publicKey, digestOf(hash, Buffer.from('weight')), signature)).toBe(false);
      expect(verifyEcdsaDigest(other, digestOf(hash, content), signature)).toBe(false);
    });
  });

  describe('when the two numbers are out of their range', () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const digest = digestOf('sha256', Buffer.from('weights'));
    const [r, s] = numbersOf(sign('sha256', Buffer.from('weights'), privateKey));

    it.each([
      ['r = 0', 0n, s],
      ['s = 0', r, 0n],
      ['both 0', 0n, 0n],
      ['r = n', P256_ORDER, s],
      ['s = n', r, P256_ORDER],
      ['r + n', r + P256_ORDER, s],
      ['s + n', r, s + P256_ORDER],
      ['r and s exchanged', s, r],
      ['negative r', -1n, s],
    ])('refuses %s', (_what, first, second) => {
      expect(verifyEcdsaDigest(publicKey, digest, derOf(first, second))).toBe(false);
    });

    it('accepts the numbers as they are', () => {
      expect(verifyEcdsaDigest(publicKey, digest, derOf(r, s))).toBe(true);
    });

    it.each([
      ['empty', Buffer.alloc(0)],
      ['garbage', Buffer.from('deadbeef', 'hex')],
      ['a third number', derList(integer(r), integer(s), integer(1n))],
      [
        'a leading zero too many',
        derList(Buffer.concat([Buffer.from([2, integer(r).length - 1, 0]), integer(r).subarray(2)]), integer(s)),
      ],
      ['something behind', Buffer.concat([derOf(r, s), Buffer.from([0])])],
    ])('refuses an encoding with %s', (_what, signature) => {
      expect(verifyEcdsaDigest(publicKey, digest, signature)).toBe(false);
    });
  });

  it('says that it does not know the curve instead of guessing', () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'secp521r1' });

    expect(() => verifyEcdsaDigest(publicKey, Buffer.alloc(32), Buffer.alloc(8))).toThrow(
      expect.objectContaining({ code: 'SIGNATURE_NEEDS_CONTENT' }),
    );
  });

  // RFC 6979 appendix A.2.5: P-256, SHA-256, message "sample".
  it('accepts the published vector', () => {
    const publicKey = createPublicKey({
      format: 'jwk',
      key: {
        kty: 'EC',
        crv: 'P-256',
        x: coordinate('60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6'),
        y: coordinate('7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299'),
      },
    });
    const signature = derOf(
      0xefd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716n,
      0xf7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8n,
    );

    expect(verifyEcdsaDigest(publicKey, digestOf('sha256', Buffer.from('sample')), signature)).toBe(true);
  });
});

function opensslSays(
  key: KeyObject,
  { hash, content, signature }: { hash: string; content: Buffer; signature: Buffer },
): boolean {
  return verify(hash, content, key, signature);
}

function coordinate(hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64url');
}

function numbersOf(der: Buffer): [bigint, bigint] {
  const length = der[3] ?? 0;
  return [
    BigInt(`0x${der.subarray(4, 4 + length).toString('hex')}`),
    BigInt(`0x${der.subarray(6 + length).toString('hex')}`),
  ];
}

function integer(value: bigint): Buffer {
  if (value < 0n) return Buffer.from([2, 1, 0xff]);
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  const body = (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
  return Buffer.concat([Buffer.from([2, body.length]), body]);
}

function derList(...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
}

function derOf(r: bigint, s: bigint): Buffer {
  return derList(integer(r), integer(s));
}
