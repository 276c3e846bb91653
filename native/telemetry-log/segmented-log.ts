import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { AppError, MIB, type Digest, type IdSource } from '#core/base/index.ts';
import type { SegmentInfo, TelemetryGap, TelemetryLog, TelemetryRecord } from '#core/telemetry/index.ts';
import { makeFolderDurably, toDiskError } from '#native/fs/index.ts';
import type { Frame } from './frame.ts';
import { encodeGap } from './gap.ts';
import { intoPacks, MAX_RECORD_BYTES, packRecords, unpackRecords } from './pack.ts';
import { readSegment } from './read-segment.ts';
import { isTold, recoverSegments, type Recovered } from './recover.ts';
import { firstSeqOf, segmentName } from './segment-format.ts';
import { SegmentWriter } from './segment-writer.ts';

/** What may wait for one commit; more and the sender is asked to come back. */
const MAX_WAITING = 2_000;
const MAX_WAITING_BYTES = 64 * MIB;

export interface TelemetryLogOptions {
  readonly dir: string;
  readonly site: string;
  readonly ids: IdSource;
  readonly segmentBytes?: number;
}

interface Waiting {
  readonly payload: Uint8Array;
  readonly resolve: (seq: number) => void;
  readonly reject: (error: AppError) => void;
}

/** Opens the telemetry log of a site. Never refuses for what the folder holds: losses become gap records. */
export async function openTelemetryLog(options: TelemetryLogOptions): Promise<TelemetryLog> {
  await makeFolderDurably(options.dir, options.dir);
  const log = new SegmentedLog(options, await recoverSegments(options.dir));
  await log.tellGaps();
  return log;
}

/**
 * The telemetry log as files `segment-<first seq>.log`.
 * INVARIANTS: one turn (commit, seal, close) runs at a time; `append` resolves only after the fsync of its commit;
 * a sequence is never used twice, not even after a failed write.
 */
