import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ModelContract } from '#contracts/bundle.ts';
import { TRUSTS_NOBODY, type TrustStore, type VerificationPolicy } from '#contracts/verdict.ts';
import { verifyModelBundle, type Verification, type VerificationInput } from '#core/verification/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { openLayout } from '#native/oci/index.ts';
import { sigstoreAttestations } from '#native/sigstore/index.ts';
import { aBundleSpec, aSignedLayout, type SignedLayoutOptions } from '#test/support/bundles.ts';
import type { Tamper } from '#test/support/tamper.ts';
import { aPolicy, aSigningKey, aTrustedKey, aTrustStore, TEST_NOW } from '#test/support/trust.ts';
import { scanHere } from '#test/support/scan-here.ts';

const key = aSigningKey();
let root: string;
let count = 0;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gantry-trust-'));
});
afterAll(async () => {
  await rm(root, { recursive: true });
});

interface Question extends Partial<Omit<SignedLayoutOptions, 'outDir'>> {
  readonly trust?: TrustStore;
  readonly policy?: VerificationPolicy;
  readonly line?: Pick<ModelContract, 'inputs'>;
  readonly change?: Partial<VerificationInput>;
}

async function judge(question: Question = {}): Promise<Verification> {
  count += 1;
  const layout = await aSignedLayout({ key, ...question, outDir: join(root, String(count)) });
  const reader = await openLayout(layout.dir);
  const [bundle] = reader.bundles();
  const bundleDigest = bundle?.digest ?? layout.digest;
  return verifyModelBundle(
    {
      reader,
      bundleDigest,
      referrers: reader.referrersOf(bundleDigest),
      trust: question.trust ?? aTrustStore(key),
      policy: question.policy ?? aPolicy(),
      now: TEST_NOW,
      lineContract: question.line ?? null,
      ...question.change,
    },
    { attestations: sigstoreAttestations, hasher: nodeHasher, scanner: scanHere },
  );
}

const blocking = ({ verdict }: Verification): string[] =>
  [
    ...new Set(verdict.findings.filter((finding) => finding.severity === 'block').map((finding) => finding.code)),
  ].sort();
const isEstablished = ({ verdict }: Verification, code: string): boolean[] =>
  verdict.facts.filter((fact) => fact.code === code).map((fact) => fact.established);

