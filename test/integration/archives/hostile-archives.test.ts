import { createHash } from 'node:crypto';
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isAppError } from '#core/base/index.ts';
import { openInput } from '#cli/inputs/open-input.ts';
import { paxMember, TAR_END, tarMember, tarOf, type RawMember } from '#test/support/tar-bytes.ts';

let root: string;
let canary: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gantry-archives-'));
  canary = join(root, 'canary');
  await mkdir(join(canary, 'inner'), { recursive: true });
  await writeFile(join(canary, 'secret'), 'unchanged');
  await writeFile(join(canary, 'inner', 'more'), 'unchanged too');
});
afterAll(async () => {
  await rm(root, { recursive: true });
});

const empty = JSON.stringify({ schemaVersion: 2, manifests: [] });
const MARKER: RawMember = { name: 'oci-layout', content: '{"imageLayoutVersion":"1.0.0"}' };
const INDEX: RawMember = { name: 'index.json', content: empty };
const LAYOUT = [MARKER, INDEX] as const;
const blob = (fill: string): string => `blobs/sha256/${fill.repeat(64)}`;
const withLayout = (...members: RawMember[]): Buffer => tarOf(...LAYOUT, ...members);
const deep = Array.from({ length: 3000 }, () => 'd').join('/');

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

async function codeOf(bytes: Uint8Array, name = 'bundle.tar'): Promise<string> {
  const dir = await mkdtemp(join(root, 'case-'));
  await writeFile(join(dir, name), bytes);
  try {
    await openInput(join(dir, name));
    return 'opened';
  } catch (error) {
    if (isAppError(error)) return error.code;
    throw error;
  } finally {
    await rm(dir, { recursive: true });
  }
}

