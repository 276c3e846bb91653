import { MEDIA_PATHS, type MediaSet } from '#contracts/media.ts';
import { isAppError, type Finding } from '#core/base/index.ts';
import type { ContentHasher } from '#core/storage/ports.ts';
import type { IndexSignature, IndexTrust } from './index-signature.ts';
import { inspectMedium, type MediumContents } from './inspect-medium.ts';
import { MEDIA_LIMITS } from './parse-index.ts';
import { disagreements, leadingSource } from './same-set.ts';
import { visibleText } from './visible-text.ts';
import type { VolumeReader } from './ports.ts';
import { storedFormOf, type SourcePart, type SourceSet } from './source-set.ts';

/** Bad places that are named of one part; after so many it has to be written again anyway. */
const MAX_PLACES = 100;

/** A stick to check, by the name under which the person knows it. */
export interface NamedStick {
  readonly name: string;
  readonly reader: VolumeReader;
}

export interface MediaCheckOptions {
  readonly hasher: ContentHasher;
  /** Whose signature on the index counts; without it the signature is not judged. */
  readonly trust?: IndexTrust;
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
  readonly signal?: AbortSignal;
}

export interface MediaCheck {
  readonly set: (Pick<SourceSet, 'setId' | 'createdAt' | 'sticks'> & { bundles: MediaSet['bundles'] }) | null;
  readonly signature: IndexSignature;
  readonly partsWhole: readonly string[];
  readonly checkedBytes: number;
  readonly findings: readonly Finding[];
}

interface Inspected {
  readonly stick: NamedStick;
  readonly medium: MediumContents;
}

/** Reads every part of the given sticks and names what is missing or damaged: part, stick and byte range. Writes nothing. */
export async function checkMediaSet(sticks: readonly NamedStick[], options: MediaCheckOptions): Promise<MediaCheck> {
  const inspected: Inspected[] = [];
  for (const stick of sticks)
    inspected.push({
      stick,
      medium: await inspectMedium(stick.reader, options.hasher, () => Promise.resolve(null), options.trust),
    });
  const findings: Finding[] = [];
  for (const { stick, medium } of inspected) {
    if (medium.source === null && medium.findings.length === 0) findings.push(await noSet(stick));
    else findings.push(...medium.findings.map((finding) => (sticks.length === 1 ? finding : onStick(stick, finding))));
  }
  const lead = leadingSource(inspected.map(({ medium }) => medium));
  if (lead === null) return { set: null, signature: { at: 'none' }, partsWhole: [], checkedBytes: 0, findings };
  const { source, signature } = lead;
  findings.push(...disagreements(inspected.map(({ stick, medium }) => ({ name: stick.name, medium }))));
  const same = inspected.filter(({ medium }) => medium.source?.indexDigest === source.indexDigest);
  const read = await readParts(source, same, options);
  return {
    set: { setId: source.setId, createdAt: source.createdAt, sticks: source.sticks, bundles: [...source.bundles] },
    signature,
    partsWhole: read.partsWhole,
    checkedBytes: read.checkedBytes,
    findings: [...findings, ...read.findings],
  };
}

async function readParts(
  source: SourceSet,
  same: readonly Inspected[],
  options: MediaCheckOptions,
): Promise<Pick<MediaCheck, 'partsWhole' | 'checkedBytes'> & { findings: Finding[] }> {
  const findings: Finding[] = [];
  const partsWhole: string[] = [];
  const holdersOf = (part: SourcePart): Inspected[] => same.filter(({ medium }) => medium.present.has(part.name));
  const totalBytes = source.parts.reduce((sum, part) => sum + storedFormOf(part).sizeBytes * holdersOf(part).length, 0);
  let checkedBytes = 0;
  for (const part of source.parts) {
    const holders = holdersOf(part);
    const isReported = same.some(({ medium }) => medium.unusable.has(part.name));
    if (holders.length === 0 && !isReported) findings.push(missing(part));
    if (holders.length > 1) findings.push(twice(part, holders));
    for (const { stick } of holders) {
      const before = checkedBytes;
      const damage = await checkPart(stick.reader, part, options, (bytes) =>
        options.onProgress?.(before + bytes, totalBytes),
      );
      checkedBytes += storedFormOf(part).sizeBytes;
      findings.push(...damage);
      if (damage.length === 0) partsWhole.push(part.name);
    }
  }
  return { partsWhole, checkedBytes, findings };
}

