import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { zstdCompress, zstdDecompressSync } from 'node:zlib';
import { AppError, MIB } from '#core/base/index.ts';
import type { SegmentInfo, TelemetryLog, TelemetryRecord } from '#core/telemetry/index.ts';
import { fsyncDirectory, removeDurably, toDiskError } from '#native/fs/index.ts';
import { encodeFrame, MAX_PAYLOAD_BYTES } from './frame.ts';
import { readSegment, SEGMENT_MAGIC } from './segment.ts';

const compress = promisify(zstdCompress);
const NAME = /^segment-([0-9]{16})\.log$/;
const segmentName = (firstSeq: number): string => `segment-${String(firstSeq).padStart(16, '0')}.log`;

/** Requests that may wait for one commit; more and the sender is asked to come back. */
const MAX_WAITING = 2_000;

interface Waiting {
  readonly payload: Uint8Array;
  readonly resolve: (seq: number) => void;
  readonly reject: (error: unknown) => void;
}

interface Segment {
  name: string;
  firstSeq: number;
  lastSeq: number;
  records: number;
  bytes: number;
  sealed: boolean;
}

/**
 * The telemetry log as files `segment-<first seq>.log`.
 * INVARIANTS: one commit runs at a time; `append` resolves only after the fsync of its commit; a segment that was left open by an
 * earlier run is cut at its last whole frame, sealed, and never written again.
 */
export async function openTelemetryLog(options: { dir: string; segmentBytes?: number }): Promise<TelemetryLog> {
  const { dir, segmentBytes = 16 * MIB } = options;
  await mkdir(dir, { recursive: true });
  const segments: Segment[] = [];
  const lost: { from: number; to: number }[] = [];
  for (const name of (await readdir(dir)).filter((entry) => NAME.test(entry)).sort()) segments.push(...(await recover(dir, name, lost)));
  let gaps = lost.length;
  let nextSeq = (segments.at(-1)?.lastSeq ?? 0) + 1;
  let current: { segment: Segment; file: FileHandle } | null = null;
  let waiting: Waiting[] = [];
  let committing: Promise<void> | null = null;

  async function begin(): Promise<{ segment: Segment; file: FileHandle }> {
    const name = segmentName(nextSeq);
    const file = await open(join(dir, name), 'wx');
    await file.write(SEGMENT_MAGIC);
    await fsyncDirectory(dir);
    const segment = { name, firstSeq: nextSeq, lastSeq: nextSeq - 1, records: 0, bytes: SEGMENT_MAGIC.length, sealed: false };
    segments.push(segment);
    return { segment, file };
  }

  async function write(payloads: readonly Uint8Array[], signal: 'metrics' | 'gap'): Promise<number> {
    if (current !== null && current.segment.bytes >= segmentBytes) await sealCurrent();
    current ??= await begin();
    const { segment, file } = current;
    const packed = await Promise.all(payloads.map((payload) => compress(payload)));
    const firstSeq = nextSeq;
    const frames = Buffer.concat(packed.map((payload, at) => encodeFrame({ seq: firstSeq + at, signal, payload })));
    await file.write(frames, 0, frames.length, segment.bytes);
    await file.datasync();
    segment.bytes += frames.length;
    segment.records += packed.length;
    nextSeq = firstSeq + packed.length;
    segment.lastSeq = nextSeq - 1;
    return firstSeq;
  }

  /** A failed write or fsync leaves the segment in an unknown state: it is left for recovery, and a new one begins. */
  async function commit(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        const first = await write(batch.map((entry) => entry.payload), 'metrics');
        for (const [at, entry] of batch.entries()) entry.resolve(first + at);
      } catch (cause) {
        await abandonCurrent();
        const error = toDiskError(cause, dir);
        for (const entry of batch) entry.reject(error);
      }
    }
    committing = null;
  }

  async function abandonCurrent(): Promise<void> {
    const broken = current;
    current = null;
    if (broken === null) return;
    broken.segment.sealed = true;
    // Sequences of the failed batch may stand in the file; they are never used again.
    nextSeq += MAX_WAITING;
    await broken.file.close().catch(() => undefined); // The disk failed already; that is what the sender is told.
  }

  async function sealCurrent(): Promise<void> {
    if (current === null) return;
    const { segment, file } = current;
    current = null;
    segment.sealed = true;
    await file.close();
  }

  for (const { from, to } of lost) await write([new TextEncoder().encode(JSON.stringify({ from, to, cause: 'damaged' }))], 'gap');

  return {
    append: (payload) =>
      new Promise<number>((resolve, reject) => {
        if (payload.length > MAX_PAYLOAD_BYTES) reject(new AppError('INPUT_TOO_LARGE', 'a telemetry record is too large', { size: payload.length }));
        else if (waiting.length >= MAX_WAITING) reject(new AppError('TELEMETRY_BACKPRESSURE', `${String(MAX_WAITING)} requests wait for the disk`, {}));
        else {
          waiting.push({ payload, resolve, reject });
          committing ??= commit();
        }
      }),
    read: (afterSeq) => readRecords(dir, segments, afterSeq),
    seal: async () => {
      await committing;
      await sealCurrent();
      return segments.filter((segment) => segment.records > 0).map((segment): SegmentInfo => ({ ...segment }));
    },
    segments: () => segments.map((segment) => ({ ...segment })),
    openSegment: (name) => createReadStream(join(dir, NAME.test(name) ? name : 'no-such-segment')),
    get gaps() {
      return gaps;
    },
    close: async () => {
      await committing;
      await sealCurrent();
      gaps = lost.length;
    },
  };
}

/** Reads a segment of an earlier run, cuts a torn tail and notes what is missing in its middle. */
async function recover(dir: string, name: string, lost: { from: number; to: number }[]): Promise<Segment[]> {
  const path = join(dir, name);
  const content = await readSegment(path);
  if (content.frames.length === 0) {
    // Begun and never filled, or damaged from its first byte on: its name is needed again.
    await removeDurably(path);
    return [];
  }
  for (const { afterSeq, beforeSeq } of content.damaged) lost.push({ from: afterSeq + 1, to: beforeSeq - 1 });
  if (content.wholeBytes < content.totalBytes) {
    const file = await open(path, 'r+');
    await file.truncate(content.wholeBytes);
    await file.sync();
    await file.close();
  }
  const firstSeq = Number(NAME.exec(name)?.[1] ?? 0);
  return [{ name, firstSeq, lastSeq: content.frames.at(-1)?.seq ?? firstSeq - 1, records: content.frames.length, bytes: content.wholeBytes, sealed: true }];
}

async function* readRecords(dir: string, segments: readonly Segment[], afterSeq: number): AsyncIterable<TelemetryRecord> {
  for (const segment of [...segments]) {
    if (segment.lastSeq <= afterSeq) continue;
    const { frames } = await readSegment(join(dir, segment.name));
    for (const { seq, signal, payload } of frames) {
      if (seq > afterSeq) yield { seq, signal, payload: zstdDecompressSync(payload, { maxOutputLength: MAX_PAYLOAD_BYTES }) };
    }
  }
}
