import { z } from 'zod';
import { Digest, Id } from '#contracts/primitives.ts';
import { crc32c } from './crc32c.ts';

/**
 * A segment is `gantry-telemetry 1`, a line of JSON (header), frames, and, once it is sealed, a footer of fixed size.
 * Each header names the SHA-256 of the segment before it, so that a missing or replaced segment shows.
 */
const MAGIC = 'gantry-telemetry 1\n';
const FOOTER_MAGIC = Buffer.from('\ngt-seal');
export const FOOTER_BYTES = 68;
/** Site, epoch and digest have fixed lengths at most: no header is longer. */
export const MAX_HEADER_BYTES = 512;

/** Segment names sort in the order of their sequences. */
const NAME = /^segment-([0-9]{16})\.log$/;
export const segmentName = (firstSeq: number): string => `segment-${String(firstSeq).padStart(16, '0')}.log`;
export const firstSeqOf = (name: string): number | undefined => {
  const digits = NAME.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
};

export const SegmentHeader = z.object({
  site: Id,
  /** Changes whenever the log cannot prove that nothing is missing before this segment. */
  epoch: Id,
  firstSeq: z.number().int().min(1),
  /** What the footer of the segment before covers; null for the first one of an epoch. */
  previous: Digest.nullable(),
});
export type SegmentHeader = z.infer<typeof SegmentHeader>;

export interface SegmentFooter {
  readonly records: number;
  readonly gaps: number;
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** Over everything before the footer. */
  readonly digest: Digest;
}

export function encodeHeader(header: SegmentHeader): Uint8Array {
  return Buffer.from(`${MAGIC}${JSON.stringify(header)}\n`);
}

/** The header and where the frames begin; undefined for a damaged one. */
export function decodeHeader(bytes: Buffer): { header: SegmentHeader; length: number } | undefined {
  const end = bytes.indexOf(0x0a, MAGIC.length);
  if (end < 0 || end > MAX_HEADER_BYTES || bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) return undefined;
  try {
    return { header: SegmentHeader.parse(JSON.parse(bytes.toString('utf8', MAGIC.length, end))), length: end + 1 };
  } catch {
    // Damaged: the frames after it may still be whole.
    return undefined;
  }
}

export function encodeFooter(footer: SegmentFooter): Uint8Array {
  const bytes = Buffer.alloc(FOOTER_BYTES);
  FOOTER_MAGIC.copy(bytes, 0);
  bytes.writeUInt32LE(footer.records, 8);
  bytes.writeUInt32LE(footer.gaps, 12);
  bytes.writeBigUInt64LE(BigInt(footer.firstSeq), 16);
  bytes.writeBigUInt64LE(BigInt(footer.lastSeq), 24);
  bytes.write(footer.digest.slice('sha256:'.length), 32, 'hex');
  bytes.writeUInt32LE(crc32c(bytes.subarray(0, 64)), 64);
  return bytes;
}

/** The footer that the last bytes of a file are; undefined when the segment was never sealed, or is damaged there. */
export function decodeFooter(bytes: Buffer): SegmentFooter | undefined {
  if (bytes.length < FOOTER_BYTES) return undefined;
  const footer = bytes.subarray(bytes.length - FOOTER_BYTES);
  if (!footer.subarray(0, 8).equals(FOOTER_MAGIC) || crc32c(footer.subarray(0, 64)) !== footer.readUInt32LE(64))
    return undefined;
  return {
    records: footer.readUInt32LE(8),
    gaps: footer.readUInt32LE(12),
    firstSeq: Number(footer.readBigUInt64LE(16)),
    lastSeq: Number(footer.readBigUInt64LE(24)),
    digest: `sha256:${footer.toString('hex', 32, 64)}`,
  };
}