async function checkPart(
  reader: VolumeReader,
  part: SourcePart,
  { hasher, signal }: MediaCheckOptions,
  report: (bytes: number) => void,
): Promise<Finding[]> {
  const whole = hasher.begin();
  const findings: Finding[] = [];
  const stored = storedFormOf(part);
  for (const [index, want] of (stored.chunks ?? []).entries()) {
    if (findings.length >= MAX_PLACES) return findings;
    const start = index * part.chunkBytes;
    const end = Math.min(start + part.chunkBytes, stored.sizeBytes);
    const chunk = hasher.begin();
    try {
      for await (const block of reader.stream(part.path, { start, end }, signal)) {
        chunk.update(block);
        whole.update(block);
      }
    } catch (error) {
      if (!isAppError(error) || error.code === 'MEDIA_GONE') throw error;
      // What cannot be read may be followed by what can: every bad place is named in one pass.
      findings.push(damaged(part, start, end, error.message));
      continue;
    }
    if (chunk.digest() !== `sha256:${want}`)
      findings.push(damaged(part, start, end, 'the bytes do not have the digest of the index'));
    report(end);
  }
  const digest = whole.digest();
  if (findings.length === 0 && digest !== stored.digest)
    findings.push(damaged(part, 0, stored.sizeBytes, `the index says ${stored.digest}, the part has ${digest}`));
  return findings;
}

function damaged(part: SourcePart, start: number, end: number, message: string): Finding {
  const at = `${part.name} (stick ${String(part.stick)}) bytes ${String(start)} to ${String(end - 1)}`;
  return {
    code: 'MEDIA_PART_DAMAGED',
    severity: 'block',
    at,
    message,
    next: 'Write the named part again, or use a copy of the stick.',
  };
}

function missing(part: SourcePart): Finding {
  const at = `${part.name} (stick ${String(part.stick)})`;
  return {
    code: 'MEDIA_PART_MISSING',
    severity: 'block',
    at,
    message: 'no given stick holds this part',
    next: `Give stick ${String(part.stick)} as well, or write it again.`,
  };
}

function twice(part: SourcePart, holders: readonly Inspected[]): Finding {
  const names = holders.map(({ stick }) => visibleText(stick.name)).join(', ');
  return {
    code: 'MEDIA_PART_TWICE',
    severity: 'info',
    at: `${part.name} (stick ${String(part.stick)})`,
    message: `it lies on ${String(holders.length)} sticks, each copy was checked: ${names}`,
    next: 'Nothing needs to be done when a stick was copied on purpose.',
  };
}

/** With several sticks, a finding about an index or folder has to say on which. */
function onStick({ name }: NamedStick, finding: Finding): Finding {
  return { ...finding, at: `${visibleText(name)}: ${finding.at}` };
}

/** The index is written last: parts without one are a write that did not finish. */
async function noSet({ name, reader }: NamedStick): Promise<Finding> {
  const names = await reader.list(MEDIA_PATHS.parts, MEDIA_LIMITS.folderEntries);
  const parts = names.filter((part) => part.endsWith('.bin')).length;
  const isUnfinished = parts > 0;
  return {
    code: 'MEDIA_NO_SET',
    severity: 'block',
    at: `${visibleText(name)}: ${MEDIA_PATHS.index}`,
    message: isUnfinished
      ? `parts lie here without an index: the write did not finish (parts: ${String(parts)})`
      : 'there is no media set index',
    next: isUnfinished ? 'Repeat the command that wrote it; what is there is kept.' : 'Give the folder of a stick.',
  };
}
