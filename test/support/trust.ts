import type { TrustedKey, TrustStore, VerificationPolicy } from '#contracts/verdict.ts';
import { TRUSTS_NOBODY, VerificationPolicy as VerificationPolicySchema } from '#contracts/verdict.ts';
import type { KeyAlgorithm, SigningKey } from '#core/keys/ports.ts';
import { createKeyPair, signingKeyFromPem } from '#native/keys/index.ts';

/** What the test plant trusts: the builder and source that `aBundleSpec` states. */
export const TEST_BUILDER = 'https://builder.example/plant-models';
export const TEST_SOURCE = 'git+https://git.example/plant-models';
export const TEST_NOW = Date.parse('2026-03-01T12:00:00.000Z');

/** A fresh signing key; keys are the one thing of a test that is not fixed, because no private key belongs into a repository. */
export function aSigningKey(algorithm: KeyAlgorithm = 'ecdsa-p256'): SigningKey {
  return signingKeyFromPem(createKeyPair(algorithm).privateKeyPem);
}

export function aTrustedKey(key: SigningKey, change: Partial<TrustedKey> = {}): TrustedKey {
  return {
    keyId: key.keyId,
    name: 'Plant release key',
    publicKeyPem: key.publicKeyPem,
    channels: ['staging', 'production'],
    addedAt: TEST_NOW,
    addedBy: 'Ada',
    ...change,
  };
}

/** A trust store with these keys. */
export function aTrustStore(...keys: readonly SigningKey[]): TrustStore {
  return { ...TRUSTS_NOBODY, keys: keys.map((key) => aTrustedKey(key)) };
}

/** A strict policy that knows the test builder and source. */
export function aPolicy(change: Partial<VerificationPolicy['channels']['production']> = {}): VerificationPolicy {
  const channel = { builders: [TEST_BUILDER], sources: [TEST_SOURCE], ...change };
  return VerificationPolicySchema.parse({ v: 1, version: 1, channels: { staging: channel, production: channel } });
}
