import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KNOWN_BAD_PAYLOAD_TYPE, type KnownBadEntry } from '#contracts/known-bad.ts';
import type { Person } from '#contracts/site.ts';
import type { Json } from '#core/base/index.ts';
import type { SigningKey } from '#core/keys/ports.ts';
import { sealDocument } from '#core/signing/index.ts';
import type { StationStore } from '#core/storage/ports.ts';
import { verifyModelBundle } from '#core/verification/index.ts';
import { randomIds, systemClock } from '#native/clock/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { nodeSignatureVerifier } from '#native/keys/index.ts';
import { openLayout } from '#native/oci/index.ts';
import { cycloneDxSchema } from '#native/sbom/index.ts';
import { sigstoreAttestations } from '#native/sigstore/index.ts';
import { openStationStore } from '#native/sqlite/index.ts';
import { createKnownBad } from '#station/bundles/known-bad.ts';
import type { KnownBad } from '#station/bundles/service.ts';
import { scanHere } from '#test/support/scan-here.ts';
import { aSignedLayout } from '#test/support/bundles.ts';
import { aPolicy, aSigningKey, aTrustStore, TEST_NOW } from '#test/support/trust.ts';

const key = aSigningKey();
const eva: Person = { id: 'eva', name: 'Eva Field', role: 'admin' };
let root: string;
let store: StationStore;
let knownBad: KnownBad;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gantry-known-bad-'));
  const clock = systemClock;
  store = openStationStore({ path: join(root, 'db'), clock, ids: randomIds(clock), hasher: nodeHasher });
  knownBad = createKnownBad({
    store,
    clock,
    hasher: nodeHasher,
    verifier: nodeSignatureVerifier,
    trust: () => aTrustStore(key),
  });
});
afterAll(async () => {
  store.close();
  await rm(root, { recursive: true });
});

const entry = (change: Partial<KnownBadEntry>): Json => ({
  id: 'CVE-1',
  reason: 'it leaks',
  severity: 'refuse',
  ...change,
});

async function aList(version: number, entries: Json[], by: SigningKey = key): Promise<Uint8Array> {
  const list = { v: 1, version, issuedAt: TEST_NOW, entries };
  return Buffer.from(JSON.stringify(await sealDocument(KNOWN_BAD_PAYLOAD_TYPE, list, by)));
}

async function judge() {
  const layout = await aSignedLayout({ key, outDir: await mkdtemp(join(root, 'l')) });
  const reader = await openLayout(layout.dir);
  const { verdict } = await verifyModelBundle(
    {
      reader,
      bundleDigest: layout.digest,
      referrers: reader.referrersOf(layout.digest),
      trust: aTrustStore(key),
      policy: aPolicy(),
      now: TEST_NOW + 86_400_000,
      lineContract: null,
      knownBad: knownBad.current()?.list ?? null,
    },
    { attestations: sigstoreAttestations, hasher: nodeHasher, partsSchema: cycloneDxSchema, scanner: scanHere },
  );
  return verdict;
}

describe('a list of known-bad parts', () => {
  it('refuses, warns, and tells its version and age; only a newer one of a trusted key takes its place', async () => {
    expect((await judge()).verdict).toBe('accepted');

    knownBad.bring(await aList(3, [entry({ name: 'model.onnx' })]), eva);
    const refused = await judge();
    expect(refused.findings.map(({ code, severity }) => [code, severity])).toEqual([['PART_KNOWN_BAD', 'block']]);
    expect(refused.facts).toContainEqual(
      expect.objectContaining({
        code: 'NO_KNOWN_BAD_PARTS',
        established: false,
        ageSeconds: 86_400,
        detail: expect.stringContaining('List version 3') as string,
      }),
    );

    const bring = async (version: number, by?: SigningKey): Promise<string> => {
      const list = await aList(version, [], by);
      try {
        knownBad.bring(list, eva);
        return 'in force';
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    expect(await bring(3)).toBe('KNOWN_BAD_LIST_OLDER');
    expect(await bring(4, aSigningKey())).toBe('KNOWN_BAD_SIGNER_UNTRUSTED');
    expect(() => knownBad.bring(Buffer.from('{}'), eva)).toThrow(
      expect.objectContaining({ code: 'KNOWN_BAD_LIST_INVALID' }) as Error,
    );

    knownBad.bring(await aList(4, [entry({ name: 'model.onnx', severity: 'warn' })]), eva);
    const warned = await judge();
    expect([warned.verdict, warned.findings.map(({ severity }) => severity)]).toEqual(['accepted', ['warn']]);
    const records = store.events.read(0, 100, { type: 'trust.known-bad-changed' });
    expect(records.map(({ payload }) => payload['version'])).toEqual([3, 4]);
  });
});
