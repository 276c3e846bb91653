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

/** Above this the journal is written anew; below, one line more costs one flush instead of three. */
const REWRITE_ABOVE_BYTES = 256 * KIB;

/**
 * Which ranges of a partial blob are durable: one line of JSON per checkpoint, and the last whole line counts. A line that a power
 * cut tore does not parse or does not end, so the one before it counts: the journal may say too little, never too much.
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
  let length = 0;

  async function close(): Promise<void> {
    await file?.close();
    file = undefined;
  }

  return {
    known,
    record: async (durable) => {
      const line = Buffer.from(`${JSON.stringify({ sizeBytes, received: durable })}\n`);
      if (file === undefined || length + line.length > REWRITE_ABOVE_BYTES) {
        await close();
        await writeFileDurably(path, line);
        file = await open(path, 'a');
        length = line.length;
        return;
      }
      await file.appendFile(line);
      await file.datasync();
      length += line.length;
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

/** The text after the last line end was torn, or is empty. */
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
