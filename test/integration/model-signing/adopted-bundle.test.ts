import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ANNOTATIONS, ImageIndex, MODEL_SIGNATURE_PREDICATE, type Descriptor } from '#contracts/bundle.ts';
import type { ImportView, VolumeView } from '#contracts/media.ts';
import type { Verdict } from '#contracts/verdict.ts';
import { canonicalJson, MIB, type Digest } from '#core/base/index.ts';
import { packReferrer } from '#core/bundle/index.ts';
import { sourceBundleOf } from '#core/media/index.ts';
import { verifyModelBundle } from '#core/verification/index.ts';
import { systemClock } from '#native/clock/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { createLayoutWriter, openLayout } from '#native/oci/index.ts';
import { sigstoreAttestations } from '#native/sigstore/index.ts';
import { parseYaml } from '#native/yaml/index.ts';
import { createImportVerification } from '#station/imports/verify-for-import.ts';
import { openModelFolder, signModelFolder, writeModelFolder } from '#test/support/model-folder.ts';
import { scanHere } from '#test/support/scan-here.ts';
import { aPolicy, aSigningKey, aTrustStore, TEST_NOW } from '#test/support/trust.ts';
import { gantry } from '../cli/gantry.ts';
import { engineer, openSite, reach, type TestSite } from '../imports/site.ts';

const key = aSigningKey();
const policy = aPolicy({ requireProvenance: false });
let root: string;
let folder: string;
let site: TestSite | undefined;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gantry-adopted-'));
  folder = join(root, 'surface-check');
  await writeModelFolder(folder);
  await signModelFolder(folder, key);
});
afterEach(async () => {
  await site?.close();
  site = undefined;
});
afterAll(() => rm(root, { recursive: true }));

async function judge(dir: string): Promise<Verdict> {
  const reader = await openLayout(dir);
  const bundleDigest = reader.bundles()[0]?.digest;
  if (bundleDigest === undefined) throw new Error('no bundle is listed');
  const trust = aTrustStore(key);
  const referrers = reader.referrersOf(bundleDigest);
  const { verdict } = await verifyModelBundle(
    { reader, bundleDigest, referrers, trust, policy, now: TEST_NOW, lineContract: null },
    { attestations: sigstoreAttestations, hasher: nodeHasher, scanner: scanHere, parseYaml },
  );
  return verdict;
}

const blocking = ({ findings }: Verdict): string[] =>
  findings.filter(({ severity }) => severity === 'block').map(({ code }) => code);

/** The adopted bundle with another index around the same files and the same signature of them. */
async function withIndex(change: (index: ImageIndex) => ImageIndex): Promise<string> {
  const dir = join(await mkdtemp(join(root, 'layout-')), 'layout');
  const layout = await openModelFolder(folder);
  const [listed] = layout.bundles();
  if (listed === undefined) throw new Error('no bundle is listed');
  const { blobs } = await sourceBundleOf(layout, listed, layout.referrersOf(listed.digest));
  const writer = await createLayoutWriter(dir);
  for (const { digest } of blobs) await writer.putBytes(digest, await layout.read(digest, MIB));
  const index = change(ImageIndex.parse(JSON.parse(new TextDecoder().decode(await layout.read(listed.digest, MIB)))));
  const bytes = new TextEncoder().encode(canonicalJson(index));
  const bundle: Descriptor = {
    mediaType: 'application/vnd.oci.image.index.v1+json',
    digest: nodeHasher.sha256(bytes),
    size: bytes.length,
    artifactType: 'application/vnd.gantry.bundle.v1',
    annotations: { [ANNOTATIONS.model]: listed.model, [ANNOTATIONS.version]: listed.version },
  };
  const signature = packReferrer(
    {
      subject: bundle,
      content: await readFile(join(folder, 'model.sig')),
      kind: 'sigstore',
      predicateType: MODEL_SIGNATURE_PREDICATE,
      createdAt: '2026-02-01T10:11:12.131Z',
    },
    nodeHasher,
  );
  await writer.putBytes(bundle.digest, bytes);
  for (const blob of signature.blobs) await writer.putBytes(blob.descriptor.digest, blob.bytes);
  await writer.writeIndex([bundle, signature.manifest.descriptor]);
  return dir;
}

