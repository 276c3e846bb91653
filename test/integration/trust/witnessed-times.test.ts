import { sign } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AttestationResult, SignatureDemands } from '#core/verification/ports.ts';
import { SigstoreDocument } from '#core/verification/sigstore-document.ts';
import { createKeyPair, signingKeyFromPem } from '#native/keys/index.ts';
import { sigstoreAttestations } from '#native/sigstore/index.ts';
import { aSigstoreInstance, messageBundle, type SigstoreInstance } from '#test/support/sigstore-instance.ts';
import { aTrustedKey } from '#test/support/trust.ts';

const CONTENT = new TextEncoder().encode('{"schemaVersion":2}');
const pair = createKeyPair('ecdsa-p256');
const key = signingKeyFromPem(pair.privateKeyPem);
let instance: SigstoreInstance;
beforeAll(async () => {
  instance = await aSigstoreInstance();
});

type Doc = {
  verificationMaterial: {
    tlogEntries: { integratedTime?: string }[];
    timestampVerificationData?: { rfc3161Timestamps: { signedTimestamp: string }[] };
  };
};

async function judge(
  change: Partial<SignatureDemands> = {},
  edit?: (document: Doc) => void,
): Promise<AttestationResult> {
  const evidence = await instance.logged(CONTENT, {
    signature: sign('sha256', CONTENT, pair.privateKeyPem),
    publicKeyPem: key.publicKeyPem,
  });
  const document = messageBundle(CONTENT, evidence, key.keyId) as Doc;
  const signedTimestamp = await instance.timestamped(evidence.signature);
  document.verificationMaterial.timestampVerificationData = { rfc3161Timestamps: [{ signedTimestamp }] };
  edit?.(document);
  const demands: SignatureDemands = {
    material: 'key',
    keys: [aTrustedKey(key)],
    identities: [],
    trustedRoot: instance.trustedRoot,
    logThreshold: 0,
    timestampThreshold: 0,
    ...change,
  };
  return sigstoreAttestations.verify(SigstoreDocument.parse(document), demands, CONTENT);
}
const witnessed = (result: AttestationResult) => (result.ok ? result.evidence.witnessed : null);

describe('the time that a witness states', () => {
  it('counts for the trusted time when log or timestamp authority were verified under the trusted root', async () => {
    const times = witnessed(await judge());

    expect(times?.length).toBeGreaterThan(0);
    expect(new Set(times?.map(({ kind }) => kind))).toEqual(new Set(['timestamp', 'log']));
    for (const { at } of times ?? []) expect(Math.abs(at - Date.now())).toBeLessThan(600_000);
  });

  it('does not count at a site that has no trusted root, though the key signature holds', async () => {
    expect(witnessed(await judge({ trustedRoot: null }))).toEqual([]);
  });

  it('does not count when somebody changed it: the entry is left out where the policy does not ask for it', async () => {
    const changed = await judge({}, ({ verificationMaterial: { tlogEntries } }) => {
      for (const entry of tlogEntries) entry.integratedTime = '4102444800';
    });

    expect(witnessed(changed)).toEqual([]);
  });
});
