import { z } from 'zod';
import { bytesIn, type ByteRange } from '#core/media/index.ts';
import type { Medium } from './transitions.ts';

/** More (stick, part) pairs than any real set has; what comes after them is counted and not listed. */
const MAX_ENTRIES = 2_000;

/** A part is read in one piece, or in a few after a yank. Above this the two nearest ranges are told as one. */
const MAX_RANGES = 16;

/** What was read of one part from one stick. Label and serial come from the stick: hostile text. */
export const ReadEntry = z.object({
  volumeId: z.string(),
  label: z.string(),
  serial: z.string().nullable(),
  part: z.string(),
  stick: z.number().int(),
  ranges: z.array(z.object({ start: z.number().int().min(0), end: z.number().int().min(0) })).max(MAX_RANGES),
  /** Whether ranges were joined over a gap to keep the list short. */
  isCoarse: z.boolean(),
});
export type ReadEntry = z.infer<typeof ReadEntry>;

/** Which ranges of which part an import took from which stick: only bytes that were checked and written are in it. */
export const ReadJournal = z.object({
  v: z.literal(1),
  entries: z.array(ReadEntry).max(MAX_ENTRIES),
  unlistedBytes: z.number().int().min(0),
});
export type ReadJournal = z.infer<typeof ReadJournal>;

export const NOTHING_READ: ReadJournal = { v: 1, entries: [], unlistedBytes: 0 };

/** A range of a part that was read and kept. */
export interface ReadRange extends ByteRange {
  readonly part: string;
  readonly stick: number;
}

/** The journal with one more range. */
export function noteRead(journal: ReadJournal, medium: Medium, read: ReadRange): ReadJournal {
  const at = journal.entries.findIndex((entry) => entry.volumeId === medium.volumeId && entry.part === read.part);
  const known = journal.entries[at];
  if (known !== undefined) return { ...journal, entries: journal.entries.with(at, withRange(known, read)) };
  if (journal.entries.length >= MAX_ENTRIES)
    return { ...journal, unlistedBytes: journal.unlistedBytes + (read.end - read.start) };
  const { volumeId, label, serial } = medium;
  const entry: ReadEntry = {
    volumeId,
    label,
    serial,
    part: read.part,
    stick: read.stick,
    ranges: [{ start: read.start, end: read.end }],
    isCoarse: false,
  };
  return { ...journal, entries: [...journal.entries, entry] };
}

/** What came from each stick, in the order of first use. */
export interface StickReads {
  readonly volumeId: string;
  readonly label: string;
  readonly serial: string | null;
  readonly parts: number;
  readonly bytes: number;
}

export function readsBySticks({ entries }: ReadJournal): StickReads[] {
  const sticks = new Map<string, StickReads>();
  for (const { volumeId, label, serial, ranges } of entries) {
    const known = sticks.get(volumeId) ?? { volumeId, label, serial, parts: 0, bytes: 0 };
    sticks.set(volumeId, { ...known, parts: known.parts + 1, bytes: known.bytes + bytesIn(ranges) });
  }
  return [...sticks.values()];
}

function withRange(entry: ReadEntry, { start, end }: ByteRange): ReadEntry {
  const last = entry.ranges.at(-1);
  // Nearly every block continues the last one.
  if (last?.end === start) return { ...entry, ranges: entry.ranges.with(-1, { start: last.start, end }) };
  const merged: ByteRange[] = [];
  for (const range of [...entry.ranges, { start, end }].sort((a, b) => a.start - b.start)) {
    const previous = merged.at(-1);
    if (previous !== undefined && range.start <= previous.end)
      merged.splice(-1, 1, { start: previous.start, end: Math.max(previous.end, range.end) });
    else merged.push(range);
  }
  return merged.length <= MAX_RANGES
    ? { ...entry, ranges: merged }
    : { ...entry, ranges: joinNearest(merged), isCoarse: true };
}

function joinNearest(ranges: readonly ByteRange[]): ByteRange[] {
  let best = 1;
  const gapBefore = (index: number): number => (ranges[index]?.start ?? 0) - (ranges[index - 1]?.end ?? 0);
  for (let index = 2; index < ranges.length; index += 1) if (gapBefore(index) < gapBefore(best)) best = index;
  const [left, right] = [ranges[best - 1], ranges[best]];
  if (left === undefined || right === undefined) return [...ranges];
  return ranges.toSpliced(best - 1, 2, { start: left.start, end: right.end });
}
