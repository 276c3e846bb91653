import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseTrustedRoot, verifySigstoreBundle, type SigstoreVerdict } from '#native/sigstore/index.ts';

const CONTENT = Buffer.from('weights');
const MEDIA_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
/** A site that trusts no instance at all: only its own key. */
const EMPTY_ROOT = parseTrustedRoot(
  new TextEncoder().encode('{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1"}'),
);

function messageBundle(signature: Buffer, bits = 256): object {
  const digest = createHash(`sha${String(bits)}`)
    .update(CONTENT)
    .digest('base64');
  const messageDigest = { algorithm: `SHA2_${String(bits)}`, digest };
  const messageSignature = { messageDigest, signature: signature.toString('base64') };
  return { mediaType: MEDIA_TYPE, verificationMaterial: { publicKey: {} }, messageSignature };
}

function verifyWith(key: KeyObject, bundle: object, form: 'content' | 'digest'): Promise<SigstoreVerdict> {
  return verifySigstoreBundle({
    bundle: new TextEncoder().encode(JSON.stringify(bundle)),
    artifact:
      form === 'digest'
        ? { digest: `sha256:${createHash('sha256').update(CONTENT).digest('hex')}` }
        : { stream: inTwoPieces() },
    demand: { kind: 'key', publicKeyPem: key.export({ type: 'spki', format: 'pem' }).toString() },
    root: EMPTY_ROOT,
    thresholds: { logThreshold: 0, timestampThreshold: 0, certificateLogThreshold: 1 },
    now: 0,
  });
}

async function* inTwoPieces(): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(CONTENT.subarray(0, 3));
  yield CONTENT.subarray(3);
}

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ed = generateKeyPairSync('ed25519');

describe('verifySigstoreBundle', () => {
  describe('when a key signs content, and the policy demands neither log nor time', () => {
    it.each([
      ['ECDSA', 'content', ec.publicKey, sign('sha256', CONTENT, ec.privateKey)],
      ['ECDSA', 'digest', ec.publicKey, sign('sha256', CONTENT, ec.privateKey)],
      ['RSA', 'content', rsa.publicKey, sign('sha256', CONTENT, rsa.privateKey)],
      ['RSA', 'digest', rsa.publicKey, sign('sha256', CONTENT, rsa.privateKey)],
      ['Ed25519', 'content', ed.publicKey, sign(null, CONTENT, ed.privateKey)],
    ] as const)('verifies %s from the %s', async (_what, form, key, signature) => {
      const verdict = await verifyWith(key, messageBundle(signature), form);

      expect(verdict).toMatchObject({ verified: true, signer: { kind: 'key' }, certificate: null });
      expect(notEstablished(verdict)).toEqual([
        'SIGNATURE_TIMESTAMPED',
        'SIGNATURE_LOGGED',
        'SOURCE_KNOWN',
        'BUILDER_KNOWN',
      ]);
    });

    it.each([384, 512])('verifies a signature over SHA-%i from the content only', async (bits) => {
      const signature = sign(`sha${String(bits)}`, CONTENT, ec.privateKey);

      const fromContent = await verifyWith(ec.publicKey, messageBundle(signature, bits), 'content');
      const fromDigest = await verifyWith(ec.publicKey, messageBundle(signature, bits), 'digest');

      expect(fromContent.verified).toBe(true);
      expect(fromDigest).toMatchObject({ verified: false, refused: { code: 'SIGNATURE_NEEDS_CONTENT' } });
    });

    it('says that Ed25519 needs the content', async () => {
      const verdict = await verifyWith(ed.publicKey, messageBundle(sign(null, CONTENT, ed.privateKey)), 'digest');

      expect(verdict).toMatchObject({ verified: false, refused: { code: 'SIGNATURE_NEEDS_CONTENT' } });
    });

    it.each(['content', 'digest'] as const)('refuses the signature of another key over the %s', async (form) => {
      const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });

      const verdict = await verifyWith(ec.publicKey, messageBundle(sign('sha256', CONTENT, other.privateKey)), form);

      expect(verdict).toMatchObject({ verified: false, refused: { code: 'BUNDLE_SIGNATURE_INVALID' }, signer: null });
      expect(notEstablished(verdict)).toContain('SIGNATURE_HOLDS');
    });
  });

  describe('when the document is too large', () => {
    it('refuses it before it is read', async () => {
      const verdict = await verifySigstoreBundle({
        bundle: new Uint8Array(33 * 1024 * 1024),
        artifact: { digest: `sha256:${'0'.repeat(64)}` },
        demand: { kind: 'identity', identity: 'somebody', issuer: 'somewhere' },
        root: EMPTY_ROOT,
        thresholds: { logThreshold: 1, timestampThreshold: 1, certificateLogThreshold: 1 },
        now: 0,
      });

      expect(verdict).toMatchObject({ verified: false, refused: { code: 'INPUT_TOO_LARGE' } });
    });
  });
});

function notEstablished(verdict: SigstoreVerdict): string[] {
  return verdict.facts.filter(({ established }) => !established).map(({ code }) => code);
}
