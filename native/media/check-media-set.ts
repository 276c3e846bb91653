import { createHash } from 'node:crypto';
import type { MediaSet } from '#contracts/media.ts';
import { isAppError, type Finding } from '#core/base/index.ts';
import { inspectMedium, type MediumContents, type SourcePart, type SourceSet } from '#core/media/index.ts';
import type { VolumeReader } from '#core/media/ports.ts';
import { nodeHasher } from '#native/hash/index.ts';

export interface MediaCheck {
  readonly set: (Pick<SourceSet, 'setId' | 'createdAt' | 'sticks'> & { bundles: MediaSet['bundles'] }) | null;
  readonly partsWhole: readonly string[];
  readonly checkedBytes: number;
  readonly findings: readonly Finding[];
}

/** Reads every part of the given sticks and names what is missing or damaged: part, stick and byte range. Writes nothing. */
export async function checkMediaSet(sticks: readonly VolumeReader[]): Promise<MediaCheck> {
  const contents: { reader: VolumeReader; medium: MediumContents }[] = [];
  for (const reader of sticks)
    contents.push({ reader, medium: await inspectMedium(reader, nodeHasher, () => Promise.resolve(null)) });
  const source = contents.find(({ medium }) => medium.source !== null)?.medium.source ?? null;
  const findings = contents.flatMap(({ medium }) =>
    medium.source === null && medium.findings.length === 0 ? [noSet()] : medium.findings,
  );
  if (source === null) return { set: null, partsWhole: [], checkedBytes: 0, findings };

  findings.push(
    ...contents.flatMap(({ medium }, index) =>
      medium.source !== null && medium.source.indexDigest !== source.indexDigest ? [stale(index)] : [],
    ),
  );
  const same = contents.filter(({ medium }) => medium.source?.indexDigest === source.indexDigest);
  const partsWhole: string[] = [];
  let checkedBytes = 0;
  for (const part of source.parts) {
    const holders = same.filter(({ medium }) => medium.present.has(part.name));
    const isReported = same.some(({ medium }) => medium.unusable.has(part.name));
    if (holders.length === 0 && !isReported) findings.push(missing(part));
    for (const { reader } of holders) {
      const damage = await checkPart(reader, part);
      checkedBytes += part.sizeBytes;
      findings.push(...damage);
      if (damage.length === 0) partsWhole.push(part.name);
    }
  }
  return {
    set: { setId: source.setId, createdAt: source.createdAt, sticks: source.sticks, bundles: [...source.bundles] },
    partsWhole,
    checkedBytes,
    findings,
  };
}

async function checkPart(reader: VolumeReader, part: SourcePart): Promise<Finding[]> {
  const whole = createHash('sha256');
  const findings: Finding[] = [];
  for (const [index, want] of (part.chunks ?? []).entries()) {
    const start = index * part.chunkBytes;
    const end = Math.min(start + part.chunkBytes, part.sizeBytes);
    const chunk = createHash('sha256');
    try {
      for await (const block of reader.stream(part.path, { start, end })) {
        chunk.update(block);
        whole.update(block);
      }
    } catch (error) {
      if (!isAppError(error) || error.code === 'MEDIA_GONE') throw error;
      return [...findings, damaged(part, start, end, error.message)];
    }
    if (chunk.digest('hex') !== want)
      findings.push(damaged(part, start, end, 'the bytes do not have the digest of the index'));
  }
  const digest = `sha256:${whole.digest('hex')}`;
  if (findings.length === 0 && digest !== part.digest)
    findings.push(damaged(part, 0, part.sizeBytes, `the index says ${part.digest}, the part has ${digest}`));
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

function stale(index: number): Finding {
  const message = 'this index differs from the first one: the stick belongs to another set';
  return {
    code: 'MEDIA_INDEX_INVALID',
    severity: 'block',
    at: `stick ${String(index + 1)} of the command`,
    message,
    next: 'Take out the stick that does not belong here.',
  };
}

function noSet(): Finding {
  return {
    code: 'MEDIA_NO_SET',
    severity: 'block',
    at: 'gantry/media-set.json',
    message: 'there is no media set index',
    next: 'Give the folder of a stick.',
  };
}
