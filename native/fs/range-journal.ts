import { open, readFile, stat, type FileHandle } from 'node:fs/promises';
import { z } from 'zod';
import { KIB } from '#core/base/index.ts';
import type { Range } from './byte-ranges.ts';
import { removeDurably, writeFileDurably } from './durable-file.ts';
import { isNotFound } from './os-codes.ts';

const Entry = z.object({
  sizeBytes: z.number().int().min(0),
  received: z.array(z.object({ start: z.number().int().min(0), end: z.number().int().min(0) })).max(1_000_000),
});

/**
 * The journal has its full length from the start, in zeros: a line that does not make a file longer costs the flush of one page and
 * no commit of the file system. When it is full it is written anew; 16 KiB hold some 200 checkpoints.
 */
const JOURNAL_BYTES = 16 * KIB;

/**
 * Which ranges of a partial blob are durable: one line of JSON per checkpoint, and the last whole line counts. A line that a power cut
 * tore does not end or does not parse, so the one before it counts: the journal may say too little, never too much.
 */
export interface RangeJournal {
  /** What earlier runs made durable. */
  readonly known: readonly Range[];
  /** Precondition: the content of `durable` was flushed. */
  record(durable: readonly Range[]): Promise<void>;
  close(): Promise<void>;
}

export async function openRangeJournal(options: {
  path: string;
  contentPath: string;
  sizeBytes: number;
}): Promise<RangeJournal> {
  const { path, sizeBytes } = options;
  const known = await readRanges(options);
  // An older journal must not vouch for the content that begins now.
  if (known.length === 0) await removeAnyTrace(path);
  let file: FileHandle | undefined;
  let filledBytes = 0;

  async function close(): Promise<void> {
    await file?.close();
    file = undefined;
  }

  /** The first of this run, or one that no longer fits: a whole file, in place of the old one. */
  async function begin(line: Buffer): Promise<void> {
    await close();
    const padding = Buffer.alloc(Math.max(0, JOURNAL_BYTES - line.length));
    await writeFileDurably(path, Buffer.concat([line, padding]));
    file = await open(path, 'r+');
    filledBytes = line.length;
  }

  return {
    known,
    record: async (durable) => {
      const line = Buffer.from(`${JSON.stringify({ sizeBytes, received: durable })}\n`);
      if (file === undefined || filledBytes + line.length > JOURNAL_BYTES) {
        await begin(line);
        return;
      }
      await file.write(line, 0, line.length, filledBytes);
      await file.datasync();
      filledBytes += line.length;
    },
    close,
  };
}

async function readRanges(options: { path: string; contentPath: string; sizeBytes: number }): Promise<Range[]> {
  try {
    const entry = lastEntry(await readFile(options.path, 'utf8'));
    if (entry?.sizeBytes !== options.sizeBytes) return [];
    const { size } = await stat(options.contentPath);
    return entry.received.filter((range) => range.end <= size);
  } catch {
    // No journal, or none that can be read: nothing of the content is known to be durable, so it is fetched again.
    return [];
  }
}

/** After the last line end come zeros, or a torn line. */
function lastEntry(text: string): z.infer<typeof Entry> | undefined {
  for (const line of text.split('\n').slice(0, -1).reverse()) {
    const entry = parseEntry(line);
    if (entry !== undefined) return entry;
  }
  return undefined;
}

function parseEntry(line: string): z.infer<typeof Entry> | undefined {
  try {
    return Entry.safeParse(JSON.parse(line)).data;
  } catch {
    // Not JSON: torn, or zeros where the file grew before its content arrived.
    return undefined;
  }
}

/** Its absence is made durable only where there was something: the usual new blob has no journal. */
async function removeAnyTrace(path: string): Promise<void> {
  try {
    await stat(path);
  } catch (error) {
    if (isNotFound(error)) return;
    throw error;
  }
  await removeDurably(path);
}
