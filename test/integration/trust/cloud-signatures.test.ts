import { execFile, execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dsse } from '@sigstore/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ANNOTATIONS, ImageManifest, MEDIA_TYPES, type Descriptor } from '#contracts/bundle.ts';
import { TRUSTS_NOBODY, type Verdict } from '#contracts/verdict.ts';
import { digestHex, MIB, type Digest } from '#core/base/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { createLayoutWriter, openLayout } from '#native/oci/index.ts';
import { aSignedLayout, type TestLayout } from '#test/support/bundles.ts';
import {
  aSigstoreInstance,
  cosignAnnotations,
  messageBundle,
  WORKLOAD,
  WORKLOAD_ISSUER,
  type SigstoreInstance,
} from '#test/support/sigstore-instance.ts';
import { aPolicy, aSigningKey, aTrustedKey, aTrustStore, TEST_NOW } from '#test/support/trust.ts';

const GANTRY = join(import.meta.dirname, '..', '..', '..', 'cli', 'bin.mjs');
const plantKey = aSigningKey();
/** The rules of a site that demands a key, provenance and a parts list. */
const KEYS = { policy: 'keys.json' };
let root: string;
let instance: SigstoreInstance;
let count = 0;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gantry-cloud-'));
  instance = await aSigstoreInstance();
  const identity = { name: 'release', subject: WORKLOAD, issuer: WORKLOAD_ISSUER, extensions: {} };
  const trusted = { ...identity, channels: ['production'], addedAt: TEST_NOW, addedBy: 'Ada' };
  const policy = aPolicy({ material: 'identity', logThreshold: 1, requireProvenance: false, requireSbom: false });
  await writeFile(join(root, 'policy.json'), JSON.stringify(policy));
  await writeFile(join(root, 'keys.json'), JSON.stringify(aPolicy()));
  const keys = [aTrustedKey(plantKey)];
  await writeFile(join(root, 'trust.json'), JSON.stringify({ ...TRUSTS_NOBODY, keys, identities: [trusted] }));
  await writeFile(join(root, 'trusted_root.json'), instance.trustedRoot);
});
afterAll(async () => {
  await rm(root, { recursive: true });
});

/** A bundle that only `attach` signs. */
async function aCloudLayout(attach: (layout: TestLayout) => Promise<void>): Promise<TestLayout> {
  count += 1;
  const layout = await aSignedLayout({
    key: aSigningKey(),
    tamper: 'unsigned',
    outDir: join(root, String(count)),
  });
  await attach(layout);
  return layout;
}

async function addManifest(
  dir: string,
  layers: readonly { mediaType: string; bytes: Uint8Array; annotations?: Record<string, string> }[],
  manifest: { artifactType?: string; subject?: Descriptor; tag?: string },
): Promise<void> {
  const { index } = await openLayout(dir);
  const writer = await createLayoutWriter(dir);
  const put = async (bytes: Uint8Array): Promise<{ digest: Digest; size: number }> => {
    const digest = nodeHasher.sha256(bytes);
    await writer.putBytes(digest, bytes);
    return { digest, size: bytes.length };
  };
  const empty = new TextEncoder().encode('{}');
  const document = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.ociManifest,
    ...(manifest.artifactType === undefined ? {} : { artifactType: manifest.artifactType }),
    config: { mediaType: 'application/vnd.oci.empty.v1+json', ...(await put(empty)) },
    layers: await Promise.all(
      layers.map(async ({ mediaType, bytes, annotations }) => ({
        mediaType,
        ...(await put(bytes)),
        ...(annotations === undefined ? {} : { annotations }),
      })),
    ),
    ...(manifest.subject === undefined ? {} : { subject: manifest.subject }),
  };
  const stored = await put(new TextEncoder().encode(JSON.stringify(document)));
  const annotations = manifest.tag === undefined ? {} : { annotations: { [ANNOTATIONS.refName]: manifest.tag } };
  await writer.writeIndex([...index.manifests, { mediaType: MEDIA_TYPES.ociManifest, ...stored, ...annotations }]);
}

