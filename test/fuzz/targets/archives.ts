import { gzipSync, zstdCompressSync } from 'node:zlib';
import { AppError } from '#core/base/index.ts';
import type { VolumeReader } from '#core/media/ports.ts';
import { readArchive } from '#native/archives/archive-reader.ts';
import { utf8, type Target } from '../target.ts';

const BLOCK = 512;

/** One ustar header with its content, padded to blocks. */
function member(name: string, content: Uint8Array, type = '0', link = ''): Uint8Array {
  const header = new Uint8Array(BLOCK);
  const put = (text: string, at: number): void => {
    header.set(utf8(text), at);
  };
  put(name.slice(0, 100), 0);
  put('0000644\0', 100);
  put('0000000\0', 108);
  put('0000000\0', 116);
  put(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  put('00000000000\0', 136);
  put('        ', 148);
  put(type, 156);
  put(link, 157);
  put('ustar\x0000', 257);
  const sum = header.reduce((all, byte) => all + byte, 0);
  put(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const padded = new Uint8Array(Math.ceil(content.length / BLOCK) * BLOCK);
  padded.set(content);
  return Buffer.concat([header, padded]);
}

function tarOf(...members: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([...members, new Uint8Array(2 * BLOCK)]);
}

const layout = [
  member('oci-layout', utf8('{"imageLayoutVersion":"1.0.0"}')),
  member('index.json', utf8('{"schemaVersion":2,"manifests":[]}')),
  member('blobs/', new Uint8Array(), '5'),
  member(`blobs/sha256/${'a'.repeat(64)}`, utf8('weights')),
];
const pax = utf8('30 path=blobs/sha256/longname\n');

/** A medium of one file that is in memory. */
function volumeOf(bytes: Uint8Array): VolumeReader {
  const none = (path: string): Promise<never> => Promise.reject(new AppError('NOT_FOUND', path, { path }));
  return {
    sizeOf: () => Promise.resolve(bytes.length),
    openFile: () =>
      Promise.resolve({
        readInto: (start: number, into: Uint8Array) => {
          if (start + into.length > bytes.length)
            return Promise.reject(new AppError('MEDIA_GONE', 'read beyond the end', {}));
          into.set(bytes.subarray(start, start + into.length));
          return Promise.resolve();
        },
        close: () => Promise.resolve(),
      }),
    stampOf: () => Promise.resolve('1'),
    readFile: none,

    stream: async function* (path) {
      await none(path);
    },
    list: () => Promise.resolve([]),
  };
}

/** Tar, plain and packed: whatever comes out has a safe name and lies inside. */
export const archiveTarget: Target = {
  name: 'archive (tar, gz, zst)',
  weight: 8,
  prepare: () => {
    const good = tarOf(...layout);
    return {
      seeds: [
        good,
        gzipSync(good),
        zstdCompressSync(good),
        tarOf(member('PaxHeader', pax, 'x'), ...layout),
        tarOf(...layout, member('../escape', utf8('x'))),
        tarOf(...layout, member('link', new Uint8Array(), '2', '/etc/passwd')),
      ],
      run: async (input) => {
        const contents = await readArchive(volumeOf(input), 'in.tar');
        try {
          for (const name of contents.files.keys())
            if (name.startsWith('/') || /(^|[\\/])\.\.([\\/]|$)|[\\:\0]/.test(name))
              return { wrong: `the name ${name}` };
          return 'accepted';
        } finally {
          contents.bytes.close();
        }
      },
    };
  },
};
