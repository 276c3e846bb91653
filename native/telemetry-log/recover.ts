import { open, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { SegmentInfo, TelemetryGap } from '#core/telemetry/index.ts';
import { fsyncDirectory, removeDurably } from '#native/fs/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { countOf, lastSeqOf } from './frame.ts';
import { parseGap } from './gap.ts';
import { readEnds, readSegment } from './read-segment.ts';
import { encodeFooter, firstSeqOf, MAX_HEADER_BYTES } from './segment-format.ts';

/** What earlier runs left. */
export interface Recovered {
  /** All sealed, in order. */
  readonly segments: SegmentInfo[];
  /** Losses that the log already tells. */
  readonly known: TelemetryGap[];
  /** Losses that were found now and must be told. */
  readonly found: TelemetryGap[];
}

/**
 * Opens what is there; never refuses. A sealed segment is believed by its footer, so that a log of any size opens at once;
 * one that was being written is cut at its last whole frame and sealed.
 */
export async function recoverSegments(dir: string): Promise<Recovered> {
  const segments: SegmentInfo[] = [];
  const known: TelemetryGap[] = [];
  const found: TelemetryGap[] = [];
  for (const name of (await readdir(dir)).filter((entry) => firstSeqOf(entry) !== undefined).sort()) {
    const segment = (await readSealed(dir, name)) ?? (await sealTorn(dir, name, found));
    if (segment === undefined) continue;
    segments.push(segment);
    if (segment.gaps > 0) known.push(...(await gapsIn(join(dir, name), segment.firstSeq)));
  }
  found.push(...holesBetween(segments));
  return { segments, known, found: found.filter((gap) => !isTold(gap, known)) };
}

/** Whether a loss lies inside one that the log tells already. */
export function isTold(gap: TelemetryGap, known: readonly TelemetryGap[]): boolean {
  return known.some((told) => told.from <= gap.from && gap.to <= told.to);
}

async function readSealed(dir: string, name: string): Promise<SegmentInfo | undefined> {
  const { header, footer, sizeBytes } = await readEnds(join(dir, name));
  if (footer === undefined) return undefined;
  return { name, epoch: header?.epoch ?? null, ...footer, bytes: sizeBytes };
}

/** A segment without a footer: the one that the last run wrote, or a damaged one. */
async function sealTorn(dir: string, name: string, found: TelemetryGap[]): Promise<SegmentInfo | undefined> {
  const path = join(dir, name);
  const firstSeq = firstSeqOf(name) ?? 0;
  const { header, frames, wholeBytes, missing, totalBytes } = await readSegment(path, firstSeq);
  if (frames.length === 0 && (header !== undefined || totalBytes < MAX_HEADER_BYTES)) {
    // Begun and not filled, or filled by one commit that was never acknowledged: the header is flushed with the first one.
    await removeDurably(path);
    return undefined;
  }
  if (frames.length === 0) {
    // Not a single whole frame and no header: kept aside for people, and told.
    found.push({ from: firstSeq, to: firstSeq, cause: 'segment-damaged' });
    await rename(path, `${path}.damaged`);
    await fsyncDirectory(dir);
    return undefined;
  }
  for (const range of missing) found.push({ ...range, cause: 'frame-damaged' });
  const digest = nodeHasher.sha256((await readFile(path)).subarray(0, wholeBytes));
  const last = frames.at(-1);
  const footer = {
    records: countOf(frames, 'metrics'),
    gaps: countOf(frames, 'gap'),
    firstSeq,
    lastSeq: last === undefined ? firstSeq - 1 : lastSeqOf(last),
    digest,
  };
  const bytes = await writeFooter(path, wholeBytes, encodeFooter(footer));
  return { name, epoch: header?.epoch ?? null, ...footer, bytes };
}

async function writeFooter(path: string, at: number, footer: Uint8Array): Promise<number> {
  const file = await open(path, 'r+');
  try {
    await file.truncate(at);
    await file.write(footer, 0, footer.length, at);
    await file.sync();
  } finally {
    await file.close();
  }
  return at + footer.length;
}

function holesBetween(segments: readonly SegmentInfo[]): TelemetryGap[] {
  return segments.flatMap((segment, at) => {
    const lastSeq = at === 0 ? 0 : (segments[at - 1]?.lastSeq ?? 0);
    // What was before the first segment may have left by a receipt; only a hole between two is a loss.
    if (at === 0 || segment.firstSeq <= lastSeq + 1) return [];
    return [{ from: lastSeq + 1, to: segment.firstSeq - 1, cause: 'segment-missing' as const }];
  });
}

async function gapsIn(path: string, firstSeq: number): Promise<TelemetryGap[]> {
  const { frames } = await readSegment(path, firstSeq);
  return frames.flatMap((frame) => (frame.signal === 'gap' ? (parseGap(frame.payload) ?? []) : []));
}
