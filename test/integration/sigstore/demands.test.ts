import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { SignerDemand } from '#native/sigstore/index.ts';
import { describeWithShared } from '#test/support/shared-data.ts';
import { BEACON, GITHUB_ISSUER, verifyCase } from '#test/support/sigstore-cases.ts';
import { at, list, readJson, sigstoreWorkshop } from '#test/support/sigstore-edits.ts';

/** What the public suite has no case for; the stock library accepts most of it. */
describeWithShared('demands on a Sigstore signature', 'conformance/sigstore', (dir) => {
  const shop = sigstoreWorkshop(dir);

  describe('when the demanded identity is not exactly the signer', () => {
    const identities: readonly [string, string, string, string][] = [
      ['a beginning of it', BEACON.slice(0, -1), GITHUB_ISSUER, 'SIGNATURE_IDENTITY_WRONG'],
      ['an end of it', BEACON.slice(8), GITHUB_ISSUER, 'SIGNATURE_IDENTITY_WRONG'],
      ['more than it', `${BEACON}/evil`, GITHUB_ISSUER, 'SIGNATURE_IDENTITY_WRONG'],
      ['a pattern for everything', '.*', GITHUB_ISSUER, 'SIGNATURE_IDENTITY_WRONG'],
      ['an anchored pattern', `^${BEACON}$`, GITHUB_ISSUER, 'SIGNATURE_IDENTITY_WRONG'],
      ['in other case', BEACON.toUpperCase(), GITHUB_ISSUER, 'SIGNATURE_IDENTITY_WRONG'],
      ['empty', '', GITHUB_ISSUER, 'SIGNATURE_DEMAND_EMPTY'],
      ['blank', '  ', GITHUB_ISSUER, 'SIGNATURE_DEMAND_EMPTY'],
      ['by a beginning of the issuer', BEACON, GITHUB_ISSUER.slice(0, -1), 'SIGNATURE_ISSUER_WRONG'],
      ['by another issuer', BEACON, 'https://accounts.google.com', 'SIGNATURE_ISSUER_WRONG'],
      ['by an empty issuer', BEACON, '', 'SIGNATURE_DEMAND_EMPTY'],
    ];

    it.each(identities)('refuses %s', async (_what, identity, issuer, code) => {
      const demand: SignerDemand = { kind: 'identity', identity, issuer };

      expect(await shop.outcome('happy-path-v0.3', { demand })).toBe(code);
    });

    it('still names the true signer, so that it can be read before it is trusted', async () => {
      const verdict = await verifyCase(shop.named('happy-path-v0.3'), {
        demand: { kind: 'identity', identity: 'somebody@example.org', issuer: GITHUB_ISSUER },
      });

      expect(verdict).toMatchObject({ verified: false, signer: { id: BEACON, issuer: GITHUB_ISSUER } });
      expect(verdict.certificate?.runnerEnvironment).toBe('github-hosted');
      expect(verdict.facts.find(({ code }) => code === 'SIGNER_TRUSTED')?.established).toBe(false);
    });
  });

  describe('when key and certificate are mixed up', () => {
    const pem = (): string =>
      generateKeyPairSync('ec', {
        namedCurve: 'P-256',
        publicKeyEncoding: { type: 'spki', format: 'pem' },
        privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      }).publicKey;

    it('refuses a certificate where a key is demanded', async () => {
      expect(await shop.outcome('happy-path-v0.3', { demand: { kind: 'key', publicKeyPem: pem() } })).toBe(
        'SIGNATURE_MATERIAL_WRONG',
      );
    });

    it('refuses a bundle that names another key', async () => {
      expect(await shop.outcome('managed-key-happy-path', { demand: { kind: 'key', publicKeyPem: pem() } })).toBe(
        'BUNDLE_SIGNER_UNTRUSTED',
      );
    });

    it('refuses another key whatever the hint says', async () => {
      const bundle = shop.bundle('managed-key-happy-path', (document) => {
        at(document, 'verificationMaterial', 'publicKey')['hint'] = 'the usual one';
      });

      expect(
        await shop.outcome('managed-key-happy-path', { bundle, demand: { kind: 'key', publicKeyPem: pem() } }),
      ).toBe('SIGNATURE_LOG_ENTRY_MISMATCH');
    });

    it('refuses a key outside the time for which it is trusted', async () => {
      const publicKeyPem = readFileSync(shop.named('managed-key-happy-path').keyPath ?? '', 'utf8');
      const validFor = { start: new Date('2026-01-01T00:00:00Z'), end: new Date('2027-01-01T00:00:00Z') };

      expect(await shop.outcome('managed-key-happy-path', { demand: { kind: 'key', publicKeyPem, validFor } })).toBe(
        'SIGNATURE_OUTSIDE_KEY',
      );
    });
  });

  describe('when the document can be read in two ways', () => {
    const documents: readonly [string, string, () => Uint8Array][] = [
      [
        'the media type twice',
        'INPUT_MALFORMED',
        () =>
          shop.bundleText('happy-path-v0.3', (text) =>
            text.replace('{', '{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json",'),
          ),
      ],
      [
        'the same name with an escape',
        'INPUT_MALFORMED',
        () => shop.bundleText('happy-path-v0.3', (text) => text.replace('{', '{"\\u006dediaType":"x",')),
      ],
      ['something behind the end', 'INPUT_MALFORMED', () => shop.bundleText('happy-path-v0.3', (text) => `${text}{}`)],
      ['a byte order mark', 'INPUT_MALFORMED', () => shop.bundleText('happy-path-v0.3', (text) => `\uFEFF${text}`)],
      [
        'both contents',
        'SIGNATURE_DOCUMENT_INVALID',
        () =>
          shop.bundle('happy-path-v0.3', (bundle) =>
            Object.assign(bundle, { dsseEnvelope: contentOf('happy-path-intoto-in-dsse-v3') }),
          ),
      ],
      [
        'two kinds of key material',
        'SIGNATURE_DOCUMENT_INVALID',
        () =>
          shop.bundle('happy-path-v0.3-new-mediaType', (bundle) =>
            Object.assign(at(bundle, 'verificationMaterial'), { publicKey: { hint: 'x' } }),
          ),
      ],
      [
        'an unknown member',
        'SIGNATURE_DOCUMENT_INVALID',
        () => shop.bundle('happy-path-v0.3', (bundle) => Object.assign(bundle, { trust: 'me' })),
      ],
      [
        'a chain in version 0.3',
        'SIGNATURE_DOCUMENT_INVALID',
        () =>
          shop.bundle('happy-path-v0.1', (bundle) =>
            Object.assign(bundle, { mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json' }),
          ),
      ],
      [
        'two signatures in the envelope',
        'SIGNATURE_DOCUMENT_INVALID',
        () =>
          shop.bundle('happy-path-intoto-in-dsse-v3', (bundle) =>
            list(at(bundle, 'dsseEnvelope'), 'signatures').push({ sig: 'AAAA' }),
          ),
      ],
    ];
    const contentOf = (name: string): unknown => readJson(shop.named(name).bundlePath)['dsseEnvelope'];

    it.each(documents)('refuses %s', async (_what, code, bundle) => {
      expect(await shop.outcome('happy-path-v0.3', { bundle: bundle() })).toBe(code);
    });
  });

  describe('when the content is another one', () => {
    it.each(['path', 'digest'] as const)('refuses a statement about something else, by %s', async (form) => {
      const artifact = new TextEncoder().encode('other weights');

      expect(await shop.outcome('happy-path-intoto-in-dsse-v3', { form, artifact })).toBe('SIGNATURE_SUBJECT_MISMATCH');
      expect(await shop.outcome('rekor2-dsse-happy-path', { form, artifact })).toBe('SIGNATURE_SUBJECT_MISMATCH');
      expect(await shop.outcome('happy-path-v0.3', { form, artifact })).toBe('SIGNATURE_SUBJECT_MISMATCH');
    });

    it('refuses a payload that is no statement', async () => {
      const bundle = shop.bundle('happy-path-intoto-in-dsse-v3', (document) =>
        Object.assign(at(document, 'dsseEnvelope'), { payloadType: 'text/plain' }),
      );

      expect(await shop.outcome('happy-path-intoto-in-dsse-v3', { bundle })).toBe('SIGNATURE_STATEMENT_INVALID');
    });

    it('says so when only a SHA-256 is given and the signature is over another digest', async () => {
      const bundle = shop.bundle('happy-path-v0.3', (document) =>
        Object.assign(at(document, 'messageSignature', 'messageDigest'), { algorithm: 'SHA2_384' }),
      );

      expect(await shop.outcome('happy-path-v0.3', { bundle, form: 'digest' })).toBe('SIGNATURE_NEEDS_CONTENT');
      expect(await shop.outcome('happy-path-v0.3', { bundle, form: 'path' })).toBe('SIGNATURE_SUBJECT_MISMATCH');
    });
  });

  describe('when there is less evidence than demanded', () => {
    it('refuses one log entry where two are demanded, also when it is there twice', async () => {
      const bundle = shop.bundle('happy-path-v0.3', (document) => {
        const entries = list(at(document, 'verificationMaterial'), 'tlogEntries');
        entries.push(entries[0]);
      });

      expect(await shop.outcome('happy-path-v0.3', { logThreshold: 2 })).toBe('SIGNATURE_LOG_MISSING');
      // The twin states the same time by the same log, which the library notices first.
      expect(await shop.outcome('happy-path-v0.3', { bundle, logThreshold: 2 })).toBe('SIGNATURE_TIMESTAMP_INVALID');
    });

    it('refuses one time where two are demanded, also when it is there twice', async () => {
      const bundle = shop.bundle('rekor2-happy-path', (document) => {
        const timestamps = list(at(document, 'verificationMaterial', 'timestampVerificationData'), 'rfc3161Timestamps');
        timestamps.push(timestamps[0]);
      });

      expect(await shop.outcome('rekor2-happy-path', { timestampThreshold: 2 })).toBe('SIGNATURE_TIMESTAMP_MISSING');
      expect(await shop.outcome('rekor2-happy-path', { bundle, timestampThreshold: 2 })).toBe(
        'SIGNATURE_TIMESTAMP_INVALID',
      );
    });

    it('never believes a certificate without any time, whatever the policy', async () => {
      const bundle = shop.bundle('rekor2-happy-path', (document) =>
        Object.assign(at(document, 'verificationMaterial'), { timestampVerificationData: null }),
      );

      expect(await shop.outcome('rekor2-happy-path', { bundle, timestampThreshold: 0 })).toBe(
        'SIGNATURE_TIMESTAMP_MISSING',
      );
    });

    it('verifies a key without log and time only under a policy that demands neither', async () => {
      const bundle = shop.bundle('managed-key-happy-path', (document) =>
        Object.assign(at(document, 'verificationMaterial'), { tlogEntries: [], timestampVerificationData: null }),
      );

      expect(await shop.outcome('managed-key-happy-path', { bundle })).toBe('SIGNATURE_LOG_MISSING');
      expect(await shop.outcome('managed-key-happy-path', { bundle, logThreshold: 0 })).toBe(
        'SIGNATURE_TIMESTAMP_MISSING',
      );
      expect(await shop.outcome('managed-key-happy-path', { bundle, logThreshold: 0, timestampThreshold: 0 })).toBe(
        'verified',
      );
    });
  });
});
