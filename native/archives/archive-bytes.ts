import { Readable, pipeline } from 'node:stream';
import { createGunzip, createZstdDecompress, constants, type Gunzip, type ZstdDecompress } from 'node:zlib';
import { AppError, MIB } from '#core/base/index.ts';
import type { VolumeReader } from '#core/media/ports.ts';
import { ARCHIVE_LIMITS } from './limits.ts';
import { malformed } from './tar-header.ts';

/** The bytes of a tar archive by their place, packed or not. */
export interface ArchiveBytes {
  /** Fills `into` from `start`; fewer bytes only at the end. Going back in a packed archive unpacks it from the beginning again. */
  readAt(start: number, into: Uint8Array): Promise<number>;
  /** Lets go of what it keeps for going on. */
  close(): void;
}

type Unpacker = () => Gunzip | ZstdDecompress;

/** The window of zstd decides its memory: 2^27 bytes is what `zstd -d` allows by default. */
const ZSTD_WINDOW_LOG = 27;

/** Untrusted: tells by the first bytes, never by the name, how an archive is packed. */
export async function openArchiveBytes(reader: VolumeReader, path: string): Promise<ArchiveBytes> {
  const size = await reader.sizeOf(path);
  if (size === undefined) throw new AppError('NOT_FOUND', `${path} is not there`, { path });
  const magic = new Uint8Array(Math.min(4, size));
  await readPlace(reader, path, 0, magic);
  const [a, b, c, d] = magic;
  if (a === 0x1f && b === 0x8b) return new PackedBytes(reader, { path, size }, createGunzip);
  if (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd)
    return new PackedBytes(reader, { path, size }, () =>
      createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG } }),
    );
  return {
    readAt: async (start, into) => {
      const length = Math.max(0, Math.min(into.length, size - start));
      if (length > 0) await readPlace(reader, path, start, into.subarray(0, length));
      return length;
    },
    close: () => undefined,
  };
}

/** The file is opened for each read and closed again: what only looks at a stick must not keep it from being pulled out safely. */
async function readPlace(reader: VolumeReader, path: string, start: number, into: Uint8Array): Promise<void> {
  const file = await reader.openFile(path);
  try {
    await file.readInto(start, into);
  } finally {
    await file.close();
  }
}

/**
 * A packed archive, unpacked in memory as it is read.
 * INVARIANTS: one read at a time; `#at` is the place of the first byte in `#rest`; real bytes are counted, never what a header states.
 */
class PackedBytes implements ArchiveBytes {
  readonly #reader: VolumeReader;
  readonly #file: { readonly path: string; readonly size: number };
  readonly #unpacker: Unpacker;
  #unpacked: AsyncIterator<Uint8Array> | null = null;
  #engine: Gunzip | ZstdDecompress | null = null;
  #packedRead = 0;
  #at = 0;
  #rest: Uint8Array = new Uint8Array();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(reader: VolumeReader, file: { path: string; size: number }, unpacker: Unpacker) {
    this.#reader = reader;
    this.#file = file;
    this.#unpacker = unpacker;
  }

  readAt(start: number, into: Uint8Array): Promise<number> {
    const read = this.#turn.then(() => this.#read(start, into));
    // A failed read concerns whoever asked for it; the next one begins anew.
    this.#turn = read.catch(() => {
      this.close();
    });
    return read;
  }

  close(): void {
    this.#engine?.destroy();
    this.#engine = null;
    this.#unpacked = null;
  }

  async #read(start: number, into: Uint8Array): Promise<number> {
    if (this.#unpacked === null || start < this.#at) this.#begin();
    let filled = 0;
    while (filled < into.length) {
      const skipped = Math.min(start + filled - this.#at, this.#rest.length);
      this.#advance(skipped);
      const piece = this.#rest.subarray(0, into.length - filled);
      if (this.#at === start + filled && piece.length > 0) {
        into.set(piece, filled);
        filled += piece.length;
        this.#advance(piece.length);
      }
      if (this.#rest.length === 0 && filled < into.length && !(await this.#more())) break;
    }
    return filled;
  }

  #advance(bytes: number): void {
    this.#rest = this.#rest.subarray(bytes);
    this.#at += bytes;
  }

  #begin(): void {
    this.close();
    const engine = this.#unpacker();
    // A failure of either side reaches the iterator below.
    pipeline(Readable.from(this.#packed()), engine, () => undefined);
    this.#engine = engine;
    this.#unpacked = engine[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
    this.#packedRead = 0;
    this.#at = 0;
    this.#rest = new Uint8Array();
  }

  async *#packed(): AsyncGenerator<Uint8Array> {
    const { path, size } = this.#file;
    for (let at = 0; at < size; at += MIB) {
      const block = new Uint8Array(Math.min(MIB, size - at));
      await readPlace(this.#reader, path, at, block);
      this.#packedRead += block.length;
      yield block;
    }
  }

  /** False at the end of the archive. */
  async #more(): Promise<boolean> {
    const next = await this.#next();
    if (next.done === true) {
      if (this.#engine !== null && this.#engine.bytesWritten !== this.#file.size) throw trailing(this.#file.path);
      return false;
    }
    this.#rest = next.value;
    const total = this.#at + this.#rest.length;
    const isBomb = total > ARCHIVE_LIMITS.ratioFromBytes && total > this.#packedRead * ARCHIVE_LIMITS.ratio;
    if (isBomb)
      throw new AppError(
        'ARCHIVE_BOMB',
        `${String(this.#packedRead)} bytes unpack to more than ${String(ARCHIVE_LIMITS.ratio)} times as many`,
        { packedBytes: this.#packedRead },
      );
    return true;
  }

  async #next(): Promise<IteratorResult<Uint8Array, unknown>> {
    try {
      return (await this.#unpacked?.next()) ?? { done: true, value: undefined };
    } catch (cause) {
      // What the medium says passes through; what the unpacker says is about the archive.
      if (cause instanceof AppError) throw cause;
      throw malformed(`${this.#file.path} cannot be unpacked`, cause);
    }
  }
}

function trailing(path: string): AppError {
  return new AppError('ARCHIVE_TRAILING_DATA', `${path} goes on behind the end of its packed content`, { path });
}
