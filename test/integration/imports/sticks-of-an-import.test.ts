import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { ImportView } from '#contracts/media.ts';
import { aSigningKey, aTrustedKey } from '../../support/trust.ts';
import { aFolder, someContent, writeSet, type Content } from '../media/folders.ts';
import { engineer, openSite, reach, storedDigests, verdictOf, type SiteOptions, type TestSite } from './site.ts';

const SIZES = [700, 30_000, 900_000, 14_000_000];

let site: TestSite | undefined;
afterEach(async () => {
  await site?.close();
  site = undefined;
});

async function aSite(options: Partial<SiteOptions> = {}): Promise<TestSite> {
  site = await openSite(await aFolder(), { verify: verdictOf('accepted'), ...options });
  return site;
}

async function sticksWith(content: Content, count: number): Promise<string[]> {
  const sticks = await Promise.all(Array.from({ length: count }, () => aFolder()));
  await writeSet(content, sticks, 4_000_000);
  return sticks;
}

async function begin(station: TestSite, stick: string, content: Content): Promise<ImportView> {
  const volume = await station.media.openFolder(stick);
  return station.imports.start({ volumeId: volume.id, bundleDigest: content.bundle.digest }, engineer);
}

describe('sticks of an import', () => {
  it('takes nothing from a stick whose index was changed after it was signed', async () => {
    const content = someContent(SIZES);
    const stick = await aFolder();
    const key = aSigningKey('ed25519');
    await writeSet(content, [stick], 4_000_000, key);
    const station = await aSite({ trustedKeys: [aTrustedKey(key)] });
    const volume = await station.media.openFolder(stick);
    const source = { volumeId: volume.id, bundleDigest: content.bundle.digest };
    const plan = await station.imports.plan(source);

    const index = await readFile(join(stick, 'gantry/media-set.json'), 'utf8');
    await writeFile(join(stick, 'gantry/media-set.json'), index.replace('Solder joints', 'Solder Joints'));

    expect(plan.signature).toEqual({ at: 'trusted', keyId: key.keyId, name: 'Plant release key' });
    await expect(station.imports.start(source, engineer)).rejects.toMatchObject({
      code: 'MEDIA_INDEX_SIGNATURE_INVALID',
    });
    expect(station.imports.list()).toEqual([]);
    expect(await storedDigests(station)).toEqual([]);
  });

  it('names a stick that claims to be of the set and carries another index', async () => {
    const content = someContent(SIZES);
    const [first = '', second = ''] = await sticksWith(content, 2);
    const index = await readFile(join(second, 'gantry/media-set.json'), 'utf8');
    await writeFile(join(second, 'gantry/media-set.json'), index.replace('Solder joints', 'Other title'));
    const station = await aSite();
    const volume = await station.media.openFolder(first);
    await station.media.openFolder(second);
    const source = { volumeId: volume.id, bundleDigest: content.bundle.digest };

    const plan = await station.imports.plan(source);

    expect(plan.findings).toContainEqual(
      expect.objectContaining({ code: 'MEDIA_STICKS_DISAGREE', severity: 'block', at: basename(second) }),
    );
    await expect(station.imports.start(source, engineer)).rejects.toMatchObject({ code: 'MEDIA_STICKS_DISAGREE' });
  });

  it('notes durably which bytes came from which stick, and says so when it is accepted', async () => {
    const content = someContent(SIZES);
    const [first = '', second = ''] = await sticksWith(content, 2);
    const station = await aSite();
    const { id } = await begin(station, second, content);
    await reach(station, id, 'waiting-for-media');
    await station.media.openFolder(first);
    await reach(station, id, 'awaiting-decision');

    await station.imports.accept({ importId: id, reason: 'CR-17' }, engineer);

    const { sticks, unnotedBytes } = station.imports.reads(id);
    expect(unnotedBytes).toBe(0);
    expect(sticks.map(({ label }) => label)).toEqual([basename(second), basename(first)]);
    expect(sticks.flatMap(({ parts: read }) => read.map(({ name, stick }) => [name, stick]))).toEqual([
      ['part-0003.bin', 2],
      ['part-0004.bin', 2],
      ['part-0001.bin', 1],
      ['part-0002.bin', 1],
    ]);
    expect(sticks.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(14_930_700);
    const [accepted] = station.store.events.read(0, 100, { type: 'import.accepted' });
    expect(accepted?.payload).toMatchObject({
      mediumSerial: null,
      mediaCount: 2,
      media: [{ label: basename(second), serial: null, parts: 2 }, { label: basename(first) }],
    });
  });
});