const payloadFor = (digest: string): Uint8Array =>
  new TextEncoder().encode(
    JSON.stringify({
      critical: {
        identity: { 'docker-reference': 'registry.example/plant/scale' },
        image: { 'docker-manifest-digest': digest },
        type: 'cosign container image signature',
      },
      optional: null,
    }),
  );

const signedWithCosign2 = (named?: string) =>
  aCloudLayout(async ({ dir, digest }) => {
    const bytes = payloadFor(named ?? digest);
    const annotations = cosignAnnotations(await instance.keyless(bytes));
    const layer = { mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json', bytes, annotations };
    await addManifest(dir, [layer], { tag: `sha256-${digestHex(digest)}.sig` });
  });

const signedWithCosign3 = () =>
  aCloudLayout(async ({ dir, digest }) => {
    const manifest = await readFile(join(dir, 'blobs', 'sha256', digestHex(digest)));
    const bundle = messageBundle(manifest, await instance.keyless(manifest));
    const bytes = new TextEncoder().encode(JSON.stringify(bundle));
    const subject = { mediaType: MEDIA_TYPES.ociIndex, digest, size: manifest.length };
    const layer = { mediaType: MEDIA_TYPES.sigstoreBundle, bytes };
    await addManifest(dir, [layer], { artifactType: MEDIA_TYPES.sigstoreBundle, subject });
  });

/** What `cosign sign --key` and `cosign attest --key` write without a log: tags `.sig` and `.att`, and no referrer that anybody signed. */
const signedWithKey = (named?: Digest) =>
  aCloudLayout(async ({ dir, digest }) => {
    const bytes = payloadFor(digest);
    const signature = Buffer.from(await plantKey.sign(bytes)).toString('base64');
    const layer = {
      mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json',
      bytes,
      annotations: { 'dev.cosignproject.cosign/signature': signature },
    };
    const statements = await statementsOf(dir);
    const attested = await Promise.all(
      statements.map((text) => anEnvelope(text.replaceAll(digest.slice(7), (named ?? digest).slice(7)))),
    );
    const { index } = await openLayout(dir);
    await (await createLayoutWriter(dir)).writeIndex(index.manifests.filter((one) => one.digest === digest));
    await addManifest(dir, [layer], { tag: `sha256-${digestHex(digest)}.sig` });
    await addManifest(dir, attested, { tag: `sha256-${digestHex(digest)}.att` });
  });

/** The statements that a bundle is packed with, which nobody has signed yet. */
async function statementsOf(dir: string): Promise<string[]> {
  const reader = await openLayout(dir);
  const [bundle] = reader.bundles();
  if (bundle === undefined) throw new Error('the layout is empty');
  return Promise.all(
    reader.referrersOf(bundle.digest).map(async (referrer) => {
      const manifest = ImageManifest.parse(JSON.parse(new TextDecoder().decode(await reader.read(referrer, MIB))));
      const [layer] = manifest.layers;
      if (layer === undefined) throw new Error('a statement has no layer');
      return new TextDecoder().decode(await reader.read(layer.digest, MIB));
    }),
  );
}

async function anEnvelope(text: string) {
  const payload = Buffer.from(text);
  const sig = Buffer.from(await plantKey.sign(dsse.preAuthEncoding(MEDIA_TYPES.inToto, payload))).toString('base64');
  const envelope = {
    payloadType: MEDIA_TYPES.inToto,
    payload: payload.toString('base64'),
    signatures: [{ keyid: '', sig }],
  };
  return {
    mediaType: 'application/vnd.dsse.envelope.v1+json',
    bytes: Buffer.from(JSON.stringify(envelope)),
    annotations: { 'dev.cosignproject.cosign/signature': '' },
  };
}

interface Answer {
  readonly code: number;
  readonly verdict: Verdict;
}

function verify(
  dir: string,
  options: { prefix?: readonly string[]; more?: readonly string[]; policy?: string } = {},
): Promise<Answer> {
  const [program = process.execPath, ...args] = [
    ...(options.prefix ?? []),
    process.execPath,
    GANTRY,
    'verify',
    dir,
    '--policy',
    join(root, options.policy ?? 'policy.json'),
    '--json',
    ...(options.more ?? []),
  ];
  return new Promise((resolve, reject) => {
    execFile(program, args, (error, stdout, stderr) => {
      if (stdout === '') reject(new Error(stderr));
      else resolve({ code: typeof error?.code === 'number' ? error.code : 0, verdict: JSON.parse(stdout) as Verdict });
    });
  });
}

/** A site whose production channel knows its signers by identity, made by commands alone. */
async function aSiteOfIdentities(): Promise<string> {
  const site = join(root, 'site');
  await done('init', '--site', site, '--name', 'Plant');
  const rootFile = join(root, 'trusted_root.json');
  await done('trust', 'set-root', rootFile, '--site', site, '--sha256', await sha256Of(rootFile));
  const identity = ['--name', 'release', '--issuer', WORKLOAD_ISSUER, '--subject', WORKLOAD, '--channel', 'production'];
  await done('trust', 'add-identity', '--site', site, ...identity);
  const rules = ['--material', 'identity', '--log-threshold', '1', '--no-require-provenance', '--no-require-sbom'];
  await done('trust', 'policy', '--site', site, '--channel', 'production', ...rules);
  return site;
}

async function sha256Of(file: string): Promise<string> {
  return nodeHasher.sha256(await readFile(file)).slice('sha256:'.length);
}

async function done(...args: readonly string[]): Promise<void> {
  const { code, document } = await gantry(...args);
  if (code !== 0) throw new Error(`gantry ${args.join(' ')} ended with ${String(code)}: ${JSON.stringify(document)}`);
}

function gantry(...args: readonly string[]): Promise<{ code: number; document: Record<string, unknown> }> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [GANTRY, ...args, '--json'], (error, stdout, stderr) => {
      if (stdout === '') reject(new Error(stderr));
      else
        resolve({
          code: typeof error?.code === 'number' ? error.code : 0,
          document: JSON.parse(stdout) as Record<string, unknown>,
        });
    });
  });
}

