import { isAppError } from '#core/base/index.ts';
import type { MediaAccess, Volume, VolumeReader, VolumeSource } from './ports.ts';

/** Media that lie on a medium, of one kind: archives, layouts in folders, model folders. */
export type ContainedKind = (volume: Volume, reader: VolumeReader) => Promise<Volume[]>;

/**
 * Media with what lies on them beside a media set. A contained one is listed once it was looked through, which takes a while for a
 * large one; the list never waits for it.
 */
export function withContainedVolumes(
  base: VolumeSource,
  access: MediaAccess,
  kinds: readonly ContainedKind[],
): VolumeSource {
  const looked = new Map<string, 'looking' | 'done'>();
  const isReady = (volume: Volume): boolean => {
    const before = looked.get(volume.id);
    if (before === undefined) {
      looked.set(volume.id, 'looking');
      // Whether it is sound is told by whoever opens it.
      void access
        .reader(volume)
        .sizeOf('index.json')
        .catch(ignore)
        .then(() => looked.set(volume.id, 'done'));
    }
    return before === 'done';
  };
  return {
    list: async () => {
      const volumes = await base.list();
      const contained = await Promise.all(
        volumes.flatMap((volume) => kinds.map((kind) => foundBy(kind, volume, access.reader(volume)))),
      );
      const present = new Set(contained.flat().map(({ id }) => id));
      for (const id of looked.keys()) if (!present.has(id)) looked.delete(id);
      return [...volumes, ...contained.flat().filter(isReady)];
    },
  };
}

async function foundBy(kind: ContainedKind, volume: Volume, reader: VolumeReader): Promise<Volume[]> {
  try {
    return await kind(volume, reader);
  } catch (error) {
    // Pulled, or not readable: the medium itself is listed and says so.
    if (isAppError(error)) return [];
    throw error;
  }
}

function ignore(): void {
  // The reason is with whoever waited for it.
}
