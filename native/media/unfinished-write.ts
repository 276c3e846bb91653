import { z } from 'zod';
import { MEDIA_PATHS, MediaPart } from '#contracts/media.ts';
import { AppError, isAppError, MIB, type Digest } from '#core/base/index.ts';
import { areCutsOf, type PartCut, type PlannedPart, type SizedBlob } from '#core/media/index.ts';
import type { VolumeReader } from '#core/media/ports.ts';
import type { MediaTarget } from './media-set-input.ts';
import { TEMPORARY } from './volume-writer.ts';

/** Notes are names of a writer, so that whoever writes next sweeps what nobody came back to. */
const PLAN = `${MEDIA_PATHS.root}/.plan.json${TEMPORARY}`;
const NOTE_NAME = /^\.(?:plan|part-[0-9]{4}\.bin)\.json\.gantry-partial$/;
const PART_NAME = /^part-[0-9]{4}\.bin$/;
const NOTE_LIMIT_BYTES = 8 * MIB;
const FOLDER_LIMIT = 20_000;

/** Where an unfinished set was cut, and for what wish: room on a stick changes while it is written, the cuts must not. */
const PlanNote = z.object({
  v: z.literal(1),
  wish: z.string(),
  cuts: z.array(z.object({ stick: z.number().int().min(1).max(999), sizeBytes: z.number().int().min(1) })).max(9_999),
});
type PlanNote = z.infer<typeof PlanNote>;

const noteOf = (part: string): string => `${MEDIA_PATHS.parts}/.${part}.json${TEMPORARY}`;

/** Removes torn files of an interrupted write; its notes stay until the set is whole. */
export async function sweepTornFiles(targets: readonly MediaTarget[]): Promise<void> {
  for (const { writer } of targets)
    for (const folder of [MEDIA_PATHS.root, MEDIA_PATHS.parts])
      await writer.sweep(folder, (name) => NOTE_NAME.test(name));
}

/** Removes the notes too: the index says now what they said. */
export async function sweepNotes(targets: readonly MediaTarget[]): Promise<void> {
  for (const { writer } of targets)
    for (const folder of [MEDIA_PATHS.parts, MEDIA_PATHS.root]) await writer.sweep(folder);
}

/** The cuts of an earlier write with the same wish, from whichever stick has them. Untrusted: the notes. */
export async function readPlanNote(
  targets: readonly MediaTarget[],
  { wish, blobs }: { wish: string; blobs: readonly SizedBlob[] },
): Promise<readonly PartCut[] | null> {
  for (const { reader } of targets) {
    const note = await readNote(reader, PLAN, PlanNote);
    if (note?.wish === wish && areCutsOf(note.cuts, blobs) && note.cuts.every(({ stick }) => stick <= targets.length))
      return note.cuts;
  }
  return null;
}

/** Leaves the cuts on every stick before the first part. */
export async function writePlanNote(
  targets: readonly MediaTarget[],
  plan: { readonly wish: string; readonly parts: readonly PlannedPart[] },
): Promise<void> {
  const cuts = plan.parts.map(({ stick, sizeBytes }) => ({ stick, sizeBytes }));
  const note: PlanNote = { v: 1, wish: plan.wish, cuts };
  for (const { writer } of targets) {
    await writer.sweep(MEDIA_PATHS.root);
    await writer.writeFile(PLAN, textOf(note));
  }
}

/** What was noted of an encrypted part before it got its name. Untrusted: whoever uses it compares every digest. */
export async function readPartNote(reader: VolumeReader, part: string): Promise<MediaPart | undefined> {
  return readNote(reader, noteOf(part), MediaPart);
}

/** Nobody can tell later what an encrypted file opens to, so this is durable before the file has its name. */
export async function writePartNote({ writer }: Pick<MediaTarget, 'writer'>, part: MediaPart): Promise<void> {
  await writer.sweep(MEDIA_PATHS.parts, (name) => !noteOf(part.name).endsWith(`/${name}`));
  await writer.writeFile(noteOf(part.name), textOf(part));
}

/** MEDIA_NOT_EMPTY, before anything is written, for parts on a stick that this write would not have put there. */
export function refuseForeignParts(
  planned: readonly PlannedPart[],
  standing: readonly ReadonlyMap<string, number>[],
  isOurs: (part: PlannedPart, sizeBytes: number) => boolean,
): void {
  for (const [index, names] of standing.entries()) {
    for (const [name, sizeBytes] of names) {
      const part = planned.find((candidate) => candidate.name === name && candidate.stick === index + 1);
      // A stick that was pulled between rename and flush keeps an empty file; nothing is lost with it.
      if (sizeBytes === 0 || (part !== undefined && isOurs(part, sizeBytes))) continue;
      const path = `${MEDIA_PATHS.parts}/${name}`;
      throw new AppError('MEDIA_NOT_EMPTY', `stick ${String(index + 1)}: ${path} belongs to another write`, {
        stick: index + 1,
        path,
      });
    }
  }
}

/** Parts that stand on a stick with their sizes. */
export async function standingParts({ reader }: Pick<MediaTarget, 'reader'>): Promise<ReadonlyMap<string, number>> {
  const standing = new Map<string, number>();
  for (const name of await reader.list(MEDIA_PATHS.parts, FOLDER_LIMIT)) {
    if (PART_NAME.test(name)) standing.set(name, (await reader.sizeOf(`${MEDIA_PATHS.parts}/${name}`)) ?? 0);
  }
  return standing;
}

async function readNote<T>(reader: VolumeReader, path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  try {
    const text = Buffer.from(await reader.readFile(path, NOTE_LIMIT_BYTES)).toString('utf8');
    return schema.safeParse(JSON.parse(text)).data;
  } catch (error) {
    // Absent, or torn by the interruption: then there is nothing to go on from.
    if (isAppError(error, 'NOT_FOUND') || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function textOf(note: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(note));
}

/** What a write was asked for: only the same wish goes on from the same cuts. */
export function wishOf(
  blobs: readonly SizedBlob[],
  { partBytes, sticks, recipients }: { partBytes: number; sticks: number; recipients: readonly string[] },
  sha256: (bytes: Uint8Array) => Digest,
): string {
  const sized = [...blobs].map(({ digest }) => digest).sort();
  return sha256(textOf({ blobs: sized, partBytes, sticks, recipients: [...recipients].sort() }));
}
