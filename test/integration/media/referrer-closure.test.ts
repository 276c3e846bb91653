import { dirname } from 'node:path';
import { rm } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { ANNOTATIONS, MEDIA_TYPES, PREDICATE_TYPES, type Descriptor } from '#contracts/bundle.ts';
import { canonicalJson, digestHex, type Digest, type Json } from '#core/base/index.ts';
import { sourceBundleOf } from '#core/media/index.ts';
import { systemClock } from '#native/clock/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { writeMediaSet } from '#native/media/index.ts';
import { createLayoutWriter, openLayout } from '#native/oci/index.ts';
import { sigstoreAttestations } from '#native/sigstore/index.ts';
import { attestLayout } from '#cli/authoring/index.ts';
import { createImportVerification } from '#station/imports/verify-for-import.ts';
import { aSignedLayout, type TestLayout } from '#test/support/bundles.ts';
import { scanHere } from '#test/support/scan-here.ts';
import { aPolicy, aSigningKey, aTrustStore, TEST_NOW } from '#test/support/trust.ts';
import { engineer, openSite, reach, storedDigests, type TestSite } from '../imports/site.ts';
import { aFolder, aTarget, countingIds, fixedClock } from './folders.ts';

const key = aSigningKey();
let site: TestSite | undefined;
const layouts: TestLayout[] = [];
afterEach(async () => {
  await site?.close();
  site = undefined;
  for (const { dir } of layouts.splice(0)) await rm(dirname(dir), { recursive: true, force: true });
});

const bytesOf = (value: Json): Uint8Array => new TextEncoder().encode(canonicalJson(value));

/** Attaches a document as other tools do: by subject, or by a tag of cosign v2. */
async function attach(
  { dir, digest }: TestLayout,
  document: { type: string; content: Uint8Array; tag?: string },
): Promise<Digest> {
  const { index } = await openLayout(dir);
  const writer = await createLayoutWriter(dir);
  const put = async (bytes: Uint8Array): Promise<{ digest: Digest; size: number }> => {
    const stored = { digest: nodeHasher.sha256(bytes), size: bytes.length };
    await writer.putBytes(stored.digest, bytes);
    return stored;
  };
  const subject = index.manifests.find((manifest) => manifest.digest === digest);
  if (subject === undefined) throw new Error('the bundle is not listed');
  const { type, content, tag } = document;
  const manifest = await put(
    bytesOf({
      schemaVersion: 2,
      mediaType: MEDIA_TYPES.ociManifest,
      ...(tag === undefined ? { artifactType: type, subject: pick(subject) } : {}),
      config: { mediaType: MEDIA_TYPES.emptyJson, ...(await put(bytesOf({}))) },
      layers: [{ mediaType: type, ...(await put(content)) }],
    }),
  );
  const annotations = tag === undefined ? {} : { annotations: { [ANNOTATIONS.refName]: tag } };
  await writer.writeIndex([...index.manifests, { mediaType: MEDIA_TYPES.ociManifest, ...manifest, ...annotations }]);
  return manifest.digest;
}

const pick = ({ mediaType, digest, size }: Descriptor): Json => ({ mediaType, digest, size });

/** The bundle of a layout on two sticks. */
async function onSticks({ dir, digest }: TestLayout): Promise<string[]> {
  const reader = await openLayout(dir);
  const [listed] = reader.bundles();
  if (listed === undefined) throw new Error('no bundle is listed');
  const sticks = await Promise.all([aFolder(), aFolder()]);
  await writeMediaSet({
    bundles: [await sourceBundleOf(reader, listed, reader.referrersOf(digest))],
    blobs: reader,
    targets: sticks.map((stick) => aTarget(stick)),
    partBytes: 4_000_000,
    clock: fixedClock,
    ids: countingIds(),
  });
  return sticks;
}

async function aStation(): Promise<TestSite> {
  site = await openSite(await aFolder(), {
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

describe('a media set', () => {
  it('brings everything that is attached to a bundle into the store, byte by byte', async () => {
    const layout = await aSignedLayout({ key });
    layouts.push(layout);
    const request = { dir: layout.dir, key, now: TEST_NOW };
    await attestLayout(request, PREDICATE_TYPES.verificationSummary, { verifier: { id: 'https://site.example' } });
    await attestLayout(request, 'https://example.org/test-result/v1', { passed: true });
    const foreign = [
      await attach(layout, { type: 'application/spdx+json', content: bytesOf({ spdxVersion: 'SPDX-2.3' }) }),
      await attach(layout, {
        type: 'text/spdx+json',
        content: bytesOf({ spdxVersion: 'SPDX-2.2' }),
        tag: `sha256-${digestHex(layout.digest)}.sbom`,
      }),
    ];
    const before = await openLayout(layout.dir);
    const attached = [...before.referrersOf(layout.digest)];
    expect(attached).toHaveLength(7);
    expect(attached).toEqual(expect.arrayContaining(foreign));
    const [first = '', second = ''] = await onSticks(layout);

    const station = await aStation();
    await station.media.openFolder(second);
    const volume = await station.media.openFolder(first);
    const { id } = await station.imports.start({ volumeId: volume.id, bundleDigest: layout.digest }, engineer);
    const view = await reach(station, id, 'awaiting-decision', 'refused', 'failed');
    expect(view.verdict?.findings.filter(({ severity }) => severity === 'block')).toEqual([]);
    await station.imports.accept({ importId: id, reason: 'CR-1' }, engineer);

    const stored = await storedDigests(station);
    for (const digest of attached) {
      expect(stored).toContain(digest);
      expect(await station.blobs.read(digest, 1 << 20)).toEqual(Buffer.from(await before.read(digest, 1 << 20)));
    }
    const listed = (await station.bundles.get(layout.digest)).referrers.map((referrer) => referrer.digest);
    expect(listed.sort()).toEqual([...attached].sort());
    const kept = station.bundles.closureOf(layout.digest).closure.map((blob) => blob.digest);
    expect(kept.sort()).toEqual(stored);
  });
});
