import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Digest } from '#core/base/index.ts';
import { planRestore, type ByteRange, type RestorePlan } from '#core/media/index.ts';
import { aMediaSet, sha256, someBlobs, type WrittenSet } from './builders.ts';

const sizes = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 8 });

/** A store in memory that keeps byte by byte what it received. */
function aReceiver(blobs: ReadonlyMap<Digest, Uint8Array>) {
  const held = new Map(
    [...blobs].map(([digest, bytes]) => [
      digest,
      { bytes: new Uint8Array(bytes.length), has: new Uint8Array(bytes.length) },
    ]),
  );
  let readBytes = 0;
  return {
    readBytes: () => readBytes,
    received: (digest: Digest): ByteRange[] => rangesOf(held.get(digest)?.has ?? new Uint8Array()),
    apply: (plan: RestorePlan, written: WrittenSet, stepLimit = plan.steps.length) => {
      for (const step of plan.steps.slice(0, stepLimit)) {
        const bytes = written.parts.get(step.part.name) ?? new Uint8Array();
        readBytes += step.end - step.start;
        expect(sha256(bytes.subarray(step.start, step.end))).toBe(step.chunkDigest);
        for (const piece of step.pieces) {
          const blob = held.get(piece.digest);
          blob?.bytes.set(bytes.subarray(piece.partOffset, piece.partOffset + piece.length), piece.blobOffset);
          blob?.has.fill(1, piece.blobOffset, piece.blobOffset + piece.length);
        }
      }
    },
    digests: () => [...held.values()].map(({ bytes }) => sha256(bytes)),
  };
}

function rangesOf(has: Uint8Array): ByteRange[] {
  const ranges: ByteRange[] = [];
  for (let at = 0; at < has.length; at += 1) {
    if (has[at] !== 1) continue;
    const start = at;
    while (has[at] === 1) at += 1;
    ranges.push({ start, end: at });
  }
  return ranges;
}

const blobsOf = (written: WrittenSet) => written.source.bundles.flatMap((bundle) => bundle.blobs);

describe('planRestore', () => {
  it('gives back exactly the bytes, whatever order the sticks come in and wherever it stops', () => {
    const run = fc.record({
      sizes,
      partBytes: fc.integer({ min: 8, max: 120 }),
      sticks: fc.integer({ min: 1, max: 4 }),
      seed: fc.array(fc.nat(40), { minLength: 1, maxLength: 12 }),
    });
    fc.assert(
      fc.property(run, ({ sizes: list, partBytes, sticks, seed }) => {
        const blobs = someBlobs(list);
        const written = aMediaSet(blobs, { partBytes, targets: Array<null>(sticks).fill(null) });
        const receiver = aReceiver(blobs);
        const plugIn = (stick: (candidate: number) => boolean) =>
          planRestore({
            parts: written.source.parts,
            blobs: blobsOf(written),
            isPresent: (part) => stick(part.stick),
            received: receiver.received,
          });

        for (const turn of seed)
          receiver.apply(
            plugIn((stick) => stick === (turn % sticks) + 1),
            written,
            turn % 7,
          );
        for (let stick = sticks; stick >= 1; stick -= 1)
          receiver.apply(
            plugIn((candidate) => candidate === stick),
            written,
          );

        expect(receiver.digests()).toEqual([...blobs.keys()]);
        expect(plugIn(() => false)).toMatchObject({ steps: [], missing: [] });
      }),
    );
  });

  it('reads every block once when nothing stops it', () => {
    const blobs = someBlobs([100, 50, 3]);
    const written = aMediaSet(blobs, { partBytes: 64, targets: [null] });
    const receiver = aReceiver(blobs);

    receiver.apply(
      planRestore({
        parts: written.source.parts,
        blobs: blobsOf(written),
        isPresent: () => true,
        received: receiver.received,
      }),
      written,
    );

    expect(receiver.readBytes()).toBe(153);
  });

  it('names each missing part with its stick, and counts what is done', () => {
    const blobs = someBlobs([100]);
    const written = aMediaSet(blobs, { partBytes: 40, targets: [null, null] });

    const plan = planRestore({
      parts: written.source.parts,
      blobs: blobsOf(written),
      isPresent: (part) => part.stick === 2,
      received: () => [{ start: 0, end: 10 }],
    });

    expect(plan.missing.map((part) => [part.name, part.stick])).toEqual([
      ['part-0001.bin', 1],
      ['part-0002.bin', 1],
    ]);
    expect(plan).toMatchObject({ totalBytes: 100, doneBytes: 10 });
  });

  it('asks for nothing that only other bundles need', () => {
    const blobs = someBlobs([20, 90]);
    const written = aMediaSet(blobs, { partBytes: 1000, targets: [null] });
    const [small] = blobsOf(written).filter((blob) => blob.sizeBytes === 20);

    const plan = planRestore({
      parts: written.source.parts,
      blobs: small === undefined ? [] : [small],
      isPresent: () => true,
      received: () => [],
    });

    expect(plan.steps.flatMap((step) => step.pieces).every((piece) => piece.digest === small?.digest)).toBe(true);
    expect(plan.totalBytes).toBe(20);
  });
});