const HOSTILE: readonly (readonly [string, string, () => Buffer])[] = [
  ['a name that goes up', 'BUNDLE_PATH_ESCAPE', () => withLayout({ name: '../canary/secret', content: 'x' })],
  ['a name that goes up in its middle', 'BUNDLE_PATH_ESCAPE', () => withLayout({ name: 'blobs/../../canary/secret' })],
  ['an absolute name', 'BUNDLE_PATH_ESCAPE', () => withLayout({ name: '/etc/passwd' })],
  ['a backslash', 'BUNDLE_PATH_ESCAPE', () => withLayout({ name: '..\\canary\\secret' })],
  ['a drive letter', 'BUNDLE_PATH_ESCAPE', () => withLayout({ name: 'C:/secret' })],
  ['a stream of a file', 'BUNDLE_PATH_ESCAPE', () => withLayout({ name: 'index.json:hidden' })],
  ['a trailing dot', 'BUNDLE_PATH_ESCAPE', () => withLayout({ name: 'index.json.' })],
  ['a trailing blank', 'BUNDLE_PATH_ESCAPE', () => withLayout({ name: 'index.json ' })],
  ['a newline', 'BUNDLE_PATH_ESCAPE', () => withLayout({ name: 'index\n.json' })],
  ['a reserved name', 'BUNDLE_PATH_ESCAPE', () => withLayout({ name: 'blobs/AUX.txt' })],
  ['an empty name', 'BUNDLE_PATH_ESCAPE', () => withLayout({ name: '' })],
  ['a name of 3000 folders', 'BUNDLE_PATH_ESCAPE', () => withLayout(paxMember('path', deep), { name: 'x' })],
  [
    'a name that goes up in its prefix',
    'BUNDLE_PATH_ESCAPE',
    () => withLayout({ name: 'secret', prefix: '../canary' }),
  ],
  [
    'a long name of GNU that goes up',
    'BUNDLE_PATH_ESCAPE',
    () => withLayout({ name: 'l', type: 'L', content: '../x\0' }, { name: 'y' }),
  ],
  [
    'a symbolic link',
    'BUNDLE_LINK_REFUSED',
    () => withLayout({ name: blob('a'), type: '2', link: '../../canary/secret' }),
  ],
  [
    'a link and a file through it',
    'BUNDLE_LINK_REFUSED',
    () => withLayout({ name: 'blobs', type: '2', link: '../canary' }, { name: 'blobs/secret' }),
  ],
  ['a hard link', 'BUNDLE_LINK_REFUSED', () => withLayout({ name: blob('a'), type: '1', link: 'index.json' })],
  ['a character device', 'BUNDLE_LINK_REFUSED', () => withLayout({ name: blob('a'), type: '3' })],
  ['a block device', 'BUNDLE_LINK_REFUSED', () => withLayout({ name: blob('a'), type: '4' })],
  ['a pipe', 'BUNDLE_LINK_REFUSED', () => withLayout({ name: blob('a'), type: '6' })],
  ['one name twice', 'ARCHIVE_DUPLICATE', () => withLayout(INDEX)],
  ['one name twice, once with ./', 'ARCHIVE_DUPLICATE', () => withLayout({ ...INDEX, name: './index.json' })],
  ['names that differ in case', 'ARCHIVE_DUPLICATE', () => withLayout({ ...INDEX, name: 'INDEX.json' })],
  [
    'names that differ in Unicode form',
    'ARCHIVE_DUPLICATE',
    () => withLayout({ name: 'caf\u00e9' }, { name: 'cafe\u0301' }),
  ],
  ['a file beside the layout', 'ARCHIVE_UNEXPECTED_MEMBER', () => withLayout({ name: 'autorun.inf' })],
  [
    'an archive in the archive',
    'ARCHIVE_UNEXPECTED_MEMBER',
    () => withLayout({ name: 'blobs/sha256/inner.tar', content: tarOf(...LAYOUT) }),
  ],
  ['a blob with an upper-case name', 'ARCHIVE_UNEXPECTED_MEMBER', () => withLayout({ name: blob('A') })],
  ['a blob of SHA-512', 'ARCHIVE_UNEXPECTED_MEMBER', () => withLayout({ name: `blobs/sha512/${'a'.repeat(64)}` })],
  ['a sparse file of GNU', 'ARCHIVE_FORM_REFUSED', () => withLayout({ name: blob('a'), type: 'S' })],
  [
    'a sparse file of PAX',
    'ARCHIVE_FORM_REFUSED',
    () => withLayout(paxMember('GNU.sparse.major', '1'), { name: blob('a') }),
  ],
  ['a link name of PAX', 'ARCHIVE_FORM_REFUSED', () => withLayout(paxMember('linkpath', '/etc'), { name: blob('a') })],
  [
    'a name for all members',
    'ARCHIVE_FORM_REFUSED',
    () => withLayout(paxMember('path', 'index.json', 'g'), { name: blob('a') }),
  ],
  [
    'a long link name of GNU',
    'ARCHIVE_FORM_REFUSED',
    () => withLayout({ name: 'k', type: 'K', content: '/etc\0' }, { name: blob('a') }),
  ],
  ['a second volume', 'ARCHIVE_FORM_REFUSED', () => withLayout({ name: blob('a'), type: 'M' })],
  [
    'two extended headers for one member',
    'ARCHIVE_MALFORMED',
    () => withLayout(paxMember('path', blob('a')), paxMember('path', blob('b')), { name: 'x' }),
  ],
  [
    'an extended header of a wrong length',
    'ARCHIVE_MALFORMED',
    () => withLayout({ name: 'p', type: 'x', content: '99 path=x\n' }, { name: 'x' }),
  ],
  ['an extended header that nothing follows', 'ARCHIVE_MALFORMED', () => withLayout(paxMember('path', blob('a')))],
  [
    'a negative size',
    'ARCHIVE_MALFORMED',
    () => withLayout({ name: blob('a'), sizeField: new Uint8Array(12).fill(0xff) }),
  ],
  [
    'a size beyond all numbers',
    'ARCHIVE_MALFORMED',
    () => withLayout({ name: blob('a'), sizeField: Uint8Array.of(0x80, ...new Uint8Array(11).fill(0xff)) }),
  ],
  ['a size that is no number', 'ARCHIVE_MALFORMED', () => withLayout({ name: blob('a'), sizeField: '0x1234' })],
  [
    'a size larger than the archive',
    'ARCHIVE_MALFORMED',
    () => withLayout({ name: blob('a'), sizeField: '00077777777\0' }),
  ],
  [
    'a size smaller than the content',
    'ARCHIVE_MALFORMED',
    () => withLayout({ name: blob('a'), content: 'x'.repeat(2000), sizeField: '00000000001\0' }),
  ],
  ['a size of 7 EiB', 'ARCHIVE_BOMB', () => withLayout(paxMember('size', '8000000000000000'), { name: blob('a') })],
  ['a folder with content', 'ARCHIVE_MALFORMED', () => withLayout({ name: 'blobs/', type: '5', content: 'x' })],
  ['a wrong checksum', 'ARCHIVE_MALFORMED', () => withLayout({ name: blob('a'), wrongChecksum: true })],
  ['a header of no known kind', 'ARCHIVE_MALFORMED', () => withLayout({ name: blob('a'), magic: 'other\u000000' })],
  ['bytes behind the end of a name', 'ARCHIVE_MALFORMED', () => withLayout({ name: `index.json\0../x` })],
  ['no end', 'ARCHIVE_MALFORMED', () => Buffer.concat(LAYOUT.map(tarMember))],
  ['a cut in a member', 'ARCHIVE_MALFORMED', () => tarOf(...LAYOUT).subarray(0, 700)],
  [
    'one empty block among members',
    'ARCHIVE_MALFORMED',
    () => Buffer.concat([tarMember(MARKER), Buffer.alloc(512), tarOf(INDEX)]),
  ],
  ['nothing', 'ARCHIVE_MALFORMED', () => Buffer.alloc(0)],
  ['text', 'ARCHIVE_MALFORMED', () => Buffer.from('hello '.repeat(200))],
  ['a second archive behind it', 'ARCHIVE_TRAILING_DATA', () => Buffer.concat([tarOf(...LAYOUT), tarOf(INDEX)])],
  ['a byte behind it', 'ARCHIVE_TRAILING_DATA', () => Buffer.concat([tarOf(...LAYOUT), Buffer.from('x')])],
  ['no layout', 'BUNDLE_LAYOUT_INVALID', () => tarOf(INDEX)],
  [
    '21,000 members',
    'ARCHIVE_BOMB',
    () =>
      tarOf(...Array.from({ length: 21_000 }, (_, at) => ({ name: `blobs/sha256/${String(at).padStart(64, '0')}` }))),
  ],
];

