import { AppError } from '#core/base/index.ts';
import { createSetReader, inspectMedium, unsealedReader } from '#core/media/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { folderVolume, nodeMediaAccess, stickFolders } from '#native/media/index.ts';
import type { InputOpener } from './bundle-input.ts';

/** A media set: one stick, or a folder with the sticks of one set. Parts are read where they lie. */
export const mediaSetFolder: InputOpener = async (path, { openSealed }) => {
  const folders = await stickFolders(path);
  if (folders.length === 0) return null;
  const media = await Promise.all(
    folders.map(async (folder) => {
      const reader = nodeMediaAccess.reader(await folderVolume(folder));
      return { reader, contents: await inspectMedium(reader, nodeHasher, () => Promise.resolve(null)) };
    }),
  );
  const source = media.find(({ contents }) => contents.source !== null)?.contents.source;
  if (source == null) {
    const problem = media.flatMap(({ contents }) => contents.findings)[0];
    throw new AppError('MEDIA_INDEX_INVALID', problem?.message ?? 'no stick has a readable index', { path });
  }
  if (source.recipients !== undefined && openSealed === undefined) {
    const recipients = [...source.recipients];
    const sentence = `this media set is encrypted for ${recipients.join(', ')}; without the identity of one of them nobody can read it`;
    throw new AppError('MEDIA_SET_ENCRYPTED', sentence, { recipients });
  }
  const same = media.filter(({ contents }) => contents.source?.indexDigest === source.indexDigest);
  return {
    kind: 'media set',
    reader: createSetReader(
      source,
      (part) => {
        const reader = same.find(({ contents }) => contents.present.has(part.name))?.reader;
        return reader === undefined || openSealed === undefined ? reader : unsealedReader(reader, source, openSealed);
      },
      nodeHasher,
    ),
    bundles: source.bundles,
    referrersOf: (digest) => source.bundles.find((bundle) => bundle.digest === digest)?.referrers ?? [],
    close: () => Promise.resolve(),
  };
};
