import type { TelemetrySignal } from '#core/telemetry/index.ts';

/** `len u32 | crc32c u32 | seq u64 | signal u8 | payload`, little endian; the checksum covers seq, signal and payload. */
export const FRAME_HEAD_BYTES = 17;

/** No request that the station takes is larger; a longer length is a torn or damaged frame. */
export const MAX_PAYLOAD_BYTES = 8 * 1024 * 1024;

const SIGNALS: readonly TelemetrySignal[] = ['metrics', 'gap'];

export interface Frame {
  readonly seq: number;
  readonly signal: TelemetrySignal;
  readonly payload: Uint8Array;
}

export function encodeFrame({ seq, signal, payload }: Frame): Uint8Array {
  const bytes = Buffer.allocUnsafe(FRAME_HEAD_BYTES + payload.length);
  bytes.writeUInt32LE(payload.length, 0);
  bytes.writeBigUInt64LE(BigInt(seq), 8);
  bytes.writeUInt8(SIGNALS.indexOf(signal), 16);
  bytes.set(payload, FRAME_HEAD_BYTES);
  bytes.writeUInt32LE(crc32c(bytes.subarray(8)), 4);
  return bytes;
}

/** The frame at `at` and where the next one begins; null for a torn or damaged one. */
export function decodeFrame(bytes: Buffer, at: number): { frame: Frame; next: number } | null {
  if (at + FRAME_HEAD_BYTES > bytes.length) return null;
  const length = bytes.readUInt32LE(at);
  const next = at + FRAME_HEAD_BYTES + length;
  if (length > MAX_PAYLOAD_BYTES || next > bytes.length) return null;
  if (crc32c(bytes.subarray(at + 8, next)) !== bytes.readUInt32LE(at + 4)) return null;
  const signal = SIGNALS[bytes.readUInt8(at + 16)];
  if (signal === undefined) return null;
  return { frame: { seq: Number(bytes.readBigUInt64LE(at + 8)), signal, payload: bytes.subarray(at + FRAME_HEAD_BYTES, next) }, next };
}

const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let remainder = index;
  for (let bit = 0; bit < 8; bit += 1) remainder = remainder & 1 ? (remainder >>> 1) ^ 0x82f63b78 : remainder >>> 1;
  return remainder >>> 0;
});

/** CRC-32C (Castagnoli, RFC 3720 appendix B.4). */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (TABLE[(crc ^ byte) & 0xff] ?? 0);
  return (crc ^ 0xffffffff) >>> 0;
}
