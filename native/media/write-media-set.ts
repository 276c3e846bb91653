import { createHash } from 'node:crypto';
import { MEDIA_PATHS, type MediaPart, type MediaSet } from '#contracts/media.ts';
import { AppError, canonicalJson, isAppError, toIsoUtc, type Digest } from '#core/base/index.ts';
import { MEDIA_LIMITS, parseMediaIndex } from '#core/media/index.ts';
import type { VolumeReader } from '#core/media/ports.ts';
import type { WriteMediaSetInput } from './media-set-input.ts';
import { planWithRoom, type RoomyPlan } from './plan-with-room.ts';
import { readPartNote, refuseForeignParts, sweepNotes, sweepTornFiles, writePlanNote } from './unfinished-write.ts';
import { writePart } from './write-part.ts';

/**
 * Writes a media set: parts first, the index last and on every stick, so that an index always describes whole parts.
 * Interrupted, the same call goes on: parts that already stand with the right bytes stay. Encrypted parts never have the same bytes
 * twice, so what each opens to is noted beside it until the index says it.
 */
export async function writeMediaSet(input: WriteMediaSetInput): Promise<MediaSet> {
  const standing = await standingSets(input);
  await sweepTornFiles(input.targets);
  const plan = await planWithRoom(input);
  const known = await knownParts(input, plan, standing);
  refuseForeignParts(plan.parts, plan.standing, ({ name, sizeBytes }, found) =>
    input.seal === undefined ? found === sizeBytes : known.get(name)?.sealed?.sizeBytes === found,
  );
  if (!plan.isNoted) await writePlanNote(input.targets, plan);
  const parts = await writeParts(input, plan, known);
  const set: MediaSet = {
    v: 1,
    setId: standing?.setId ?? input.ids.next(),
    createdAt: standing?.createdAt ?? toIsoUtc(input.clock.now()),
    sticks: input.targets.length,
    ...(input.seal === undefined
      ? {}
      : { encryption: { scheme: 'age-v1' as const, recipients: [...input.seal.recipients] } }),
    bundles: [...input.bundles],
    ...(input.delta === undefined ? {} : { delta: input.delta }),
    parts,
  };
  await writeIndexes(input, set);
  await sweepNotes(input.targets);
  return set;
}

/** An index of the same bundles is our own unfinished work; of other bundles it is somebody's set (MEDIA_NOT_EMPTY). */
async function standingSets({ targets, bundles, seal }: WriteMediaSetInput): Promise<MediaSet | null> {
  const wanted = [...bundles.map((bundle) => bundle.digest), ...(seal?.recipients ?? [])].join();
  let standing: MediaSet | null = null;
  for (const [index, { reader }] of targets.entries()) {
    const bytes = await readIfPresent(reader, MEDIA_PATHS.index);
    if (bytes === undefined) continue;
    const { set } = parseMediaIndex(bytes);
    const found =
      set === null ? [] : [...set.bundles.map((bundle) => bundle.digest), ...(set.encryption?.recipients ?? [])];
    if (set === null || found.join() !== wanted || set.sticks !== targets.length) {
      throw new AppError('MEDIA_NOT_EMPTY', `stick ${String(index + 1)} already holds a media set`, {
        stick: index + 1,
        setId: set?.setId ?? '',
      });
    }
    standing = set;
  }
  return standing;
}

async function readIfPresent(reader: VolumeReader, path: string): Promise<Uint8Array | undefined> {
  try {
    return await reader.readFile(path, MEDIA_LIMITS.indexBytes);
  } catch (error) {
    if (isAppError(error, 'NOT_FOUND')) return undefined;
    throw error;
  }
}

/** Encrypted parts of an earlier write as it described them: from its index, or from its notes. */
async function knownParts(
  { targets, seal }: WriteMediaSetInput,
  { parts, standing, isNoted }: RoomyPlan,
  set: MediaSet | null,
): Promise<ReadonlyMap<string, MediaPart>> {
  const known = new Map(set?.parts.map((part) => [part.name, part]));
  // Notes of another wish may be of parts for other readers.
  if (seal === undefined || !isNoted) return known;
  for (const { name, stick } of parts) {
    const target = targets[stick - 1];
    if (known.has(name) || target === undefined || standing[stick - 1]?.has(name) !== true) continue;
    const note = await readPartNote(target.reader, name);
    if (note !== undefined) known.set(name, note);
  }
  return known;
}

async function writeParts(
  input: WriteMediaSetInput,
  { parts, standing }: RoomyPlan,
  known: ReadonlyMap<string, MediaPart>,
): Promise<MediaPart[]> {
  const totalBytes = parts.reduce((sum, part) => sum + part.sizeBytes, 0);
  const written: MediaPart[] = [];
  let doneBytes = 0;
  for (const part of parts) {
    const target = input.targets[part.stick - 1];
    if (target === undefined) throw new AppError('INTERNAL', `stick ${String(part.stick)} was planned but not given`);
    const before = doneBytes;
    written.push(
      await writePart(part, {
        input,
        target,
        known: known.get(part.name),
        isStanding: (standing[part.stick - 1]?.get(part.name) ?? 0) > 0,
        report: (bytes) => input.report?.(before + bytes, totalBytes),
      }),
    );
    doneBytes += part.sizeBytes;
  }
  return written;
}

async function writeIndexes(input: WriteMediaSetInput, set: MediaSet): Promise<void> {
  const bytes = new TextEncoder().encode(canonicalJson(set));
  const digest: Digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  const signature = await input.signIndex?.({ name: MEDIA_PATHS.index, digest });
  for (const { reader, writer } of input.targets) {
    await writer.writeFile(MEDIA_PATHS.index, bytes);
    // After the index: a signature without it would outlive an interrupted set and belong to none.
    if (signature !== undefined && (await reader.sizeOf(MEDIA_PATHS.indexSignature)) === undefined)
      await writer.writeFile(MEDIA_PATHS.indexSignature, signature);
  }
}
