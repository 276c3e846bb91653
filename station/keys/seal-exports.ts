import { AGE_FILE_ENDING } from '#contracts/keys.ts';
import { AppError, type Digest } from '#core/base/index.ts';
import type { ContentCipher } from '#core/keys/ports.ts';
import type { VolumeReader, VolumeWriter } from '#core/media/ports.ts';
import type { ContentHasher } from '#core/storage/ports.ts';
import type { ExportMedia, MediaService } from '#station/media/service.ts';

type Content = AsyncIterable<Uint8Array> | Uint8Array;

export interface ExportSeal {
  readonly cipher: ContentCipher;
  readonly hasher: ContentHasher;
  /** Who can read what leaves; with nobody it leaves as it is. Asked for every file. */
  readonly recipients: () => readonly string[];
}

/**
 * Media as exports see them: what they write is encrypted as soon as the site names recipients, under the same names with `.age` behind.
 * The site itself is always among the readers: a job that starts again must see that what stands is what it would write.
 */
export function sealExports<M extends Pick<MediaService, 'reader' | 'writer'>>(
  media: M,
  seal: ExportSeal,
): ExportMedia<M> {
  const sealedFor = (readers: readonly string[]): Pick<MediaService, 'reader' | 'writer'> => {
    const widened = { ...seal, recipients: () => [...new Set([...seal.recipients(), ...readers])] };
    return {
      reader: (volume) => sealedNames(media.reader(volume), widened),
      writer: (volume) => sealingWriter(media.reader(volume), media.writer(volume), widened),
    };
  };
  return { ...media, ...sealedFor([]), for: sealedFor };
}

/** An export asks whether a file of its own stands already. */
function sealedNames(reader: VolumeReader, { recipients }: ExportSeal): VolumeReader {
  return {
    ...reader,
    sizeOf: (path) => reader.sizeOf(recipients().length === 0 ? path : `${path}${AGE_FILE_ENDING}`),
  };
}

function sealingWriter(reader: VolumeReader, writer: VolumeWriter, seal: ExportSeal): VolumeWriter {
  const { cipher, recipients } = seal;
  return {
    ...writer,
    async writeFile(path, content) {
      const readers = recipients();
      if (readers.length === 0) {
        await writer.writeFile(path, content);
        return;
      }
      const target = `${path}${AGE_FILE_ENDING}`;
      const standing = await reader.sizeOf(target);
      if (standing !== undefined) {
        const opened = cipher.unseal(reader.stream(target, { start: 0, end: standing }));
        if ((await digestOf(opened, seal)) === (await digestOf(content, seal))) return;
        throw new AppError('MEDIA_NOT_EMPTY', `${target} is already there with other content`, { path: target });
      }
      const plain = content instanceof Uint8Array ? [content] : content;
      await writer.writeFile(target, cipher.seal(plain, { recipients: [...readers, await cipher.recipient()] }));
    },
  };
}

async function digestOf(content: Content, { hasher }: ExportSeal): Promise<Digest> {
  const hash = hasher.begin();
  for await (const block of content instanceof Uint8Array ? [content] : content) hash.update(block);
  return hash.digest();
}
