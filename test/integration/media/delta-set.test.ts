/** Target D7: what the site has is left out, what changed travels as the smaller of difference and whole. */
import { afterEach, describe, expect, it } from 'vitest';
import type { InventoryReceipt } from '#contracts/outbox.ts';
import { AppError, type Digest } from '#core/base/index.ts';
import { planDeltaSet, zstdDeltaCodec, type DeltaSet } from '#native/delta/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { writeMediaSet } from '#native/media/index.ts';
import {
  engineer,
  openSite,
  reach,
  storedDigests,
  verdictOf,
  type SiteOptions,
  type TestSite,
} from '../imports/site.ts';
import { aFolder, aTarget, contentOf, countingIds, fixedClock, someBytes, type Content } from './folders.ts';

const SEED = 7;
const WEIGHTS = 4_000_000;

let site: TestSite | undefined;
let set: DeltaSet | undefined;
afterEach(async () => {
  await site?.close();
  await set?.close();
  [site, set] = [undefined, undefined];
});

function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 0x1_0000_0000;
  };
}

/** Weights as a network has them: normally distributed float32. */
function someWeights(count: number): Float32Array {
  const next = dice(SEED);
  return Float32Array.from(
    { length: count },
    () => 0.05 * Math.sqrt(-2 * Math.log(next() || 1e-9)) * Math.cos(6.2832 * next()),
  );
}

/** A fine-tune: every twentieth value is nudged by noise of one per cent. */
function fineTuned(weights: Float32Array): Float32Array {
  const next = dice(SEED + 1);
  return weights.map((value) => (next() < 0.05 ? value * (1 + 0.01 * (next() - 0.5)) : value));
}

