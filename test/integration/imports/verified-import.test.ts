import { open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { ImportView } from '#contracts/media.ts';
import type { SigningKey } from '#core/keys/ports.ts';
import { sourceBundleOf } from '#core/media/index.ts';
import { systemClock } from '#native/clock/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { writeMediaSet } from '#native/media/index.ts';
import { openLayout } from '#native/oci/index.ts';
import { sigstoreAttestations } from '#native/sigstore/index.ts';
import { createImportVerification } from '#station/imports/verify-for-import.ts';
import { aBundleSpec, aSignedLayout, type SignedLayoutOptions, type TestLayout } from '#test/support/bundles.ts';
import type { Tamper } from '#test/support/tamper.ts';
import { aPolicy, aSigningKey, aTrustStore } from '#test/support/trust.ts';
import { aFolder, aTarget, countingIds, fixedClock } from '../media/folders.ts';
import { auditTypes, engineer, openSite, reach, storedDigests, type TestSite } from './site.ts';
import { scanHere } from '#test/support/scan-here.ts';

let site: TestSite | undefined;
const layouts: string[] = [];
afterEach(async () => {
  await site?.close();
  site = undefined;
  for (const folder of layouts.splice(0)) await rm(folder, { recursive: true, force: true });
});

async function aLayout(options: SignedLayoutOptions): Promise<TestLayout> {
  const layout = await aSignedLayout(options);
  layouts.push(dirname(layout.dir));
  return layout;
}

/** A station that trusts exactly this key. */
async function aStation(key: SigningKey, options: { policyVersion?: () => number } = {}): Promise<TestSite> {
  const floors = new Map<string, number>();
  const station = await openSite(await aFolder(), {
    ...options,
    verify: createImportVerification({
      trust: () => aTrustStore(key),
      policy: () => aPolicy(),
      sequenceFloor: (model) => floors.get(model) ?? null,
      lineContract: () => Promise.resolve(null),
      attestations: sigstoreAttestations,
      hasher: nodeHasher,
      scanner: scanHere,
      clock: systemClock,
      timeFloor: () => null,
    }),
  });
  site = station;
  return station;
}

async function importFrom(station: TestSite, folder: string): Promise<ImportView> {
  const volume = await station.media.openFolder(folder);
  const bundleDigest = volume.set?.bundles[0]?.digest;
  if (bundleDigest === undefined) throw new Error(`no bundle listed: ${JSON.stringify(volume.problem)}`);
  const { id } = await station.imports.start({ volumeId: volume.id, bundleDigest }, engineer);
  return reach(station, id, 'awaiting-decision', 'refused', 'failed', 'waiting-for-media');
}

/** The bundles of a layout on sticks. */
async function onSticks(layout: TestLayout, count: number): Promise<string[]> {
  const reader = await openLayout(layout.dir);
  const bundles = await Promise.all(
    reader.bundles().map((bundle) => sourceBundleOf(reader, bundle, reader.referrersOf(bundle.digest))),
  );
  const sticks = await Promise.all(Array.from({ length: count }, () => aFolder()));
  await writeMediaSet({
    bundles,
    blobs: reader,
    targets: sticks.map((stick) => aTarget(stick)),
    partBytes: 4_000_000,
    clock: fixedClock,
    ids: countingIds(),
  });
  return sticks;
}

describe('import of a signed bundle', () => {
  it.each(['layout', 'sticks'])('is accepted from %s and shows what was established', async (source) => {
    const key = aSigningKey();
    const layout = await aLayout({ key });
    const station = await aStation(key);
    const sticks = source === 'sticks' ? await onSticks(layout, 2) : [];
    if (sticks[1] !== undefined) await station.media.openFolder(sticks[1]);

    const view = await importFrom(station, sticks[0] ?? layout.dir);
    expect(view).toMatchObject({
      state: 'awaiting-decision',
      verdict: { verdict: 'accepted', signer: { id: key.keyId } },
    });
    await station.imports.accept({ importId: view.id, reason: 'CR-1' }, engineer);

    const detail = await station.bundles.get(layout.digest);
    expect(detail.summary).toMatchObject({
      model: 'plant/scale',
      version: '1.0.0',
      acceptedBy: 'Eva Field',
      signer: { id: key.keyId },
    });
    expect(detail.summary.variants.map((variant) => variant.id)).toEqual(['cpu-fp32', 'cpu-alt']);
    expect(detail.modelCard).toContain('Multiplies by two');
    expect(detail.provenance).toMatchObject({ builder: expect.stringContaining('builder.example') as string });
    expect(detail.components.length).toBeGreaterThan(0);
    expect(detail.referrers.length).toBeGreaterThanOrEqual(3);
    expect(await storedDigests(station)).toEqual(
      station.bundles
        .closureOf(layout.digest)
        .closure.map((blob) => blob.digest)
        .sort(),
    );
  });

  it('is not accepted after a newer one that was verified beside it', async () => {
    const key = aSigningKey();
    const station = await aStation(key);
    const [older, newer] = [
      await aLayout({ key, spec: aBundleSpec({ version: '1.0.0', sequence: 1 }) }),
      await aLayout({ key, spec: aBundleSpec({ version: '2.0.0', sequence: 2 }) }),
    ];
    const waiting = await importFrom(station, older.dir);
    const newest = await importFrom(station, newer.dir);
    await station.imports.accept({ importId: newest.id, reason: 'CR-2' }, engineer);

    const acceptOlder = station.imports.accept({ importId: waiting.id, reason: 'CR-1' }, engineer);

    await expect(acceptOlder).rejects.toMatchObject({ code: 'SEQUENCE_TOO_OLD' });
    expect(station.imports.get(waiting.id).state).toBe('awaiting-decision');
    expect(station.bundles.list().map(({ version }) => version)).toEqual(['2.0.0']);
  });

  it('is not accepted on a verdict of rules that a person changed since', async () => {
    const key = aSigningKey();
    let inForce = 1;
    const station = await aStation(key, { policyVersion: () => inForce });
    const waiting = await importFrom(station, (await aLayout({ key })).dir);
    inForce = 2;

    const accept = station.imports.accept({ importId: waiting.id, reason: 'CR-3' }, engineer);

    await expect(accept).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(station.imports.get(waiting.id).state).toBe('awaiting-decision');
    expect(station.bundles.list()).toEqual([]);
  });

  /** How it ends, and the code that the operator reads first. */
  const refusals: [Tamper, ImportView['state'], string][] = [
    ['unsigned', 'refused', 'BUNDLE_UNSIGNED'],
    ['weights', 'failed', 'BUNDLE_DIGEST_MISMATCH'],
    ['truncated', 'failed', 'BUNDLE_DIGEST_MISMATCH'],
    ['missing-blob', 'waiting-for-media', 'MEDIA_PART_MISSING'],
    ['manifest', 'failed', 'BUNDLE_DIGEST_MISMATCH'],
    ['signature', 'refused', 'BUNDLE_SIGNATURE_INVALID'],
    ['subject', 'refused', 'SIGNATURE_SUBJECT_MISMATCH'],
    ['no-provenance', 'refused', 'PROVENANCE_MISSING'],
    ['no-sbom', 'refused', 'SBOM_MISSING'],
    ['wrong-sbom', 'refused', 'SBOM_MISMATCH'],
    ['symlink', 'failed', 'BUNDLE_LINK_REFUSED'],
    ['oversized-manifest', 'refused', 'BUNDLE_TOO_LARGE'],
    ['path-escape', 'refused', 'BUNDLE_PATH_ESCAPE'],
    ['duplicate-key', 'refused', 'SIGNATURE_JSON_AMBIGUOUS'],
  ];
  it.each(refusals)(
    'does not take a bundle that was hurt by "%s": it ends %s with %s, and the store stays as it was',
    async (tamper, state, code) => {
      const key = aSigningKey();
      const layout = await aLayout({ key, tamper });
      const station = await aStation(key);

      const view = await importFrom(station, layout.dir);

      expect([view.state, view.error?.code]).toEqual([state, code]);
      await expect.poll(() => storedDigests(station)).toEqual([]);
      expect(station.bundles.list()).toEqual([]);
      expect(auditTypes(station, view.id).length).toBeGreaterThan(2);
      await expect(station.imports.accept({ importId: view.id, reason: '' }, engineer)).rejects.toMatchObject({
        code: view.state === 'refused' ? 'IMPORT_REFUSED' : 'IMPORT_NOT_DECIDABLE',
      });
    },
  );

  it('refuses a bundle of a key that the site does not trust', async () => {
    const layout = await aLayout({ key: aSigningKey() });
    const station = await aStation(aSigningKey());

    const view = await importFrom(station, layout.dir);

    expect(view).toMatchObject({ state: 'refused', verdict: { signer: null } });
    expect(view.verdict?.findings.map((finding) => finding.code)).toContain('BUNDLE_SIGNER_UNTRUSTED');
    await expect.poll(() => storedDigests(station)).toEqual([]);
  });

  it('refuses a damaged blob of a layout by its digest', async () => {
    const key = aSigningKey();
    const layout = await aLayout({ key });
    const reader = await openLayout(layout.dir);
    const [bundle] = reader.bundles();
    if (bundle === undefined) throw new Error('the layout is empty');
    const { blobs } = await sourceBundleOf(reader, bundle, []);
    const weights = blobs.toSorted((a, b) => b.sizeBytes - a.sizeBytes)[0];
    const file = await open(join(layout.dir, 'blobs/sha256', weights?.digest.slice(7) ?? ''), 'r+');
    await file.write(Buffer.of(0xff), 0, 1, 5);
    await file.close();
    const station = await aStation(key);

    const view = await importFrom(station, layout.dir);

    expect(view).toMatchObject({
      state: 'failed',
      error: { code: 'BUNDLE_DIGEST_MISMATCH', details: { want: weights?.digest } },
    });
    expect(await storedDigests(station)).toEqual([]);
    expect(auditTypes(station, view.id).at(-1)).toBe('import.failed');
  });

  it('stands beside another version that shares blobs, and outlives its refusal', async () => {
    const key = aSigningKey();
    const good = await aLayout({ key });
    const next = await aLayout({ key, spec: aBundleSpec({ version: '1.1.0', sequence: 2 }), tamper: 'unsigned' });
    const station = await aStation(key);
    const first = await importFrom(station, good.dir);
    await station.imports.accept({ importId: first.id, reason: 'CR-1' }, engineer);
    const before = await storedDigests(station);

    const second = await importFrom(station, next.dir);

    expect(second.state).toBe('refused');
    await expect.poll(() => storedDigests(station)).toEqual(before);
  });
});