class SegmentedLog implements TelemetryLog {
  readonly #options: TelemetryLogOptions;
  readonly #sealed: SegmentInfo[];
  readonly #known: TelemetryGap[];
  #untold: TelemetryGap[];
  #epoch: string;
  #nextSeq: number;
  #previous: Digest | null;
  #writer: SegmentWriter | null = null;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #turn: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(options: TelemetryLogOptions, recovered: Recovered) {
    this.#options = options;
    this.#sealed = recovered.segments;
    this.#known = recovered.known;
    this.#untold = recovered.found;
    const last = recovered.segments.at(-1);
    const provenEpoch = recovered.found.length === 0 ? last?.epoch : undefined;
    this.#epoch = provenEpoch ?? options.ids.next();
    this.#previous = provenEpoch === undefined ? null : (last?.digest ?? null);
    this.#nextSeq = 1 + Math.max(last?.lastSeq ?? 0, ...recovered.found.map((gap) => gap.to));
  }

  get gaps(): number {
    return this.#known.length;
  }

  append(payload: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) => {
      const refusal = this.#refusalOf(payload);
      if (refusal !== null) {
        reject(refusal);
        return;
      }
      this.#waiting.push({ payload, resolve, reject });
      this.#waitingBytes += payload.length;
      // Whoever waits when the turn comes goes into one commit.
      if (this.#waiting.length === 1) void this.#inTurn(() => this.#commit());
    });
  }

  async *read(afterSeq: number): AsyncIterable<TelemetryRecord> {
    for (const { name, firstSeq, lastSeq } of this.segments()) {
      if (lastSeq <= afterSeq) continue;
      const { frames, missing } = await readSegment(join(this.#options.dir, name), firstSeq);
      for (const range of missing.filter(({ to }) => to <= lastSeq))
        this.#noteLoss({ ...range, cause: 'frame-damaged' });
      for (const record of frames.flatMap(recordsOf)) {
        if (record.seq > afterSeq && record.seq <= lastSeq) yield record;
      }
    }
    await this.tellGaps();
  }

  seal(): Promise<SegmentInfo[]> {
    return this.#inTurn(async () => {
      await this.#sealWriter();
      return [...this.#sealed];
    });
  }

  segments(): SegmentInfo[] {
    return this.#writer === null ? [...this.#sealed] : [...this.#sealed, this.#writer.info];
  }

  openSegment(name: string): AsyncIterable<Uint8Array> {
    if (firstSeqOf(name) === undefined) throw new AppError('NOT_FOUND', `no segment ${name}`, { name });
    return createReadStream(join(this.#options.dir, name), { highWaterMark: MIB }) as AsyncIterable<Uint8Array>;
  }

  /** Writes what is lost and not yet told into the log itself. */
  async tellGaps(): Promise<void> {
    if (this.#untold.length === 0 || this.#isClosed) return;
    try {
      await this.#inTurn(() => this.#write([]));
    } catch {
      // A disk that takes nothing must not keep the station from starting: they are told with the next commit.
    }
  }

  close(): Promise<void> {
    return this.#inTurn(async () => {
      this.#isClosed = true;
      await this.#sealWriter();
    });
  }

  #refusalOf(payload: Uint8Array): AppError | null {
    const size = payload.length;
    if (this.#isClosed) return new AppError('RPC_CLOSED', 'the telemetry log is closed');
    if (size > MAX_RECORD_BYTES) return new AppError('INPUT_TOO_LARGE', 'a telemetry record is too large', { size });
    if (this.#waiting.length >= MAX_WAITING || this.#waitingBytes + size > MAX_WAITING_BYTES) {
      return new AppError('TELEMETRY_BACKPRESSURE', `${String(this.#waiting.length)} requests wait for the disk`);
    }
    return null;
  }

  /** Runs the work when everything before it has ended, well or not. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work, work);
    this.#turn = result.catch(() => undefined); // The caller of that turn hears of it.
    return result;
  }

  async #commit(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    try {
      if (this.#isClosed) throw new AppError('RPC_CLOSED', 'the telemetry log is closed');
      const firstSeq = await this.#write(batch.map(({ payload }) => payload));
      for (const [at, { resolve }] of batch.entries()) resolve(firstSeq + at);
    } catch (cause) {
      const error = toDiskError(
        cause,
        this.#options.dir,
        batch.reduce((sum, { payload }) => sum + payload.length, 0),
      );
      for (const { reject } of batch) reject(error);
    }
  }

  /** Gap records that wait go first; returns the sequence of the first record. */
  async #write(records: readonly Uint8Array[]): Promise<number> {
    const told = this.#untold;
    const packs = [
      ...told.map((gap) => ({ signal: 'gap' as const, records: [encodeGap(gap)] })),
      ...intoPacks(records).map((pack) => ({ signal: 'metrics' as const, records: pack })),
    ];
    const count = told.length + records.length;
    try {
      if (this.#writer !== null && this.#writer.info.bytes >= (this.#options.segmentBytes ?? 16 * MIB))
        await this.#sealWriter();
      this.#writer ??= await this.#begin();
      await this.#writer.append(await intoFrames(packs, this.#nextSeq));
    } catch (error) {
      await this.#abandonWriter(count);
      throw error;
    }
    this.#untold = this.#untold.slice(told.length);
    this.#known.push(...told);
    this.#nextSeq += count;
    return this.#nextSeq - records.length;
  }

  #begin(): Promise<SegmentWriter> {
    const header = { site: this.#options.site, epoch: this.#epoch, firstSeq: this.#nextSeq, previous: this.#previous };
    return SegmentWriter.begin(join(this.#options.dir, segmentName(this.#nextSeq)), header);
  }

  async #sealWriter(): Promise<void> {
    if (this.#writer === null) return;
    const info = await this.#writer.seal();
    this.#writer = null;
    this.#sealed.push(info);
    this.#previous = info.digest;
  }

  /** The kernel may have dropped pages of this file: it is never written again, and its next sequences are given up. */
  async #abandonWriter(lost: number): Promise<void> {
    const writer = this.#writer;
    this.#writer = null;
    if (writer === null) return;
    if (writer.info.lastSeq >= writer.info.firstSeq) this.#sealed.push(writer.info);
    await writer.abandon();
    this.#noteLoss({ from: this.#nextSeq, to: this.#nextSeq + lost - 1, cause: 'write-failed' });
    this.#nextSeq += lost;
    this.#epoch = this.#options.ids.next();
    this.#previous = null;
  }

  #noteLoss(gap: TelemetryGap): void {
    if (!isTold(gap, this.#known) && !isTold(gap, this.#untold)) this.#untold.push(gap);
  }
}

function recordsOf({ seq, signal, payload }: Frame): TelemetryRecord[] {
  return (unpackRecords(payload) ?? []).map((record, at) => ({ seq: seq + at, signal, payload: record }));
}

async function intoFrames(
  packs: readonly { signal: Frame['signal']; records: readonly Uint8Array[] }[],
  firstSeq: number,
): Promise<Frame[]> {
  let seq = firstSeq;
  const frames: Frame[] = [];
  for (const { signal, records } of packs) {
    frames.push({ seq, count: records.length, signal, payload: await packRecords(records) });
    seq += records.length;
  }
  return frames;
}