const annotated = (annotations: Record<string, string>) => (index: ImageIndex) => ({
  ...index,
  annotations: { ...index.annotations, ...annotations },
});

describe('a bundle made from a signed model folder', () => {
  it('is verified from its layout as from the folder', async () => {
    const verdict = await judge(await withIndex((index) => index));

    expect([verdict.verdict, blocking(verdict), verdict.signer?.id]).toEqual(['accepted', [], key.keyId]);
  });

  describe('when somebody writes another bundle around the signed files', () => {
    it.each<[string, (index: ImageIndex) => ImageIndex]>([
      ['another sequence', annotated({ [ANNOTATIONS.sequence]: '99999999999' })],
      ['another channel', annotated({ [ANNOTATIONS.channel]: 'staging' })],
      ['another name', annotated({ [ANNOTATIONS.model]: 'line4/solder' })],
      ['a conversion that nobody knows', annotated({ [ANNOTATIONS.adoption]: 'mlflow/2' })],
      [
        'another target',
        (index) => ({
          ...index,
          manifests: index.manifests.map((one) => ({
            ...one,
            ...(one.annotations === undefined
              ? {}
              : { annotations: { ...one.annotations, [ANNOTATIONS.providers]: 'cuda' } }),
          })),
        }),
      ],
    ])('with %s, the signature does not count for it', async (_, change) => {
      const verdict = await judge(await withIndex(change));

      expect(blocking(verdict)).toContain('MODEL_FOLDER_NOT_ITS_FILES');
      expect(verdict).toMatchObject({ verdict: 'refused', signer: null });
      expect(verdict.facts.find(({ code }) => code === 'SIGNATURE_HOLDS')?.established).toBe(false);
    });

    it('without the files, the signature is about nothing here', async () => {
      const dir = await withIndex((index) => ({
        ...index,
        manifests: index.manifests.filter((one) => one.artifactType?.includes('adopted') !== true),
        annotations: Object.fromEntries(
          Object.entries(index.annotations ?? {}).filter(([name]) => name !== ANNOTATIONS.adoption),
        ),
      }));

      expect(blocking(await judge(dir))).toEqual(expect.arrayContaining(['SIGNATURE_SUBJECT_MISMATCH']));
    });
  });
});

/** A station with the rules of a site that takes such folders. */
async function aStation(): Promise<TestSite> {
  site = await openSite(await mkdtemp(join(root, 'site-')), {
    verify: createImportVerification({
      trust: () => aTrustStore(key),
      policy: () => policy,
      sequenceFloor: () => null,
      lineContract: () => Promise.resolve(null),
      attestations: sigstoreAttestations,
      hasher: nodeHasher,
      scanner: scanHere,
      parseYaml,
      clock: systemClock,
      timeFloor: () => null,
    }),
  });
  return site;
}

async function importFrom(station: TestSite, { id: volumeId, set, problem }: VolumeView): Promise<ImportView> {
  const bundleDigest: Digest | undefined = set?.bundles[0]?.digest;
  if (bundleDigest === undefined) throw new Error(`no bundle is listed: ${JSON.stringify(problem)}`);
  const { id } = await station.imports.start({ volumeId, bundleDigest }, engineer);
  return reach(station, id, 'awaiting-decision', 'refused', 'failed');
}

/** The medium under a label, once it was looked through. */
async function listed(station: TestSite, label: string): Promise<VolumeView> {
  for (let tries = 0; tries < 200; tries += 1) {
    const found = (await station.media.volumes()).find((volume) => volume.label === label);
    if (found !== undefined) return found;
    await systemClock.sleep(25);
  }
  throw new Error(`${label} is never listed`);
}

