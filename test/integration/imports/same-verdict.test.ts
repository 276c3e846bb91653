import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KNOWN_BAD_PAYLOAD_TYPE, type KnownBadList } from '#contracts/known-bad.ts';
import type { ChannelPolicy, Verdict, VerificationPolicy } from '#contracts/verdict.ts';
import type { Json } from '#core/base/index.ts';
import { sealDocument } from '#core/signing/index.ts';
import { systemClock } from '#native/clock/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { nodeSignatureVerifier } from '#native/keys/index.ts';
import { createModelScanner } from '#native/model-scan/index.ts';
import { cycloneDxSchema } from '#native/sbom/index.ts';
import { sigstoreAttestations } from '#native/sigstore/index.ts';
import { parseYaml } from '#native/yaml/index.ts';
import { openKnownBadList } from '#station/bundles/known-bad.ts';
import { createImportVerification } from '#station/imports/verify-for-import.ts';
import { aBundleSpec, aSignedLayout, type SignedLayoutOptions } from '#test/support/bundles.ts';
import { aPolicy, aSigningKey, aTrustStore } from '#test/support/trust.ts';
import { engineer, openSite, reach, type TestSite } from './site.ts';

const GANTRY = join(import.meta.dirname, '..', '..', '..', 'cli', 'bin.mjs');
const key = aSigningKey();
const trust = aTrustStore(key);
const inForce: { policy: VerificationPolicy; list: KnownBadList | null } = { policy: aPolicy(), list: null };
let root: string;
let station: TestSite;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gantry-same-verdict-'));
  await writeFile(join(root, 'trust.json'), JSON.stringify(trust));
  station = await openSite(join(root, 'site'), {
    verify: createImportVerification({
      trust: () => trust,
      policy: () => inForce.policy,
      knownBad: () => inForce.list,
      sequenceFloor: () => null,
      lineContract: () => Promise.resolve(null),
      attestations: sigstoreAttestations,
      partsSchema: cycloneDxSchema,
      scanner: createModelScanner(),
      parseYaml,
      hasher: nodeHasher,
      clock: systemClock,
      timeFloor: () => null,
    }),
  });
});
afterAll(async () => {
  await station.close();
  await rm(root, { recursive: true, force: true });
});

async function byStation(layoutDir: string): Promise<Verdict> {
  const volume = await station.media.openFolder(layoutDir);
  const bundleDigest = volume.set?.bundles[0]?.digest;
  if (bundleDigest === undefined) throw new Error('the layout lists no bundle');
  const { id } = await station.imports.start({ volumeId: volume.id, bundleDigest }, engineer);
  const { verdict } = await reach(station, id, 'awaiting-decision', 'refused');
  if (verdict === null) throw new Error('the import has no verdict');
  return verdict;
}

function byCommandLine(layoutDir: string, listFile: string | null): Promise<Verdict> {
  const args = [GANTRY, 'verify', layoutDir, '--policy', join(root, 'policy.json'), '--json'];
  return new Promise((resolve) => {
    execFile(process.execPath, [...args, ...(listFile === null ? [] : ['--known-bad', listFile])], (_error, stdout) => {
      resolve(JSON.parse(stdout) as Verdict);
    });
  });
}

/** Everything but the time of the check. Only a station keeps the signed times by which it judges its clock. */
const comparable = ({ facts, findings, checkedAt: _, ...verdict }: Verdict) => ({
  ...verdict,
  facts: facts.filter(({ code }) => code !== 'CLOCK_PLAUSIBLE').map(({ ageSeconds: _age, ...fact }) => fact),
  findings,
});

const LIST: Json = {
  v: 1,
  version: 1,
  issuedAt: Date.parse('2026-02-20T00:00:00Z'),
  entries: [{ id: 'CVE-1', name: 'model.onnx', reason: 'it leaks', severity: 'refuse' }],
};

interface Case {
  readonly layout?: Partial<SignedLayoutOptions>;
  readonly policy?: Partial<ChannelPolicy>;
  readonly listed?: true;
}

const CASES: readonly [string, Case, Verdict['verdict'], string | null][] = [
  ['is good', {}, 'accepted', null],
  ['is unsigned', { layout: { tamper: 'unsigned' } }, 'refused', 'BUNDLE_UNSIGNED'],
  ['is signed by a stranger', { layout: { key: aSigningKey() } }, 'refused', 'BUNDLE_SIGNER_UNTRUSTED'],
  ['has a broken signature', { layout: { tamper: 'signature' } }, 'refused', 'BUNDLE_SIGNATURE_INVALID'],
  ['has a signature of another bundle', { layout: { tamper: 'subject' } }, 'refused', 'SIGNATURE_SUBJECT_MISMATCH'],
  ['has no provenance', { layout: { tamper: 'no-provenance' } }, 'refused', 'PROVENANCE_MISSING'],
  ['has no parts list', { layout: { tamper: 'no-sbom' } }, 'refused', 'SBOM_MISSING'],
  ['has the parts list of another model', { layout: { tamper: 'wrong-sbom' } }, 'refused', 'SBOM_MISMATCH'],
  ['names a file outside', { layout: { tamper: 'path-escape' } }, 'refused', null],
  [
    'was built by a stranger',
    { policy: { builders: ['https://other.example'] } },
    'refused',
    'PROVENANCE_BUILDER_UNTRUSTED',
  ],
  ['is too old', { policy: { maxAgeDays: 1 } }, 'refused', 'BUNDLE_TOO_OLD'],
  ['is for a runtime that is not allowed', { policy: { runtimes: ['tflite'] } }, 'refused', 'RUNTIME_NOT_ALLOWED'],
  ['is for staging', { layout: { spec: aBundleSpec({ channel: 'staging' }) } }, 'accepted', null],
  ['has a part that the list names', { listed: true }, 'refused', 'PART_KNOWN_BAD'],
];

describe('gantry verify and the import of a station', () => {
  it.each(CASES)('say the same of a bundle that %s', { timeout: 60_000 }, async (name, given, verdict, code) => {
    const { layout = {}, policy = {}, listed } = given;
    const envelope = Buffer.from(JSON.stringify(await sealDocument(KNOWN_BAD_PAYLOAD_TYPE, LIST, key)));
    const listFile = join(root, 'known-bad.json');
    await writeFile(listFile, envelope);
    inForce.policy = aPolicy(policy);
    inForce.list = listed ? openKnownBadList(envelope, { trust, verifier: nodeSignatureVerifier }).list : null;
    await writeFile(join(root, 'policy.json'), JSON.stringify(inForce.policy));
    const { dir } = await aSignedLayout({ key, outDir: join(root, name.replaceAll(' ', '-')), ...layout });

    const station = await byStation(dir);
    const commandLine = await byCommandLine(dir, listed ? listFile : null);

    expect(comparable(commandLine)).toEqual(comparable(station));
    expect(station.verdict).toBe(verdict);
    if (code !== null) expect(station.findings.map((finding) => finding.code)).toContain(code);
  });
});
