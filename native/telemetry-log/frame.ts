import { MIB } from '#core/base/index.ts';
import type { TelemetrySignal } from '#core/telemetry/index.ts';
import { crc32c } from './crc32c.ts';

/** `len u32 | crc32c u32 | seq u64 | count u16 | signal u8 | payload`, little endian; the checksum covers everything after itself. */
const FRAME_HEAD_BYTES = 19;

/** A longer length is a torn or damaged frame. */
const MAX_PAYLOAD_BYTES = 9 * MIB;

/** A jump of the sequence that a log may show; a larger one is no frame but chance. */
const MAX_SEQ_JUMP = 10_000_000;

const SIGNALS: readonly TelemetrySignal[] = ['metrics', 'gap'];

export interface Frame {
  /** Of its first record. */
  readonly seq: number;
  /** Records in it; their sequences follow each other. */
  readonly count: number;
  readonly signal: TelemetrySignal;
  readonly payload: Uint8Array;
}

/** A frame and the place after it. */
export interface FoundFrame {
  readonly frame: Frame;
  readonly next: number;
}

/** The last sequence in a frame. */
export const lastSeqOf = ({ seq, count }: Frame): number => seq + count - 1;

/** Records of a signal in these frames. */
export function countOf(frames: readonly Frame[], signal: TelemetrySignal): number {
  return frames.reduce((sum, frame) => sum + (frame.signal === signal ? frame.count : 0), 0);
}

export function encodeFrame({ seq, count, signal, payload }: Frame): Uint8Array {
  const bytes = Buffer.allocUnsafe(FRAME_HEAD_BYTES + payload.length);
  bytes.writeUInt32LE(payload.length, 0);
  bytes.writeBigUInt64LE(BigInt(seq), 8);
  bytes.writeUInt16LE(count, 16);
  bytes.writeUInt8(SIGNALS.indexOf(signal), 18);
  bytes.set(payload, FRAME_HEAD_BYTES);
  bytes.writeUInt32LE(crc32c(bytes.subarray(8)), 4);
  return bytes;
}

/** The frame at `at`; null for a torn or damaged one. */
export function decodeFrame(bytes: Buffer, at: number): FoundFrame | null {
  if (at + FRAME_HEAD_BYTES > bytes.length) return null;
  const length = bytes.readUInt32LE(at);
  const next = at + FRAME_HEAD_BYTES + length;
  const signal = SIGNALS[bytes.readUInt8(at + 18)];
  if (length > MAX_PAYLOAD_BYTES || next > bytes.length || signal === undefined) return null;
  if (crc32c(bytes.subarray(at + 8, next)) !== bytes.readUInt32LE(at + 4)) return null;
  const payload = bytes.subarray(at + FRAME_HEAD_BYTES, next);
  const seq = Number(bytes.readBigUInt64LE(at + 8));
  return { frame: { seq, count: bytes.readUInt16LE(at + 16), signal, payload }, next };
}

/** The next place from `from` on where a whole frame with a later sequence begins. */
export function findFrame(bytes: Buffer, from: number, afterSeq: number): FoundFrame | null {
  for (let at = from; at + FRAME_HEAD_BYTES <= bytes.length; at += 1) {
    // Looked at before the checksum, which would be slow at every byte of a damaged place.
    const seq = Number(bytes.readBigUInt64LE(at + 8));
    if (seq <= afterSeq || seq > afterSeq + MAX_SEQ_JUMP) continue;
    const found = decodeFrame(bytes, at);
    if (found !== null) return found;
  }
  return null;
}