function withBadSum(packed: Buffer): Buffer {
  return packed.fill(0, packed.length - 8, packed.length - 4);
}

describe('an archive', () => {
  it.each(HOSTILE)('with %s is refused as %s and touches nothing', async (_, code, make) => {
    const before = await snapshot(canary);

    expect(await codeOf(make())).toBe(code);
    expect(await snapshot(canary)).toEqual(before);
  });

  it.each([
    ['a wrong gzip checksum', () => withBadSum(gzipSync(tarOf(...LAYOUT))), 'ARCHIVE_MALFORMED'],
    ['a cut gzip stream', () => gzipSync(tarOf(...LAYOUT)).subarray(0, -20), 'ARCHIVE_MALFORMED'],
    ['a cut zstd stream', () => zstdCompressSync(tarOf(...LAYOUT)).subarray(0, -20), 'ARCHIVE_MALFORMED'],
    [
      'data behind gzip',
      () => Buffer.concat([gzipSync(tarOf(...LAYOUT)), Buffer.from('joined')]),
      /^ARCHIVE_(?:TRAILING_DATA|MALFORMED)$/,
    ],
    [
      'data behind zstd',
      () => Buffer.concat([zstdCompressSync(tarOf(...LAYOUT)), Buffer.from('joined')]),
      /^ARCHIVE_(?:TRAILING_DATA|MALFORMED)$/,
    ],
    ['zeros behind gzip', () => Buffer.concat([gzipSync(tarOf(...LAYOUT)), Buffer.alloc(64)]), 'ARCHIVE_TRAILING_DATA'],
    ['a link inside', () => gzipSync(withLayout({ name: blob('a'), type: '2', link: '/' })), 'BUNDLE_LINK_REFUSED'],
    [
      'a bomb of gzip',
      () => gzipSync(withLayout({ name: blob('a'), content: Buffer.alloc(300 << 20) })),
      'ARCHIVE_BOMB',
    ],
    [
      'a bomb of zstd',
      () => zstdCompressSync(withLayout({ name: blob('a'), content: Buffer.alloc(300 << 20) })),
      'ARCHIVE_BOMB',
    ],
    ['a packed archive in the packed one', () => gzipSync(gzipSync(tarOf(...LAYOUT))), 'ARCHIVE_MALFORMED'],
  ])('that is packed, with %s, is refused', async (_, make, code) => {
    expect(await codeOf(make(), 'bundle.tar.gz')).toMatch(code);
  });

  it.each([
    ['plain', tarOf(...LAYOUT)],
    ['in GNU form', tarOf(...LAYOUT.map((member) => ({ ...member, magic: 'ustar  \0' })))],
    [
      'with folders and padding',
      Buffer.concat([withLayout({ name: './', type: '5' }, { name: 'blobs/', type: '5' }), Buffer.alloc(8192)]),
    ],
    [
      'in one folder',
      tarOf({ name: 'x/', type: '5' }, ...LAYOUT.map((member) => ({ ...member, name: `x/${member.name}` }))),
    ],
    ['with times in extended headers', withLayout(paxMember('mtime', '1.5'), { name: blob('a') })],
    ['with the lists of docker save', withLayout({ name: 'manifest.json' }, { name: 'repositories' })],
    ['packed with gzip', gzipSync(tarOf(...LAYOUT))],
    [
      'packed with gzip in two members',
      Buffer.concat([gzipSync(tarMember(MARKER)), gzipSync(Buffer.concat([tarMember(INDEX), TAR_END]))]),
    ],
    ['packed with zstd', zstdCompressSync(tarOf(...LAYOUT))],
  ])('%s is read', async (_, bytes) => {
    expect(await codeOf(bytes, 'bundle.tar')).toBe('opened');
  });
});
