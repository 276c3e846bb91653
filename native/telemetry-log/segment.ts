import { readFile } from 'node:fs/promises';
import { decodeFrame, type Frame } from './frame.ts';

/** Every segment begins with this line; the number is the format. */
export const SEGMENT_MAGIC = Buffer.from('gantry-telemetry 1\n');

/** What a segment file holds, as far as its checksums say. */
export interface SegmentContent {
  readonly frames: readonly Frame[];
  /** Bytes up to the end of the last whole frame. */
  readonly wholeBytes: number;
  /** Damaged places that were skipped in the middle. */
  readonly damaged: readonly { readonly afterSeq: number; readonly beforeSeq: number }[];
  readonly totalBytes: number;
}

/** Reads a segment of any state: never throws for its content. A damaged middle is skipped to the next whole frame. */
export async function readSegment(path: string): Promise<SegmentContent> {
  const bytes = await readFile(path);
  const frames: Frame[] = [];
  const damaged: { afterSeq: number; beforeSeq: number }[] = [];
  if (!bytes.subarray(0, SEGMENT_MAGIC.length).equals(SEGMENT_MAGIC)) return { frames, wholeBytes: 0, damaged, totalBytes: bytes.length };
  let at = SEGMENT_MAGIC.length;
  let wholeBytes = at;
  while (at < bytes.length) {
    const decoded = decodeFrame(bytes, at) ?? nextWhole(bytes, at + 1, frames.at(-1)?.seq ?? -1);
    if (decoded === null) break;
    const before = frames.at(-1)?.seq;
    if (before !== undefined && decoded.frame.seq !== before + 1) damaged.push({ afterSeq: before, beforeSeq: decoded.frame.seq });
    frames.push(decoded.frame);
    at = decoded.next;
    wholeBytes = at;
  }
  return { frames, wholeBytes, damaged, totalBytes: bytes.length };
}

/** The next place where a whole frame with a later sequence begins. */
function nextWhole(bytes: Buffer, from: number, afterSeq: number): { frame: Frame; next: number } | null {
  for (let at = from; at < bytes.length; at += 1) {
    const decoded = decodeFrame(bytes, at);
    if (decoded !== null && decoded.frame.seq > afterSeq) return decoded;
  }
  return null;
}
