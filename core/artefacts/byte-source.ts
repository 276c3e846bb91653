import { AppError, KIB } from '#core/base/index.ts';
import type { ArtefactRule } from '#contracts/errors/artefact.ts';

/** A file that can be read anywhere. Nobody holds all of it. */
export interface ByteSource {
  readonly sizeBytes: number;
  /** Exactly the bytes of `[start, start + length)`, or fewer when the file ends. */
  read(start: number, length: number): Promise<Uint8Array>;
}

const PAGE = 64 * KIB;
/** Pages that are held: 4 MiB. */
const PAGES = 64;
/** Bytes of one field that anybody asks for at once. */
const FIELD_LIMIT = 64 * KIB;
/** Reads of one scan: parts that many others point to are read once for each, and that must end. */
const READ_LIMIT = 4_000_000;

/** Why a file is refused while it is read; caught by the scan and turned into a finding. */
export function artefactFault(rule: ArtefactRule, sentence: string): AppError {
  return new AppError('INPUT_MALFORMED', sentence, { rule });
}

/** Small reads at any place, through few large ones. Every read is checked against the end of the file. */
export class PagedReader {
  readonly sizeBytes: number;
  readonly #source: ByteSource;
  readonly #pages = new Map<number, Uint8Array>();
  #reads = 0;

  constructor(source: ByteSource) {
    this.#source = source;
    this.sizeBytes = source.sizeBytes;
  }

  async bytes(start: number, length: number): Promise<Uint8Array> {
    if (length > FIELD_LIMIT) throw artefactFault('ARTEFACT_TOO_LARGE', `a field has ${String(length)} bytes`);
    this.#reads += 1;
    if (this.#reads > READ_LIMIT) throw artefactFault('ARTEFACT_TOO_LARGE', 'its parts lead to one another too often');
    this.mustHold(start, length);
    const page = Math.floor(start / PAGE);
    const first = await this.#page(page);
    const at = start - page * PAGE;
    if (at + length <= first.length) return first.subarray(at, at + length);
    const whole = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const index = Math.floor((start + filled) / PAGE);
      const piece = (await this.#page(index)).subarray(start + filled - index * PAGE).subarray(0, length - filled);
      if (piece.length === 0) throw artefactFault('ARTEFACT_MALFORMED', 'the file ended while it was read');
      whole.set(piece, filled);
      filled += piece.length;
    }
    return whole;
  }

  async view(start: number, length: number): Promise<DataView> {
    const bytes = await this.bytes(start, length);
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  async u32(start: number): Promise<number> {
    return (await this.view(start, 4)).getUint32(0, true);
  }

  /** A 64-bit size or place; one that no file has is a fault. */
  async u64(start: number): Promise<number> {
    const value = (await this.view(start, 8)).getBigUint64(0, true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER))
      throw artefactFault('ARTEFACT_RANGE', `byte ${String(start)} states the size ${String(value)}`);
    return Number(value);
  }

  async text(start: number, length: number): Promise<string> {
    return new TextDecoder().decode(await this.bytes(start, length));
  }

  /** ARTEFACT_RANGE unless the whole range lies in the file. */
  mustHold(start: number, length: number): void {
    if (start >= 0 && length >= 0 && start + length <= this.sizeBytes) return;
    throw artefactFault(
      'ARTEFACT_RANGE',
      `bytes ${String(start)} to ${String(start + length)} of a file of ${String(this.sizeBytes)}`,
    );
  }

  async #page(index: number): Promise<Uint8Array> {
    const known = this.#pages.get(index);
    if (known !== undefined) return known;
    const bytes = await this.#source.read(index * PAGE, Math.min(PAGE, this.sizeBytes - index * PAGE));
    const [oldest] = this.#pages.keys();
    if (this.#pages.size >= PAGES && oldest !== undefined) this.#pages.delete(oldest);
    this.#pages.set(index, bytes);
    return bytes;
  }
}

/** A file in memory as a source, for content that is small or already here. */
export function bytesAsSource(bytes: Uint8Array): ByteSource {
  return {
    sizeBytes: bytes.length,
    read: (start, length) => Promise.resolve(bytes.subarray(start, start + length)),
  };
}