describe('a station that is given a stick as a team writes it', () => {
  const inboxOf = async (station: TestSite): Promise<string> => {
    const inbox = (await station.media.connected()).find(({ volume }) => volume.id === 'inbox');
    if (inbox === undefined) throw new Error('there is no inbox');
    return inbox.volume.mountPath;
  };

  it('finds a model folder in a folder of the stick, and accepts it on the signature of its team', async () => {
    const station = await aStation();
    await cp(folder, join(await inboxOf(station), 'surface-check'), { recursive: true });

    const view = await importFrom(station, await listed(station, 'Inbox: surface-check (model folder)'));
    expect(view).toMatchObject({ state: 'awaiting-decision', verdict: { verdict: 'accepted', version: '7' } });
    await station.imports.accept({ importId: view.id, reason: 'CR-7' }, engineer);

    const detail = await station.bundles.get(view.bundleDigest);
    expect(detail.summary).toMatchObject({ model: 'surface-check', signer: { id: key.keyId } });
    expect(detail.modelCard).toContain('mlflow_version');
    const signature = nodeHasher.sha256(await readFile(join(folder, 'model.sig')));
    expect(await station.blobs.has(signature)).toBe(true);
  });

  it('finds it in the root of the stick too', async () => {
    const station = await aStation();
    await cp(folder, await inboxOf(station), { recursive: true });

    const view = await importFrom(station, await listed(station, 'Inbox: model folder'));

    // The name comes from the registry's record, not from where the folder lies.
    expect(view).toMatchObject({ state: 'awaiting-decision', verdict: { model: 'surface-check' } });
  });

  it('finds a layout in a folder of the stick', async () => {
    const station = await aStation();
    await cp(await withIndex((index) => index), join(await inboxOf(station), 'export'), { recursive: true });

    const view = await importFrom(station, await listed(station, 'Inbox: export (OCI layout)'));

    expect(view).toMatchObject({ state: 'awaiting-decision', verdict: { verdict: 'accepted' } });
  });

  it('opens a folder that a person names', async () => {
    const station = await aStation();

    const view = await importFrom(station, await station.media.openFolder(folder));

    expect(view).toMatchObject({ state: 'awaiting-decision', verdict: { verdict: 'accepted' } });
  });

  it('refuses a folder to which somebody added a file, and names the file', async () => {
    const station = await aStation();
    const dir = join(await inboxOf(station), 'surface-check');
    await cp(folder, dir, { recursive: true });
    await writeFile(join(dir, 'setup.py'), 'import os');

    const view = await importFrom(station, await listed(station, 'Inbox: surface-check (model folder)'));

    expect(view.state).toBe('refused');
    expect(view.verdict?.findings).toContainEqual(
      expect.objectContaining({ code: 'MODEL_FILE_ADDED', at: 'setup.py' }),
    );
  });

  it('shows why a folder gives no bundle', async () => {
    const station = await aStation();
    const dir = join(await inboxOf(station), 'pickled');
    await mkdir(dir);
    await writeFile(join(dir, 'MLmodel'), 'flavors: {sklearn: {pickled_model: model.pkl}}\n');

    expect((await listed(station, 'Inbox: pickled (model folder)')).problem).toMatchObject({
      code: 'ARTEFACT_PICKLE_REFUSED',
    });
  });
});

// One story: later facts need earlier ones.
describe('gantry bundle adopt', () => {
  it('writes a layout that verifies on the signature of the folder', async () => {
    await writeFile(join(root, 'policy.json'), JSON.stringify(policy));
    await writeFile(join(root, 'trust.json'), JSON.stringify(aTrustStore(key)));

    const adopted = await gantry('bundle', 'adopt', folder, '--out', join(root, 'adopted'), '--json');
    const verified = await gantry('verify', join(root, 'adopted'), '--policy', join(root, 'policy.json'), '--json');
    const direct = await gantry('verify', folder, '--policy', join(root, 'policy.json'), '--json');

    expect(adopted.json()).toMatchObject({ model: 'surface-check', version: '7', signed: true });
    expect([verified.status, direct.status]).toEqual([0, 0]);
    expect(verified.json()['digest']).toBe(direct.json()['digest']);
  });

  it('writes a media set from a folder, with its signature', async () => {
    const stick = join(root, 'stick');
    await mkdir(stick);
    const written = await gantry('media', 'write', '--from', folder, '--to', stick);
    const verified = await gantry('verify', stick, '--policy', join(root, 'policy.json'), '--json');

    expect([written.status, verified.status, verified.json()['verdict']]).toEqual([0, 0, 'accepted']);
  });

  it('refuses a folder that is no model folder', async () => {
    const ran = await gantry('bundle', 'adopt', root, '--out', join(root, 'none'));

    expect([ran.status, ran.err]).toEqual([2, expect.stringContaining('MODEL_FOLDER_INVALID')]);
  });
});
