import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ANNOTATIONS, MEDIA_TYPES, type Descriptor } from '#contracts/bundle.ts';
import { TRUSTS_NOBODY, type Verdict } from '#contracts/verdict.ts';
import { digestHex, type Digest } from '#core/base/index.ts';
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
import { aPolicy, aSigningKey, TEST_NOW } from '#test/support/trust.ts';

const GANTRY = join(import.meta.dirname, '..', '..', '..', 'cli', 'bin.mjs');
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
  await writeFile(join(root, 'trust.json'), JSON.stringify({ ...TRUSTS_NOBODY, identities: [trusted] }));
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
  layer: { mediaType: string; bytes: Uint8Array; annotations?: Record<string, string> },
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
    layers: [
      {
        mediaType: layer.mediaType,
        ...(await put(layer.bytes)),
        ...(layer.annotations === undefined ? {} : { annotations: layer.annotations }),
      },
    ],
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
    await addManifest(dir, layer, { tag: `sha256-${digestHex(digest)}.sig` });
  });

const signedWithCosign3 = () =>
  aCloudLayout(async ({ dir, digest }) => {
    const manifest = await readFile(join(dir, 'blobs', 'sha256', digestHex(digest)));
    const bundle = messageBundle(manifest, await instance.keyless(manifest));
    const bytes = new TextEncoder().encode(JSON.stringify(bundle));
    const subject = { mediaType: MEDIA_TYPES.ociIndex, digest, size: manifest.length };
    const layer = { mediaType: MEDIA_TYPES.sigstoreBundle, bytes };
    await addManifest(dir, layer, { artifactType: MEDIA_TYPES.sigstoreBundle, subject });
  });

interface Answer {
  readonly code: number;
  readonly verdict: Verdict;
}

function verify(dir: string, options: { prefix?: readonly string[]; more?: readonly string[] } = {}): Promise<Answer> {
  const [program = process.execPath, ...args] = [
    ...(options.prefix ?? []),
    process.execPath,
    GANTRY,
    'verify',
    dir,
    '--policy',
    join(root, 'policy.json'),
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

  it.skipIf(!canUnshare())(
    'says the same without any network as with it (skipped where unshare is absent)',
    async () => {
      const { dir } = await signedWithCosign3();

      expect(timeless(await verify(dir, { prefix: ['unshare', '-rn'] }))).toBe(timeless(await verify(dir)));
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
});
