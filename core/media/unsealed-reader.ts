import { AppError, isAppError } from '#core/base/index.ts';
import type { SealedFile, UnsealedFile } from '#core/keys/ports.ts';
import type { VolumeFile, VolumeReader } from './ports.ts';
import type { SourcePart, SourceSet } from './source-set.ts';

/** Opens an encrypted file with the identity of this site. */
export type OpenSealed = (file: SealedFile) => Promise<UnsealedFile>;

/** What a changed, cut or exchanged file looks like to whoever opens it. */
const DAMAGE_CODES = ['AGE_DAMAGED', 'AGE_TRUNCATED', 'AGE_HEADER_INVALID', 'AGE_NOT_ENCRYPTED'] as const;

/**
 * A medium whose encrypted parts are read as what they open to; sizes stay those of the files, because they say whether a part is whole.
 * Untrusted: the medium. AGE_RECIPIENT_WRONG, with the recipients that the index names, before the first byte of a part is given;
 * a damaged place is MEDIA_PART_DAMAGED, as on a plain medium.
 */
export function unsealedReader(reader: VolumeReader, source: SourceSet, openSealed: OpenSealed): VolumeReader {
  const sealed = new Map(source.parts.filter((part) => part.sealed !== undefined).map((part) => [part.path, part]));
  if (sealed.size === 0) return reader;

  async function open(part: SourcePart): Promise<{ file: VolumeFile; content: UnsealedFile }> {
    const file = await reader.openFile(part.path);
    try {
      const stored = {
        sizeBytes: part.sealed?.sizeBytes ?? part.sizeBytes,
        read: async (start: number, length: number) => {
          const into = new Uint8Array(length);
          await file.readInto(start, into);
          return into;
        },
      };
      const content = await openSealed(stored);
      if (content.plainBytes !== part.sizeBytes) throw damaged(part, 'it opens to another size');
      return { file, content };
    } catch (error) {
      await file.close();
      throw refusal(error, part, source);
    }
  }

  async function* stream(part: SourcePart, range: { start: number; end: number }): AsyncIterable<Uint8Array> {
    const { file, content } = await open(part);
    try {
      yield* content.stream(range);
    } catch (error) {
      throw refusal(error, part, source);
    } finally {
      await file.close();
    }
  }

  return {
    ...reader,
    async openFile(path) {
      const part = sealed.get(path);
      if (part === undefined) return reader.openFile(path);
      const { file, content } = await open(part);
      return {
        close: () => file.close(),
        async readInto(start, into, signal) {
          let at = 0;
          try {
            for await (const block of content.stream({ start, end: start + into.length })) {
              signal?.throwIfAborted();
              into.set(block, at);
              at += block.length;
            }
          } catch (error) {
            throw refusal(error, part, source);
          }
        },
      };
    },
    stream(path, range, signal) {
      const part = sealed.get(path);
      return part === undefined ? reader.stream(path, range, signal) : stream(part, range);
    },
  };
}

function refusal(error: unknown, part: SourcePart, source: SourceSet): unknown {
  if (isAppError(error, 'AGE_RECIPIENT_WRONG')) {
    const recipients = [...(source.recipients ?? [])];
    const sentence = `this set is encrypted for ${recipients.join(', ')}, not for this site`;
    return new AppError('AGE_RECIPIENT_WRONG', sentence, { recipients }, { cause: error });
  }
  if (DAMAGE_CODES.some((code) => isAppError(error, code))) return damaged(part, 'its encryption does not hold', error);
  return error;
}

function damaged(part: SourcePart, why: string, cause?: unknown): AppError {
  return new AppError('MEDIA_PART_DAMAGED', `${part.name} cannot be opened: ${why}`, { part: part.name }, { cause });
}
