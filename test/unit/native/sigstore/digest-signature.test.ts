import { constants, createHash, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { verifyDigestSignature } from '#native/sigstore/keyless/digest-signature.ts';

const CONTENT = Buffer.from('weights');
const DIGEST = createHash('sha256').update(CONTENT).digest();

describe('verifyDigestSignature', () => {
  describe('when the key is RSA', () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const signature = sign('sha256', CONTENT, privateKey);

    it('verifies PKCS#1 v1.5 from the digest alone', () => {
      expect(verifyDigestSignature(publicKey, DIGEST, { signature, hash: 'sha256' })).toBe(true);
    });

    it('refuses another digest, another hash name, another padding and a cut signature', () => {
      const pss = sign('sha256', CONTENT, { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING });

      expect(verifyDigestSignature(publicKey, createHash('sha256').digest(), { signature, hash: 'sha256' })).toBe(
        false,
      );
      expect(verifyDigestSignature(publicKey, DIGEST, { signature, hash: 'sha512' })).toBe(false);
      expect(verifyDigestSignature(publicKey, DIGEST, { signature: pss, hash: 'sha256' })).toBe(false);
      expect(verifyDigestSignature(publicKey, DIGEST, { signature: signature.subarray(1), hash: 'sha256' })).toBe(
        false,
      );
    });
  });

  describe('when the key is Ed25519', () => {
    it('says that it needs the content', () => {
      const { publicKey, privateKey } = generateKeyPairSync('ed25519');
      const signature = sign(null, CONTENT, privateKey);

      expect(() => verifyDigestSignature(publicKey, DIGEST, { signature, hash: 'sha256' })).toThrow(
        expect.objectContaining({ code: 'SIGNATURE_NEEDS_CONTENT' }),
      );
    });
  });
});
