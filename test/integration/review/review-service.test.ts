import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { REVIEW_EXPORT_TYPE } from '#core/review/index.ts';
import { openDocument } from '#core/signing/index.ts';
import { nodeSignatureVerifier } from '#native/keys/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { z } from 'zod';
import { aFolder, listing } from '../media/folders.ts';
import { anUpload, ola, openDesk, quinn } from './desk.ts';

const label = (className = 'bridge') => ({
  imageClass: null,
  boxes: [{ id: 'box-1', className, x: 1, y: 1, width: 2.5, height: 2 }],
  note: '',
});

let desk: Awaited<ReturnType<typeof openDesk>> | undefined;
afterEach(async () => {
  await desk?.close();
  desk = undefined;
});

async function aDesk(folder?: string) {
  desk = await openDesk(folder ?? (await aFolder()));
  return desk;
}

describe('review', () => {
  it('takes an upload once, however often it comes', async () => {
    const { review, store } = await aDesk();

    await Promise.all([review.receive(anUpload(1)), review.receive(anUpload(1))]);
    await review.receive(anUpload(1));

    expect(review.queue({ limit: 10 })).toMatchObject({
      samples: [{ id: 'sample-0001', classes: ['bridge', 'short'], line: 'line4' }],
      counts: { waiting: 1 },
    });
    expect(store.events.read(0, 100, { type: 'sample.received' })).toHaveLength(1);
    expect((await review.image('sample-0001')).mediaType).toBe('image/png');
  });

  it('refuses other content under a known id, and content that is not what it says', async () => {
    const { review } = await aDesk();
    await review.receive(anUpload(1));

    await expect(review.receive({ ...anUpload(2), sampleId: 'sample-0001' })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    const wide = anUpload(3);
    await expect(
      review.receive({ ...wide, content: { ...wide.content, width: 9 } as typeof wide.content }),
    ).rejects.toMatchObject({ code: 'INPUT_MALFORMED' });
    await expect(
      review.receive({
        ...wide,
        content: { kind: 'image', mediaType: 'image/png', width: 8, height: 6, dataBase64: 'aGVsbG8=' },
      }),
    ).rejects.toMatchObject({ code: 'INPUT_MALFORMED' });
    await expect(
      review.receive({ ...wide, content: { kind: 'features', names: ['a'], values: [] } }),
    ).rejects.toMatchObject({ code: 'INPUT_MALFORMED' });
    expect(review.queue({ limit: 10 }).samples).toHaveLength(1);
  });

  it('pages and counts the queue', async () => {
    const { review } = await aDesk();
    for (const number of [3, 1, 2]) await review.receive(anUpload(number));
    review.label({ sampleId: 'sample-0002', label: label(), revision: 0 }, quinn);

    const first = review.queue({ state: 'waiting', limit: 1 });
    const rest = review.queue({ state: 'waiting', limit: 10, afterId: first.samples[0]?.id ?? '' });

    expect(first).toMatchObject({ samples: [{ id: 'sample-0001' }], counts: { waiting: 2, 'in-work': 1 } });
    expect(rest.samples.map((sample) => sample.id)).toEqual(['sample-0003']);
  });

  it('keeps labels, decisions and undo over a restart', async () => {
    const folder = await aFolder();
    const before = await aDesk(folder);
    await before.review.receive(anUpload(1));
    before.review.label({ sampleId: 'sample-0001', label: label(), revision: 0 }, quinn);
    before.review.label({ sampleId: 'sample-0001', label: label('short'), revision: 1 }, quinn);
    before.review.decide({ sampleId: 'sample-0001', state: 'accepted', revision: 2 }, quinn);
    await before.close();

    const { review } = await aDesk(folder);
    expect(review.get('sample-0001')).toMatchObject({ state: 'accepted', revision: 3, label: label('short') });

    expect(review.undo(quinn)).toMatchObject({ state: 'in-work', label: label('short'), revision: 4 });
    expect(review.undo(quinn)).toMatchObject({ state: 'in-work', label: label(), revision: 5 });
    expect(review.undo(quinn)).toMatchObject({ state: 'waiting', label: null, revision: 6 });
    expect(() => review.undo(quinn)).toThrow(expect.objectContaining({ code: 'NOTHING_TO_UNDO' }));
  });

  it('never undoes over the work of somebody else', async () => {
    const { review } = await aDesk();
    await review.receive(anUpload(1));
    review.label({ sampleId: 'sample-0001', label: label(), revision: 0 }, quinn);
    review.label({ sampleId: 'sample-0001', label: label('short'), revision: 1 }, ola);

    expect(() => review.undo(quinn)).toThrow(expect.objectContaining({ code: 'CONFLICT' }));
    expect(review.get('sample-0001').label).toEqual(label('short'));
    expect(review.undo(ola).label).toEqual(label());
  });

  it('keeps the last saved label when a new one does not fit', async () => {
    const { review } = await aDesk();
    await review.receive(anUpload(1));
    review.label({ sampleId: 'sample-0001', label: label(), revision: 0 }, quinn);

    expect(() => review.label({ sampleId: 'sample-0001', label: label('dog'), revision: 1 }, quinn)).toThrow(
      expect.objectContaining({ code: 'LABEL_INVALID' }),
    );
    expect(review.get('sample-0001')).toMatchObject({ label: label(), revision: 1 });
  });

  it('says that there is nothing to export', async () => {
    const { review, media } = await aDesk();
    const volume = await media.openFolder(await aFolder());

    await expect(review.export({ format: 'coco', volumeId: volume.id }, quinn)).rejects.toMatchObject({
      code: 'EXPORT_EMPTY',
    });
  });

  it('exports whole, signed, and byte for byte the same again', async () => {
    const { review, media, jobs, store } = await aDesk();
    for (const number of [1, 2, 3]) {
      await review.receive(anUpload(number));
      review.label({ sampleId: `sample-000${String(number)}`, label: label(), revision: 0 }, quinn);
      review.decide({ sampleId: `sample-000${String(number)}`, state: 'accepted', revision: 1 }, quinn);
    }
    const [one, two] = [await aFolder(), await aFolder()];
    const exported: Record<string, string>[] = [];
    for (const folder of [one, two, one]) {
      const volume = await media.openFolder(folder);
      const { jobId } = await review.export({ format: 'coco', volumeId: volume.id }, quinn);
      await expect.poll(() => jobs.get(jobId)?.state).toBe('done');
      exported.push(await listing(folder));
    }

    const outbox = join(one, 'gantry/outbox/review');
    const folder = join(outbox, (await readdir(outbox))[0] ?? '');
    const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as {
      files: { path: string; digest: string }[];
    };
    const envelope: unknown = JSON.parse(await readFile(join(folder, 'manifest.dsse.json'), 'utf8'));
    for (const file of manifest.files)
      expect(nodeHasher.sha256(await readFile(join(folder, file.path)))).toBe(file.digest);
    expect(manifest.files).toHaveLength(4);
    expect(exported[0]).toEqual(exported[1]);
    expect(exported[2]).toEqual(exported[0]);
    expect(store.events.read(0, 1000, { type: 'review.exported' })).toHaveLength(3);
    expect(
      openDocument(envelope, {
        payloadType: REVIEW_EXPORT_TYPE,
        schema: z.unknown(),
        publicKeyPem: (await desk?.publicKey()) ?? '',
        verifier: nodeSignatureVerifier,
      }),
    ).toEqual(manifest);
  });
});
