import type { SourcePart } from '#core/media/index.ts';
import type { VolumeFile, VolumeReader } from '#core/media/ports.ts';

/** Where a part is read from. */
export interface PartPlace {
  readonly volumeId: string;
  readonly reader: VolumeReader;
}

/** Keeps the part open that is being read; blocks of one part follow one another. A file that failed is opened anew. */
export class OpenPart {
  #key = '';
  #file: VolumeFile | null = null;

  async read(
    place: PartPlace,
    part: SourcePart,
    from: { start: number; into: Uint8Array; signal: AbortSignal },
  ): Promise<void> {
    const key = `${place.volumeId} ${part.path}`;
    if (this.#file === null || this.#key !== key) {
      await this.close();
      this.#file = await place.reader.openFile(part.path);
      this.#key = key;
    }
    try {
      await this.#file.readInto(from.start, from.into, from.signal);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    // The medium may be gone; nothing was written through this file.
    await file?.close().catch(() => undefined);
  }
}