const blocking = ({ verdict }: Answer): string[] =>
  verdict.findings.filter((finding) => finding.severity === 'block').map((finding) => finding.code);

/** Everything of a verdict but the moment at which it was given. */
const timeless = ({ verdict }: Answer): string =>
  JSON.stringify({
    ...verdict,
    checkedAt: 0,
    facts: verdict.facts.map((fact) => ({ ...fact, ageSeconds: fact.ageSeconds === null ? null : 0 })),
  });

function canUnshare(): boolean {
  try {
    execFileSync('unshare', ['-rn', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('gantry verify of what cloud teams sign', () => {
  it('accepts a tag of cosign v2 by identity and names log, root and signer', async () => {
    const { dir } = await signedWithCosign2();
    const answer = await verify(dir);

    expect(blocking(answer)).toEqual([]);
    expect(answer).toMatchObject({ code: 0, verdict: { signer: { kind: 'identity', id: WORKLOAD } } });
    const holds = new Set(answer.verdict.facts.filter((fact) => fact.established).map((fact) => fact.code));
    expect(holds).toContain('SIGNATURE_LOGGED');
    expect(holds).toContain('TRUSTED_ROOT_KNOWN');
    expect(holds).toContain('CERTIFICATE_ISSUED');
    expect(holds).toContain('SIGNER_MAY_RELEASE');
  });

  it('refuses a tag of cosign v2 whose payload names another digest', async () => {
    const { dir } = await signedWithCosign2(`sha256:${'0'.repeat(64)}`);

    expect(blocking(await verify(dir))).toContain('SIGNATURE_SUBJECT_MISMATCH');
  });

  it('accepts a referrer of cosign v3 that signs the bytes of the manifest', async () => {
    const { dir } = await signedWithCosign3();
    const answer = await verify(dir);

    expect(blocking(answer)).toEqual([]);
    expect(answer.verdict.signer).toMatchObject({ kind: 'identity', name: 'release', issuer: WORKLOAD_ISSUER });
  });

  it('accepts tags of cosign v2 by key: signature, provenance and parts list', async () => {
    const answer = await verify((await signedWithKey()).dir, KEYS);

    expect(blocking(answer)).toEqual([]);
    expect(answer).toMatchObject({ code: 0, verdict: { signer: { kind: 'key', id: plantKey.keyId } } });
  });

  it('takes no attestation of cosign v2 that is about another bundle', async () => {
    const answer = await verify((await signedWithKey(`sha256:${'0'.repeat(64)}`)).dir, KEYS);

    expect(answer.code).toBe(3);
    expect(new Set(blocking(answer))).toEqual(
      new Set(['SIGNATURE_SUBJECT_MISMATCH', 'PROVENANCE_MISSING', 'SBOM_MISSING']),
    );
  });

  it('refuses tags of cosign v2 by a key that nobody trusts', async () => {
    const { dir } = await signedWithKey();
    const strangers = join(root, 'strangers');
    await mkdir(strangers, { recursive: true });
    await writeFile(join(strangers, 'trust.json'), JSON.stringify(aTrustStore(aSigningKey())));

    expect(blocking(await verify(dir, { ...KEYS, more: ['--trust', strangers] }))).toContain('BUNDLE_SIGNER_UNTRUSTED');
  });

  it.skipIf(!canUnshare()).each<[string, number, () => Promise<TestLayout>, { policy?: string }]>([
    ['an accepted identity', 0, signedWithCosign3, {}],
    ['a payload about other content', 3, () => signedWithCosign2(`sha256:${'0'.repeat(64)}`), {}],
    ['an accepted key', 0, signedWithKey, KEYS],
    ['attestations about other content', 3, () => signedWithKey(`sha256:${'0'.repeat(64)}`), KEYS],
    ['a key where an identity is demanded', 3, signedWithKey, {}],
    ['an identity where a key is demanded', 3, signedWithCosign3, KEYS],
  ])(
    'says the same of %s without any network as with it (skipped where unshare is absent)',
    async (_, code, make, rules) => {
      const { dir } = await make();

      const connected = await verify(dir, rules);
      const cutOff = await verify(dir, { ...rules, prefix: ['unshare', '-rn'] });

      expect(timeless(cutOff)).toBe(timeless(connected));
      expect([connected.code, cutOff.code]).toEqual([code, code]);
    },
  );

  it('writes the verdict as JSON and as PDF, and never over a file that is there', async () => {
    const { dir } = await signedWithCosign2();
    const json = join(root, 'report.json');
    const pdf = join(root, 'report.pdf');
    const { verdict } = await verify(dir, { more: ['--report', json] });
    await verify(dir, { more: ['--report', pdf] });

    expect(JSON.parse(await readFile(json, 'utf8'))).toEqual(verdict);
    expect((await readFile(pdf)).subarray(0, 5).toString()).toBe('%PDF-');
    expect((await verify(dir, { more: ['--report', pdf] })).code).toBe(2);
  });

  it('is imported by a site whose channel demands identities, where a key alone signs nothing', async () => {
    const site = await aSiteOfIdentities();
    const accepted = await signedWithCosign3();
    const byKey = await signedWithKey();

    const good = await gantry('import', accepted.dir, '--site', site, '--accept', '--reason', 'cloud team');
    const bad = await gantry('import', byKey.dir, '--site', site, '--accept', '--reason', 'cloud team');

    expect([good.code, good.document['state']]).toEqual([0, 'accepted']);
    expect([bad.code, bad.document['state']]).toEqual([3, 'refused']);
  });
});