describe('verifyModelBundle', () => {
  describe('when the bundle is whole, signed by a trusted key and fits', () => {
    it('accepts it and hands out a verified bundle', async () => {
      const verification = await judge();

      expect(verification.verdict).toMatchObject({
        verdict: 'accepted',
        findings: [],
        model: 'plant/scale',
        version: '1.0.0',
        signer: { kind: 'key', id: key.keyId },
      });
      expect(verification.bundle).toMatchObject({ model: 'plant/scale', sequence: 1, evaluation: { f1: 0.97 } });
      expect(verification.bundle?.variants.map((variant) => variant.target.id)).toEqual(['cpu-fp32', 'cpu-alt']);
      expect(verification.bundle?.components.length).toBeGreaterThan(0);
    });

    it('accepts an Ed25519 signature as well', async () => {
      const ed25519 = aSigningKey('ed25519');

      expect((await judge({ key: ed25519, trust: aTrustStore(ed25519) })).verdict.verdict).toBe('accepted');
    });

    it('says what was not established although the policy does not ask for it', async () => {
      const verification = await judge();

      expect(isEstablished(verification, 'SIGNATURE_LOGGED')).toEqual([false]);
      expect(isEstablished(verification, 'LINE_FITS')).toEqual([false]);
      const open = verification.verdict.facts.filter((fact) => fact.demanded && !fact.established);
      expect(open.map((fact) => fact.code)).toEqual([]);
    });
  });

  describe('when somebody on the way changed it', () => {
    it.each<[Tamper, string[]]>([
      ['unsigned', ['BUNDLE_UNSIGNED', 'PROVENANCE_MISSING', 'SBOM_MISSING']],
      ['weights', ['BUNDLE_DIGEST_MISMATCH']],
      ['truncated', ['BUNDLE_SIZE_MISMATCH']],
      ['missing-blob', ['BUNDLE_BLOB_MISSING']],
      ['manifest', ['BUNDLE_DIGEST_MISMATCH']],
      ['signature', ['BUNDLE_SIGNATURE_INVALID']],
      ['subject', ['SIGNATURE_SUBJECT_MISMATCH']],
      ['duplicate-key', ['SIGNATURE_JSON_AMBIGUOUS']],
      ['symlink', ['BUNDLE_LINK_REFUSED']],
      ['no-provenance', ['PROVENANCE_MISSING']],
      ['no-sbom', ['SBOM_MISSING']],
      ['wrong-sbom', ['SBOM_MISMATCH']],
    ])('refuses %s with its own code', async (tamper, codes) => {
      const verification = await judge({ tamper });

      expect(blocking(verification)).toEqual(codes);
      expect(verification.verdict.verdict).toBe('refused');
      expect(verification.bundle).toBeNull();
    });
  });

  describe('when the publisher is hostile and signs it', () => {
    it.each<[Tamper, string]>([
      ['oversized-manifest', 'BUNDLE_TOO_LARGE'],
      ['path-escape', 'BUNDLE_PATH_ESCAPE'],
    ])('refuses %s', async (tamper, code) => {
      const verification = await judge({ tamper });

      expect(blocking(verification)).toContain(code);
      expect(verification.bundle).toBeNull();
    });
  });

  describe('when the signer is not the right one', () => {
    it('refuses an unknown key and names it', async () => {
      const verification = await judge({ trust: aTrustStore(aSigningKey()) });

      expect(blocking(verification)).toContain('BUNDLE_SIGNER_UNTRUSTED');
      expect(verification.verdict.findings.some((finding) => finding.message.includes(key.keyId))).toBe(true);
      expect(verification.bundle).toBeNull();
    });

    it('refuses a key that may sign for staging only', async () => {
      const verification = await judge({
        trust: { ...TRUSTS_NOBODY, keys: [aTrustedKey(key, { channels: ['staging'] })] },
      });

      expect(blocking(verification)).toContain('SIGNER_CHANNEL_WRONG');
      expect(isEstablished(verification, 'SIGNATURE_HOLDS')).toEqual([true]);
      expect(isEstablished(verification, 'SIGNER_MAY_RELEASE')).toEqual([false]);
    });

    it('refuses a trust store entry whose key is not the one that its id names', async () => {
      const trust = { ...TRUSTS_NOBODY, keys: [aTrustedKey(key, { publicKeyPem: aSigningKey().publicKeyPem })] };

      expect(blocking(await judge({ trust }))).toContain('BUNDLE_SIGNER_UNTRUSTED');
    });

    it.each([
      ['an identity instead of a key', { material: 'identity' as const }, 'SIGNATURE_MATERIAL_WRONG'],
      ['a log entry', { logThreshold: 1 }, 'SIGNATURE_LOG_MISSING'],
      ['a timestamp', { timestampThreshold: 1 }, 'SIGNATURE_TIMESTAMP_MISSING'],
    ])('refuses a bundle without %s when the policy demands one', async (_, change, code) => {
      const verification = await judge({ policy: aPolicy(change) });

      expect(blocking(verification)).toContain(code);
      expect(verification.bundle).toBeNull();
    });
  });

  describe('when the policy does not want it', () => {
    it.each([
      ['the builder', { builders: ['https://builder.example/plant'] }, 'PROVENANCE_BUILDER_UNTRUSTED'],
      ['the source', { sources: ['git+https://git.example/plant-model'] }, 'PROVENANCE_SOURCE_UNTRUSTED'],
      ['the age', { maxAgeDays: 7 }, 'BUNDLE_TOO_OLD'],
      ['the runtime', { runtimes: ['openvino'] }, 'RUNTIME_NOT_ALLOWED'],
    ])('refuses %s, compared exactly', async (_, change, code) => {
      expect(blocking(await judge({ policy: aPolicy(change) }))).toEqual([code]);
    });

    it('refuses everything under a policy that lists nothing', async () => {
      expect(blocking(await judge({ policy: aPolicy({ builders: [], sources: [] }) }))).toEqual([
        'PROVENANCE_BUILDER_UNTRUSTED',
        'PROVENANCE_SOURCE_UNTRUSTED',
      ]);
    });

    it('refuses a sequence below the floor and accepts the floor itself', async () => {
      expect(blocking(await judge({ change: { sequenceFloor: 2 } }))).toEqual(['SEQUENCE_TOO_OLD']);
      expect(blocking(await judge({ change: { sequenceFloor: 1 } }))).toEqual([]);
    });
  });

  describe('when contract, model and line do not agree', () => {
    it('refuses a model that does not fit the line and says how', async () => {
      const verification = await judge({
        line: { inputs: [{ name: 'x', datatype: 'FP32', shape: [-1, 4], unit: 'inch' }] },
      });

      expect(blocking(verification)).toEqual(['CONTRACT_MISMATCH']);
      expect(verification.verdict.findings[0]?.message).toContain('unit: the line has inch, the model mm');
      expect(verification.verdict.contract).toContainEqual({
        field: 'x: unit',
        line: 'inch',
        bundle: 'mm',
        fits: false,
      });
    });

    it('refuses a contract that says something else than the model', async () => {
      const spec = aBundleSpec();
      const wrong = aBundleSpec({
        contract: { ...spec.contract, inputs: [{ name: 'x', datatype: 'FP64', shape: [-1, 5] }] },
      });

      expect(blocking(await judge({ spec: wrong }))).toEqual(['CONTRACT_MODEL_MISMATCH']);
    });
  });

  it('reports every fault at once', async () => {
    const verification = await judge({
      tamper: 'weights',
      trust: aTrustStore(aSigningKey()),
      change: { sequenceFloor: 9 },
    });

    expect(blocking(verification)).toEqual(
      expect.arrayContaining(['BUNDLE_DIGEST_MISMATCH', 'BUNDLE_SIGNER_UNTRUSTED', 'SEQUENCE_TOO_OLD']),
    );
  });
});
