import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseMediaIndex } from '#core/media/index.ts';
import { createAgeIdentity } from '#native/age/index.ts';
import { TRUSTS_NOBODY } from '#contracts/verdict.ts';
import { openLayout } from '#native/oci/index.ts';
import { aPolicy } from '../../support/trust.ts';
import { gantry, giveFreePorts, writeSpec, type Ran } from '../cli/gantry.ts';

let work: string;
const at = (...parts: string[]): string => join(work, ...parts);

async function done(...args: string[]): Promise<Ran> {
  const ran = await gantry(...args);
  expect({ status: ran.status, err: ran.err }).toMatchObject({ status: 0 });
  return ran;
}

const importInto = (site: string, stick: string): Promise<Ran> =>
  gantry('import', at(stick), '--site', at(site), '--json');

/** Bytes of content that lie in the store, whole or in pieces. */
async function storedBytes(site: string): Promise<number> {
  const entries = await readdir(at(site, 'store'), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && /^[0-9a-f]{64}/.test(entry.name));
  const contents = await Promise.all(files.map((entry) => readFile(join(entry.parentPath, entry.name))));
  return contents.reduce((sum, content) => sum + content.filter((byte) => byte !== 0).length, 0);
}

/** Stands in the index of every bundle as it is before it is encrypted. */
const MARKER = 'io.gantry.sequence';

/** Files of a site, its database and logs among them, in which the text can be read. */
async function filesHolding(site: string, text: string): Promise<string[]> {
  const entries = await readdir(at(site), { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const held = await Promise.all(paths.map(async (path) => (await readFile(path)).includes(text)));
  return paths.filter((_, index) => held[index]);
}

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'gantry-sealed-'));
  await writeSpec(at('spec'));
  await done('bundle', 'create', '--spec', at('spec', 'spec.yaml'), '--out', at('layout'), '--json');
  for (const site of ['site', 'stranger']) {
    await done('init', '--site', at(site), '--name', site, '--json');
    await giveFreePorts(at(site));
  }
  const { recipient } = (await done('keys', 'list', '--site', at('site'), '--json')).json() as { recipient: string };
  const to = ['--recipient', recipient];
  await done('media', 'write', '--from', at('layout'), '--to', at('stick'), ...to, '--json');
  // Two sticks, and parts of which several hold more than one chunk of the encryption.
  const small = ['--part-bytes', '200000', '--sticks', '2'];
  await done('media', 'write', '--from', at('layout'), '--to', at('two'), ...small, ...to, '--json');
}, 120_000);
afterAll(() => rm(work, { recursive: true }));

describe('a media set that is encrypted for a site', () => {
  it('carries nothing readable, and checks itself without any key', async () => {
    const layout = await openLayout(at('layout'));
    const canaries = await Promise.all(
      layout.bundles().map(async ({ digest }) => Buffer.from(await layout.read(digest, 1_000_000)).subarray(0, 64)),
    );
    for (const name of await readdir(at('stick', 'gantry', 'parts'))) {
      const part = await readFile(at('stick', 'gantry', 'parts', name));
      expect(part.subarray(0, 21).toString()).toBe('age-encryption.org/v1');
      for (const canary of canaries) expect(part.includes(canary)).toBe(false);
    }

    expect((await done('media', 'check', at('stick'), '--json')).json()).toMatchObject({ whole: true });
    expect((await gantry('verify', at('stick'), '--policy', at('none'), '--json')).status).not.toBe(0);
  });

  it('names a flipped byte of the encrypted part by its range', async () => {
    await cp(at('stick'), at('flipped'), { recursive: true });
    const path = at('flipped', 'gantry', 'parts', 'part-0001.bin');
    const bytes = await readFile(path);
    bytes[bytes.length - 40] = (bytes[bytes.length - 40] ?? 0) ^ 1;
    await writeFile(path, bytes);

    const ran = await gantry('media', 'check', at('flipped'), '--json');

    expect(ran.status).toBe(3);
    expect(JSON.stringify(ran.json()['findings'])).toContain('MEDIA_PART_DAMAGED');
  });

  it('is refused at another site before a byte is stored, with the recipients that it names', async () => {
    const ran = await importInto('stranger', 'stick');
    const { set } = parseMediaIndex(await readFile(at('stick', 'gantry', 'media-set.json')));

    expect(ran.out + ran.err).toContain('AGE_RECIPIENT_WRONG');
    expect(ran.out + ran.err).toContain(set?.encryption?.recipients[0]);
    expect(await storedBytes('stranger')).toBe(0);
    expect(await filesHolding('layout', MARKER)).not.toEqual([]);
    expect(await filesHolding('stick', MARKER)).toEqual([]);
    expect(await filesHolding('stranger', MARKER)).toEqual([]);
  });

  it('arrives at its site whole, from one stick and from two, and a damaged part brings nothing in', async () => {
    const damaged = await importInto('site', 'flipped');
    expect(JSON.stringify(damaged.json())).not.toContain('"verdict":"accepted"');
    // Nobody is trusted here: the verdict is a refusal, which only content that arrived and opened can have.
    expect((await importInto('site', 'stick')).json()).toMatchObject({ state: 'refused' });
    expect((await importInto('site', 'two')).json()).toMatchObject({ state: 'refused' });
  }, 60_000);

  it('is not written over: encryption never gives the same bytes twice', async () => {
    const { recipient } = await createAgeIdentity();
    const again = await gantry(
      ...['media', 'write', '--from', at('layout'), '--to', at('stick'), '--recipient', recipient, '--json'],
    );

    expect(again.json()['error']).toMatchObject({ code: 'MEDIA_NOT_EMPTY' });
  });

  it('is judged by whoever has an identity that it is for, and by nobody else', async () => {
    const [mine, other] = [await createAgeIdentity(), await createAgeIdentity()];
    await writeFile(at('mine'), `${mine.identity}\n`);
    await writeFile(at('other'), `${other.identity}\n`);
    await writeFile(at('policy.json'), JSON.stringify(aPolicy()));
    await writeFile(at('trust.json'), JSON.stringify(TRUSTS_NOBODY));
    const small = ['--part-bytes', '200000', '--sticks', '2'];
    await done('media', 'write', '--from', at('layout'), '--to', at('for-me'), '--recipient', mine.recipient, ...small);
    const verify = (...more: string[]) =>
      gantry('verify', at('for-me'), '--policy', at('policy.json'), ...more, '--json');

    const [read, foreign, without] = await Promise.all([
      verify('--identity', at('mine')),
      verify('--identity', at('other')),
      verify(),
    ]);

    expect(read).toMatchObject({ status: 3 });
    expect(JSON.stringify(read.json()['facts'])).toContain('CONTENT_WHOLE');
    expect(foreign.json()['error']).toMatchObject({ code: 'AGE_RECIPIENT_WRONG' });
    expect(without.json()['error']).toMatchObject({ code: 'MEDIA_SET_ENCRYPTED' });
    expect(without.out).toContain(mine.recipient);
  }, 60_000);
});
