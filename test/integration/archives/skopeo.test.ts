import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ImageIndex } from '#contracts/bundle.ts';
import { digestHex } from '#core/base/index.ts';
import { systemClock } from '#native/clock/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { openLayout } from '#native/oci/index.ts';
import { sigstoreAttestations } from '#native/sigstore/index.ts';
import { createImportVerification } from '#station/imports/verify-for-import.ts';
import { aSignedLayout, type TestLayout } from '#test/support/bundles.ts';
import { scanHere } from '#test/support/scan-here.ts';
import { aPolicy, aSigningKey, aTrustStore } from '#test/support/trust.ts';
import { gantry } from '../cli/gantry.ts';
import { engineer, openSite, reach, storedDigests, type TestSite } from '../imports/site.ts';

const hasSkopeo = spawnSync('skopeo', ['--version']).status === 0;
if (!hasSkopeo) console.log('skipped: skopeo is not installed');

const key = aSigningKey();
let root: string;
let layout: TestLayout;
let site: TestSite | undefined;
const at = (name: string): string => join(root, name);

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gantry-skopeo-'));
  layout = await aSignedLayout({ key, outDir: at('bundle') });
});
afterEach(async () => {
  await site?.close();
  site = undefined;
});
afterAll(() => rm(root, { recursive: true }));

function skopeo(...args: string[]): void {
  execFileSync('skopeo', ['copy', '-q', ...args], { stdio: 'pipe' });
}

/** Every blob of a layout by name, as bytes. */
async function blobsOf(dir: string): Promise<Map<string, Buffer>> {
  const folder = join(dir, 'blobs', 'sha256');
  const names = (await readdir(folder)).sort();
  return new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name))] as const)));
}

async function aStation(): Promise<TestSite> {
  site = await openSite(await mkdtemp(at('site-')), {
    verify: createImportVerification({
      trust: () => aTrustStore(key),
      policy: () => aPolicy(),
      sequenceFloor: () => null,
      lineContract: () => Promise.resolve(null),
      attestations: sigstoreAttestations,
      hasher: nodeHasher,
      scanner: scanHere,
      clock: systemClock,
      timeFloor: () => null,
    }),
  });
  return site;
}

describe.skipIf(!hasSkopeo)('skopeo', () => {
  it('carries each variant there and back byte by byte', async () => {
    const bundle = (await blobsOf(layout.dir)).get(digestHex(layout.digest));
    const variants = ImageIndex.parse(JSON.parse(String(bundle))).manifests.slice(1);
    const reader = await openLayout(layout.dir);

    for (const [number, { digest }] of variants.entries()) {
      // A layout that lists the variant by itself, which is all that skopeo can address.
      const one = at(`variant-${String(number)}`);
      execFileSync('cp', ['-r', layout.dir, one]);
      const listed = { schemaVersion: 2, manifests: [{ ...variants[number], annotations: { [REF]: 'v' } }] };
      execFileSync('tee', [join(one, 'index.json')], {
        input: JSON.stringify(listed),
        stdio: ['pipe', 'ignore', 'pipe'],
      });
      skopeo('--preserve-digests', `oci:${one}:v`, `oci-archive:${one}.tar:v`);
      skopeo('--preserve-digests', `oci-archive:${one}.tar:v`, `oci:${one}-back:v`);

      const back = await blobsOf(`${one}-back`);
      expect([...back.keys()]).toContain(digestHex(digest));
      for (const [name, bytes] of back)
        expect(bytes).toEqual(Buffer.from(await reader.read(`sha256:${name}`, bytes.length)));
    }
  });

  it('writes the index of a bundle anew; the import says so, by the name of the bundle', async () => {
    skopeo('--all', `oci:${layout.dir}:1.0.0`, `oci-archive:${at('all.tar')}:1.0.0`);
    const station = await aStation();

    const volume = await station.media.openFolder(at('all.tar'));
    const [listed] = volume.set?.bundles ?? [];
    expect(listed).toMatchObject({ model: 'plant/scale', version: '1.0.0' });
    const { id } = await station.imports.start(
      { volumeId: volume.id, bundleDigest: listed?.digest ?? layout.digest },
      engineer,
    );
    const view = await reach(station, id, 'refused', 'failed', 'awaiting-decision');

    expect(view.verdict?.findings.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['BUNDLE_REWRITTEN', 'BUNDLE_UNSIGNED']),
    );
    const unsigned = view.verdict?.findings.find(({ code }) => code === 'BUNDLE_UNSIGNED');
    expect(unsigned?.message).toContain('skopeo');
  });

  it('leaves one variant when it is not told to take all; that is no bundle', async () => {
    skopeo(`oci:${layout.dir}:1.0.0`, `oci-archive:${at('one.tar')}:1.0.0`);
    const station = await aStation();

    expect((await station.media.openFolder(at('one.tar'))).problem).toMatchObject({ code: 'BUNDLE_LAYOUT_FOREIGN' });
    const ran = await gantry('bundle', 'inspect', at('one.tar'));
    expect([ran.status, ran.err]).toEqual([3, expect.stringContaining('BUNDLE_LAYOUT_FOREIGN')]);
  });
});

describe('our own way there and back', () => {
  it('keeps every blob of the bundle and all that is attached to it', async () => {
    execFileSync('tar', ['-czf', at('bundle.tar.gz'), '-C', layout.dir, '.']);
    const station = await aStation();
    const volume = await station.media.openFolder(at('bundle.tar.gz'));
    const { id } = await station.imports.start({ volumeId: volume.id, bundleDigest: layout.digest }, engineer);
    await reach(station, id, 'awaiting-decision');
    await station.imports.accept({ importId: id, reason: 'CR-1' }, engineer);

    const blobs = await blobsOf(layout.dir);
    const stored = await storedDigests(station);
    expect(stored.map(digestHex)).toEqual([...blobs.keys()]);
    for (const digest of stored)
      expect(Buffer.from(await station.blobs.read(digest, 1 << 20))).toEqual(blobs.get(digestHex(digest)));
    expect((await station.bundles.get(layout.digest)).referrers).toHaveLength(3);
  });
});

const REF = 'org.opencontainers.image.ref.name';