const bytesOf = (values: Float32Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

function receiptOf(blobs: ReadonlyMap<Digest, Uint8Array>): InventoryReceipt {
  return {
    v: 1,
    site: { id: 'site-1', name: 'Plant' },
    receiptId: 'receipt-1',
    issuedAt: '2026-03-01T08:00:00Z',
    bundles: [],
    blobs: [...blobs].map(([digest, bytes]) => ({ digest, sizeBytes: bytes.length })),
  };
}

/** Plans and writes `next` for a site that has `known`. */
async function writeDelta(next: Content, known: Content): Promise<{ stick: string; planned: DeltaSet; ratio: number }> {
  const planned = await planDeltaSet({
    bundles: [next.bundle],
    blobs: next.reader,
    receipt: receiptOf(known.blobs),
    bases: known.bundle.blobs.map((blob) => ({ blob, reader: known.reader })),
    codec: zstdDeltaCodec,
  });
  set = planned;
  const stick = await aFolder();
  const { delta, blobs } = planned;
  await writeMediaSet({
    bundles: [next.bundle],
    blobs,
    delta,
    targets: [aTarget(stick)],
    partBytes: 3_000_000,
    clock: fixedClock,
    ids: countingIds(),
  });
  const total = (of: 'fullBytes' | 'carriedBytes'): number => planned.carriage.reduce((sum, one) => sum + one[of], 0);
  return { stick, planned, ratio: total('carriedBytes') / total('fullBytes') };
}

async function aSite(held: Content | null, options: Partial<SiteOptions> = {}): Promise<TestSite> {
  site = await openSite(await aFolder(), { verify: verdictOf('accepted'), ...options });
  for (const [digest, bytes] of held?.blobs ?? [])
    await site.blobs.put(
      digest,
      (async function* () {
        yield await Promise.resolve(bytes);
      })(),
    );
  return site;
}

async function start(station: TestSite, stick: string, next: Content) {
  const volume = await station.media.openFolder(stick);
  return station.imports.start({ volumeId: volume.id, bundleDigest: next.bundle.digest }, engineer);
}

const manifest = (version: number): Uint8Array => new TextEncoder().encode(`{"version":${String(version)}}`);
const licence = new TextEncoder().encode('x'.repeat(5_000));

function versions(): { known: Content; next: Content } {
  const weights = someWeights(WEIGHTS);
  return {
    known: contentOf([manifest(1), licence, bytesOf(weights)]),
    next: contentOf([manifest(2), licence, bytesOf(fineTuned(weights))]),
  };
}

describe('delta set', () => {
  it(`carries a same-shape fine-tune in at most 8 % (seed ${String(SEED)}), and the site makes the same bytes`, async () => {
    const { known, next } = versions();
    const { stick, planned, ratio } = await writeDelta(next, known);
    const station = await aSite(known);

    const { id } = await start(station, stick, next);
    await reach(station, id, 'awaiting-decision');

    console.info(
      `delta of 16 MB float32 weights with 5 % changed: ${(ratio * 100).toFixed(2)} % of full (seed ${String(SEED)})`,
    );
    expect(planned.carriage.map(({ how }) => how)).toEqual(['full', 'omitted', 'xor-zstd']);
    expect(ratio).toBeLessThanOrEqual(0.08);
    expect(await storedDigests(station)).toEqual([...new Set([...known.blobs.keys(), ...next.blobs.keys()])].sort());
    expect(station.imports.get(id).totalBytes).toBeLessThan(WEIGHTS * 4 * 0.09);
  }, 60_000);

  it('carries shifted content by a dictionary, and what is new as it is: never more than 101 %', async () => {
    const base = someBytes(1_500_000, 3);
    const shifted = new Uint8Array([...someBytes(777, 9), ...base.subarray(0, 1_400_000)]);
    const known = contentOf([manifest(1), base]);
    const next = contentOf([manifest(2), shifted]);
    const other = contentOf([manifest(3), someBytes(1_500_000, 77)]);
    const { stick, planned, ratio } = await writeDelta(next, known);
    const station = await aSite(known);

    const { id } = await start(station, stick, next);
    await reach(station, id, 'awaiting-decision');
    const unlike = await writeDelta(other, known);

    expect(planned.carriage.map(({ how }) => how)).toEqual(['full', 'zstd-dictionary']);
    expect(ratio).toBeLessThan(0.05);
    expect(unlike.planned.carriage.map(({ how }) => how)).toEqual(['full', 'full']);
    expect(unlike.ratio).toBeLessThanOrEqual(1.01);
    expect(await storedDigests(station)).toEqual([...new Set([...known.blobs.keys(), ...next.blobs.keys()])].sort());
  }, 60_000);

  it('names exactly what the site lacks and asks for a full set, before a byte is copied', async () => {
    const { known, next } = versions();
    const { stick } = await writeDelta(next, known);
    const [, licenceDigest = '', baseDigest = ''] = [...known.blobs.keys()];
    const station = await aSite(null);
    const volume = await station.media.openFolder(stick);
    const source = { volumeId: volume.id, bundleDigest: next.bundle.digest };

    const plan = await station.imports.plan(source);

    expect(plan.findings.filter((finding) => finding.severity === 'block').map(({ code, at }) => [code, at])).toEqual([
      ['MEDIA_DELTA_BASE_MISSING', licenceDigest],
      ['MEDIA_DELTA_BASE_MISSING', baseDigest],
    ]);
    await expect(station.imports.start(source, engineer)).rejects.toMatchObject({
      code: 'MEDIA_DELTA_BASE_MISSING',
      details: { missing: [licenceDigest, baseDigest] },
    });
    expect(station.imports.list()).toEqual([]);
    expect(await storedDigests(station)).toEqual([]);
  }, 60_000);

  it('goes on inside a difference: blocks that are durable are not made again', async () => {
    const base = someBytes(44_000_000, 5);
    const changed = base.slice();
    for (let at = 0; at < changed.length; at += 1_000) changed[at] = (changed[at] ?? 0) ^ 1;
    const known = contentOf([manifest(1), base]);
    const next = contentOf([manifest(2), changed]);
    const { stick } = await writeDelta(next, known);
    let unpacked = 0;
    const breaking = {
      ...zstdDeltaCodec,
      unpack: (...args: Parameters<typeof zstdDeltaCodec.unpack>) => {
        unpacked += 1;
        if (unpacked === 9) throw new AppError('DISK_FAILED', 'stopped on purpose', {});
        return zstdDeltaCodec.unpack(...args);
      },
    };
    const station = await aSite(known, { deltaCodec: breaking });
    const { id } = await start(station, stick, next);
    await reach(station, id, 'failed');

    await station.imports.resume(id, engineer);
    await reach(station, id, 'awaiting-decision');

    // 11 blocks, 8 made before the stop and at least 4 of them durable, one stopped.
    expect(unpacked).toBeLessThanOrEqual(9 + 7);
    expect(nodeHasher.sha256(await station.blobs.read(nodeHasher.sha256(changed), changed.length))).toBe(
      nodeHasher.sha256(changed),
    );
  }, 60_000);
});
