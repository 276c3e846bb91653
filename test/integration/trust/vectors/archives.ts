import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { ErrorCode } from '#contracts/errors/index.ts';
import { aSignedLayout } from '#test/support/bundles.ts';
import { paxMember, tarMember, tarOf, type RawMember } from '#test/support/tar-bytes.ts';
import { aPolicy, aSigningKey, aTrustStore } from '#test/support/trust.ts';
import { aVectorFolder, judgeInput } from './lab.ts';
import type { Vector, VectorSuite } from './vector.ts';

const key = aSigningKey();
const LINK: RawMember = { name: `blobs/sha256/${'a'.repeat(64)}`, type: '2', link: '../../../etc/passwd' };

let layout: Promise<readonly RawMember[]> | undefined;
/** Every file of a signed layout. */
function members(): Promise<readonly RawMember[]> {
  layout ??= (async () => {
    const { dir } = await aSignedLayout({ key, outDir: await aVectorFolder() });
    const names = (await readdir(dir, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
      .sort((a, b) => Number(a.startsWith('blobs')) - Number(b.startsWith('blobs')));
    return Promise.all(names.map(async (name) => ({ name, content: await readFile(join(dir, name)) })));
  })();
  return layout;
}

async function judge(pack: (members: readonly RawMember[]) => Uint8Array): Promise<readonly string[]> {
  const path = join(await aVectorFolder(), 'bundle.tar.gz');
  await writeFile(path, gzipSync(pack(await members())));
  return judgeInput(path, { trust: aTrustStore(key), policy: aPolicy() });
}

const vector = (what: string, code: ErrorCode, pack: (members: readonly RawMember[]) => Uint8Array): Vector => ({
  what,
  code,
  judge: () => judge(pack),
});

/** A signed layout in an archive that somebody packed to do harm. */
export const archives: VectorSuite = {
  name: 'a signed bundle in an archive',
  judge: () => judge((all) => tarOf(...all)),
  vectors: [
    vector('a member goes up', 'BUNDLE_PATH_ESCAPE', (all) => tarOf(...all, { name: '../gantry', content: 'x' })),
    vector('a member is a link', 'BUNDLE_LINK_REFUSED', (all) => tarOf(...all, LINK)),
    vector('a name is there twice', 'ARCHIVE_DUPLICATE', (all) => tarOf(...all, ...all.slice(0, 1))),
    vector('a foreign file is in it', 'ARCHIVE_UNEXPECTED_MEMBER', (all) => tarOf(...all, { name: 'autorun.inf' })),
    vector('a member is sparse', 'ARCHIVE_FORM_REFUSED', (all) =>
      tarOf(...all, { name: `blobs/sha256/${'b'.repeat(64)}`, type: 'S' }),
    ),
    vector('it is cut', 'ARCHIVE_MALFORMED', (all) => tarOf(...all).subarray(0, -5000)),
    vector('it unpacks to exabytes', 'ARCHIVE_BOMB', (all) =>
      tarOf(...all, paxMember('size', '8000000000000000'), { name: `blobs/sha256/${'c'.repeat(64)}` }),
    ),
    vector('a second archive follows', 'ARCHIVE_TRAILING_DATA', (all) =>
      Buffer.concat([tarOf(...all), tarMember({ name: 'x' })]),
    ),
  ],
};
