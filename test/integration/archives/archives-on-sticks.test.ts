import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, lstat, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { VolumeView } from '#contracts/media.ts';
import { isAppError } from '#core/base/index.ts';
import { systemClock } from '#native/clock/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { sigstoreAttestations } from '#native/sigstore/index.ts';
import { createImportVerification } from '#station/imports/verify-for-import.ts';
import { aSignedLayout, type TestLayout } from '#test/support/bundles.ts';
import { scanHere } from '#test/support/scan-here.ts';
import { tarOf, type RawMember } from '#test/support/tar-bytes.ts';
import { aPolicy, aSigningKey, aTrustStore } from '#test/support/trust.ts';
import { engineer, openSite, reach, storedDigests, type TestSite } from '../imports/site.ts';

const key = aSigningKey();
let root: string;
let canary: string;
let layout: TestLayout;
let site: TestSite | undefined;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gantry-archive-sticks-'));
  canary = join(root, 'canary');
  await mkdir(join(canary, 'inner'), { recursive: true });
  await writeFile(join(canary, 'secret'), 'unchanged');
  await writeFile(join(canary, 'inner', 'more'), 'unchanged too');
  layout = await aSignedLayout({ key, outDir: join(root, 'bundle') });
  for (const [options, name] of [
    [['-cf'], 'bundle.tar'],
    [['-czf'], 'bundle.tar.gz'],
    [['--zstd', '-cf'], 'bundle.tar.zst'],
  ] as const)
    execFileSync('tar', [...options, join(root, name), '-C', layout.dir, '.']);
});
afterEach(async () => {
  await site?.close();
  site = undefined;
});
afterAll(() => rm(root, { recursive: true }));

async function aStation(): Promise<TestSite> {
  site = await openSite(await mkdtemp(join(root, 'site-')), {
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

async function inboxOf(station: TestSite): Promise<string> {
  const inbox = (await station.media.connected()).find(({ volume }) => volume.id === 'inbox');
  if (inbox === undefined) throw new Error('there is no inbox');
  return inbox.volume.mountPath;
}

/** The medium under a label, once it was looked through. */
async function listed(station: TestSite, label: string): Promise<VolumeView> {
  for (let tries = 0; tries < 400; tries += 1) {
    const found = (await station.media.volumes()).find((volume) => volume.label === label);
    if (found !== undefined) return found;
    await systemClock.sleep(25);
  }
  throw new Error(`${label} is never listed`);
}

/** Every name, kind, time and byte of a tree. */
async function snapshot(dir: string): Promise<string[]> {
  const lines: string[] = [];
  for (const name of (await readdir(dir, { recursive: true })).sort()) {
    const found = await lstat(join(dir, name));
    const content = found.isFile()
      ? createHash('sha256')
          .update(await readFile(join(dir, name)))
          .digest('hex')
      : '';
    lines.push(`${name} ${String(found.mode)} ${String(found.nlink)} ${String(found.mtimeMs)} ${content}`);
  }
  return lines;
}

describe('an archive that lies on a stick', () => {
  it.each([
    ['bundle.tar', ''],
    ['bundle.tar.gz', ''],
    ['bundle.tar.zst', 'models'],
  ])('is found and imported: %s in folder "%s"', async (name, folder) => {
    const station = await aStation();
    const inbox = join(await inboxOf(station), folder);
    await mkdir(inbox, { recursive: true });
    await cp(join(root, name), join(inbox, name));
    const before = await snapshot(inbox);

    const volume = await listed(station, `Inbox: ${folder === '' ? name : `${folder}/${name}`}`);
    expect(volume).toMatchObject({ readOnly: true, problem: null, set: { bundles: [{ digest: layout.digest }] } });
    const { id } = await station.imports.start({ volumeId: volume.id, bundleDigest: layout.digest }, engineer);
    const view = await reach(station, id, 'awaiting-decision', 'refused', 'failed');

    expect(view).toMatchObject({ state: 'awaiting-decision', verdict: { verdict: 'accepted' } });
    expect(await snapshot(inbox)).toEqual(before);
  });
});

const MARKER: RawMember = { name: 'oci-layout', content: '{"imageLayoutVersion":"1.0.0"}' };
const INDEX: RawMember = { name: 'index.json', content: '{"schemaVersion":2,"manifests":[]}' };
const withLayout = (...members: RawMember[]): Buffer => tarOf(MARKER, INDEX, ...members);
const blob = `blobs/sha256/${'a'.repeat(64)}`;

const HOSTILE: readonly (readonly [string, string, () => Uint8Array])[] = [
  ['up.tar', 'BUNDLE_PATH_ESCAPE', () => withLayout({ name: '../../canary/secret', content: 'x' })],
  ['absolute.tar', 'BUNDLE_PATH_ESCAPE', () => withLayout({ name: '/etc/passwd', content: 'x' })],
  ['link.tar', 'BUNDLE_LINK_REFUSED', () => withLayout({ name: blob, type: '2', link: '../../canary/secret' })],
  ['hard.tar', 'BUNDLE_LINK_REFUSED', () => withLayout({ name: blob, type: '1', link: 'index.json' })],
  ['device.tar', 'BUNDLE_LINK_REFUSED', () => withLayout({ name: blob, type: '4' })],
  ['twice.tar', 'ARCHIVE_DUPLICATE', () => withLayout(INDEX)],
  ['more.tar', 'ARCHIVE_UNEXPECTED_MEMBER', () => withLayout({ name: 'autorun.inf' })],
  ['sparse.tar', 'ARCHIVE_FORM_REFUSED', () => withLayout({ name: blob, type: 'S' })],
  ['cut.tar', 'ARCHIVE_MALFORMED', () => withLayout().subarray(0, 700)],
  ['behind.tar', 'ARCHIVE_TRAILING_DATA', () => Buffer.concat([withLayout(), Buffer.from('x')])],
  ['none.tar', 'BUNDLE_LAYOUT_INVALID', () => tarOf(INDEX)],
  ['images.tar', 'BUNDLE_LAYOUT_FOREIGN', () => withLayout()],
  ['docker.tar', 'BUNDLE_LAYOUT_FOREIGN', () => tarOf({ name: 'manifest.json', content: '[]' }, { name: 'layer.tar' })],
  ['bomb.tar.gz', 'ARCHIVE_BOMB', () => gzipSync(withLayout({ name: blob, content: Buffer.alloc(200 << 20) }))],
  ['up.tar.zst', 'BUNDLE_PATH_ESCAPE', () => zstdCompressSync(withLayout({ name: '../x' }))],
];

describe('hostile archives on a stick', () => {
  it('are each listed with the reason; none can be imported, and nothing outside the store changes', async () => {
    const before = await snapshot(canary);
    const station = await aStation();
    const inbox = await inboxOf(station);
    const stored = await storedDigests(station);

    // Eight archives at most are offered from one medium.
    for (let first = 0; first < HOSTILE.length; first += 8) {
      const group = HOSTILE.slice(first, first + 8);
      for (const [name, , make] of group) await writeFile(join(inbox, name), make());
      for (const [name, code] of group) {
        const volume = await listed(station, `Inbox: ${name}`);
        expect([name, volume.problem?.code, volume.set]).toEqual([name, code, null]);
        const started = station.imports.start({ volumeId: volume.id, bundleDigest: layout.digest }, engineer);
        await expect(started).rejects.toSatisfy((error) => isAppError(error));
      }
      for (const [name] of group) await rm(join(inbox, name));
    }

    expect(await snapshot(canary)).toEqual(before);
    expect(await storedDigests(station)).toEqual(stored);
    expect(await readdir(inbox)).toEqual([]);
  });
});
