import { open, readFile } from 'node:fs/promises';
import { decodeFrame, findFrame, lastSeqOf, type Frame } from './frame.ts';
import { decodeFooter, decodeHeader, FOOTER_BYTES, type SegmentFooter, type SegmentHeader } from './segment-format.ts';

export interface SeqRange {
  readonly from: number;
  readonly to: number;
}

/** What a segment file holds, as far as its checksums say. */
export interface SegmentContent {
  readonly header: SegmentHeader | undefined;
  readonly footer: SegmentFooter | undefined;
  readonly frames: readonly Frame[];
  /** Bytes up to the end of the last whole frame. */
  readonly wholeBytes: number;
  readonly totalBytes: number;
  /** Sequences that damaged places took away. */
  readonly missing: readonly SeqRange[];
}

/** Reads a segment of any state: never throws for its content. A damaged middle is skipped to the next whole frame. */
export async function readSegment(path: string, firstSeq: number): Promise<SegmentContent> {
  const bytes = await readFile(path);
  const head = decodeHeader(bytes);
  const footer = decodeFooter(bytes);
  const body = footer === undefined ? bytes : bytes.subarray(0, bytes.length - FOOTER_BYTES);
  const frames: Frame[] = [];
  const missing: SeqRange[] = [];
  let at = head?.length ?? 0;
  let wholeBytes = at;
  let lastSeq = firstSeq - 1;
  while (at < body.length) {
    const found = decodeFrame(body, at) ?? findFrame(body, at + 1, lastSeq);
    if (found === null) break;
    if (found.frame.seq > lastSeq + 1) missing.push({ from: lastSeq + 1, to: found.frame.seq - 1 });
    frames.push(found.frame);
    lastSeq = lastSeqOf(found.frame);
    at = found.next;
    wholeBytes = at;
  }
  if (footer !== undefined && footer.lastSeq > lastSeq) missing.push({ from: lastSeq + 1, to: footer.lastSeq });
  return { header: head?.header, footer, frames, wholeBytes, totalBytes: bytes.length, missing };
}

/** Only the ends of a file: what opening a log of many gigabytes can afford. */
export async function readEnds(
  path: string,
): Promise<{ header: SegmentHeader | undefined; footer: SegmentFooter | undefined; sizeBytes: number }> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const head = Buffer.alloc(Math.min(size, 4096));
    await file.read(head, 0, head.length, 0);
    const tail = Buffer.alloc(Math.min(size, FOOTER_BYTES));
    await file.read(tail, 0, tail.length, size - tail.length);
    return { header: decodeHeader(head)?.header, footer: decodeFooter(tail), sizeBytes: size };
  } finally {
    await file.close();
  }
}
