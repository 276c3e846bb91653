import type { VolumeWriter } from '#core/media/ports.ts';
import type { MediumUser } from './service.ts';

/** Who works on which medium at this moment. */
export class MediumUsers {
  readonly #held = new Map<symbol, { readonly volumeId: string; readonly user: MediumUser }>();

  hold(volumeId: string, user: MediumUser): () => void {
    const token = Symbol(user);
    this.#held.set(token, { volumeId, user });
    return () => {
      this.#held.delete(token);
    };
  }

  of(volumeId: string): MediumUser[] {
    return [...new Set([...this.#held.values()].filter((held) => held.volumeId === volumeId).map(({ user }) => user))];
  }

  /** A writer that holds the medium while it writes. */
  holding(volumeId: string, writer: VolumeWriter): VolumeWriter {
    return {
      ...writer,
      writeFile: async (path, content) => {
        const release = this.hold(volumeId, 'export');
        try {
          await writer.writeFile(path, content);
        } finally {
          release();
        }
      },
    };
  }
}
