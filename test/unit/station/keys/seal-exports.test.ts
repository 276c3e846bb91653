import { generateKeyPairSync, webcrypto } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Volume, VolumeReader, VolumeWriter } from '#core/media/ports.ts';
import { ageContentCipher, createAgeIdentity } from '#native/age/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { sealExports } from '#station/keys/seal-exports.ts';
import type { MediaService } from '#station/media/service.ts';
import { bytesOf } from '../../../support/byte-streams.ts';

const pkcs8 = generateKeyPairSync('x25519').privateKey.export({ type: 'pkcs8', format: 'der' });
const identity = await webcrypto.subtle.importKey('pkcs8', pkcs8, { name: 'X25519' }, false, ['deriveBits']);
const cipher = ageContentCipher(identity);
const hq = await createAgeIdentity();
const volume: Volume = {
  id: 'stick',
  kind: 'removable',
  mountPath: '/media/stick',
  label: 'STICK',
  serial: null,
  fileSystem: 'vfat',
  totalBytes: null,
  freeBytes: null,
  readOnly: false,
};

/** A medium in memory, as exports see it through the seal. */
function rig(recipients: readonly string[]) {
  const files = new Map<string, Buffer>();
  const unused = () => Promise.reject(new Error('an export does not ask this'));
  const reader: VolumeReader = {
    readFile: unused,
    stampOf: unused,
    openFile: unused,
    list: unused,
    sizeOf: (path: string) => Promise.resolve(files.get(path)?.length),
    async *stream(path) {
      yield await Promise.resolve(files.get(path) ?? Buffer.alloc(0));
    },
  };
  const writer: VolumeWriter = {
    writeFile: async (path, content) => {
      files.set(path, content instanceof Uint8Array ? Buffer.from(content) : await bytesOf(content));
    },
  };
  const media: Pick<MediaService, 'reader' | 'writer'> = { reader: () => reader, writer: () => writer };
  const sealed = sealExports(media, { cipher, hasher: nodeHasher, recipients: () => recipients });
  return {
    files,
    writer: sealed.writer(volume),
    reader: sealed.reader(volume),
    writerFor: (readers: readonly string[]) => sealed.for(readers).writer(volume),
  };
}

describe('an export', () => {
  it('leaves as it is while nobody is named', async () => {
    const { files, writer } = rig([]);
    await writer.writeFile('a.json', Buffer.from('plain'));

    expect([...files]).toEqual([['a.json', Buffer.from('plain')]]);
  });

  it('leaves encrypted for a reader of its own where the site names nobody', async () => {
    const { files, writerFor } = rig([]);
    await writerFor([hq.recipient]).writeFile('a.json', Buffer.from('secret'));

    expect([...files.keys()]).toEqual(['a.json.age']);
    expect(files.get('a.json.age')?.includes('secret')).toBe(false);
  });

  it('leaves encrypted under its name with .age, and stands for the plain name when the job asks', async () => {
    const { files, writer, reader } = rig([hq.recipient]);
    await writer.writeFile('a.json', Buffer.from('secret'));

    expect([...files.keys()]).toEqual(['a.json.age']);
    expect(files.get('a.json.age')?.includes('secret')).toBe(false);
    expect(await reader.sizeOf('a.json')).toBe(files.get('a.json.age')?.length);
  });

  it('is not written twice by a job that starts again, and never over other content', async () => {
    const { files, writer } = rig([hq.recipient]);
    await writer.writeFile('a.json', Buffer.from('secret'));
    const first = files.get('a.json.age');
    await writer.writeFile('a.json', Buffer.from('secret'));

    expect(files.get('a.json.age')).toBe(first);
    await expect(writer.writeFile('a.json', Buffer.from('other'))).rejects.toMatchObject({ code: 'MEDIA_NOT_EMPTY' });
  });
});
