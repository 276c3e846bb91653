import { createHash, type Hash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { dirname, basename } from 'node:path';
import { fsyncDirectory } from '#native/fs/index.ts';
import type { SegmentInfo } from '#core/telemetry/index.ts';
import { countOf, encodeFrame, lastSeqOf, type Frame } from './frame.ts';
import { encodeFooter, encodeHeader, type SegmentHeader } from './segment-format.ts';

/** The one segment that is being written. INVARIANTS: calls never overlap; after a throw only `abandon` may follow. */
export class SegmentWriter {
  readonly #file: FileHandle;
  readonly #hash: Hash;
  #info: SegmentInfo;

  private constructor(file: FileHandle, hash: Hash, info: SegmentInfo) {
    this.#file = file;
    this.#hash = hash;
    this.#info = info;
  }

  /** Makes the file and its name durable. */
  static async begin(path: string, header: SegmentHeader): Promise<SegmentWriter> {
    // A file of this name can only be one whose first write failed: a sequence is never used again.
    const file = await open(path, 'w');
    try {
      const head = encodeHeader(header);
      await file.writeFile(head);
      await fsyncDirectory(dirname(path));
      const { firstSeq, epoch } = header;
      const info = {
        name: basename(path),
        epoch,
        firstSeq,
        lastSeq: firstSeq - 1,
        records: 0,
        gaps: 0,
        bytes: head.length,
        digest: null,
      };
      return new SegmentWriter(file, createHash('sha256').update(head), info);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  get info(): SegmentInfo {
    return this.#info;
  }

  /** Durable when it returns. */
  async append(frames: readonly Frame[]): Promise<void> {
    const bytes = Buffer.concat(frames.map(encodeFrame));
    await this.#write(bytes);
    this.#hash.update(bytes);
    const last = frames.at(-1);
    this.#info = {
      ...this.#info,
      lastSeq: last === undefined ? this.#info.lastSeq : lastSeqOf(last),
      records: this.#info.records + countOf(frames, 'metrics'),
      gaps: this.#info.gaps + countOf(frames, 'gap'),
      bytes: this.#info.bytes + bytes.length,
    };
  }

  /** Ends the segment: nothing is written to it again. */
  async seal(): Promise<SegmentInfo> {
    const digest = `sha256:${this.#hash.digest('hex')}` as const;
    const footer = encodeFooter({ ...this.#info, digest });
    await this.#write(footer);
    await this.#file.close();
    this.#info = { ...this.#info, bytes: this.#info.bytes + footer.length, digest };
    return this.#info;
  }

  /** After a failure: takes back what was not acknowledged, if the disk still lets us, and leaves the rest to recovery. */
  async abandon(): Promise<void> {
    try {
      await this.#file.truncate(this.#info.bytes);
    } catch {
      // The disk failed already, and that is what the sender is told; recovery reads whatever stands there.
    }
    await this.#file.close().catch(() => undefined); // The handle is gone either way.
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let written = 0; written < bytes.length;) {
      const { bytesWritten } = await this.#file.write(
        bytes,
        written,
        bytes.length - written,
        this.#info.bytes + written,
      );
      written += bytesWritten;
    }
    await this.#file.datasync();
  }
}
