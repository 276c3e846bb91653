import { MediaSet } from '#contracts/media.ts';
import { isBlocking, MIB, type Digest, type Finding } from '#core/base/index.ts';
import type { ByteRange } from './ranges.ts';

/** Every untrusted read of a medium has its limit here. */
export const MEDIA_LIMITS = {
  /** 10,000 full parts of 4 MiB blocks would be larger; a set that large is split by its writer. */
  indexBytes: 64 * MIB,
  signatureBytes: 1 * MIB,
  /** Names listed in one folder. */
  folderEntries: 20_000,
  layoutIndexBytes: 4 * MIB,
  manifestBytes: 4 * MIB,
} as const;

/** Untrusted: the index of a medium. Either a set whose ranges fit together, or findings that say why not. */
export function parseMediaIndex(bytes: Uint8Array): { set: MediaSet | null; findings: Finding[] } {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    // Which byte broke the parser says nothing to an operator; the whole index is unusable.
    return { set: null, findings: [invalid('', 'the index is not UTF-8 JSON')] };
  }
  const parsed = MediaSet.safeParse(json);
  if (!parsed.success) {
    return {
      set: null,
      findings: parsed.error.issues.slice(0, 20).map((issue) => invalid(issue.path.join('.'), issue.message)),
    };
  }
  const findings = checkMediaIndex(parsed.data);
  return { set: isBlocking(findings) ? null : parsed.data, findings };
}

/** Ranges must tile every part, cover every blob exactly once, and stay inside both. */
export function checkMediaIndex(set: MediaSet): Finding[] {
  const sizes = new Map<Digest, number>();
  const findings: Finding[] = [];
  for (const blob of set.bundles.flatMap((bundle) => bundle.blobs)) {
    const known = sizes.get(blob.digest);
    if (known !== undefined && known !== blob.sizeBytes)
      findings.push(invalid(blob.digest, 'one digest is listed with two sizes'));
    sizes.set(blob.digest, blob.sizeBytes);
  }
  for (const bundle of set.bundles) {
    for (const digest of [bundle.digest, ...bundle.referrers]) {
      if (!bundle.blobs.some((blob) => blob.digest === digest))
        findings.push(invalid(digest, 'the closure lacks a blob that the index names'));
    }
  }
  const delta = checkDelta(set, sizes);
  return [...findings, ...delta.findings, ...checkParts(set), ...checkCoverage(set, delta.carried)];
}

/** What is left out must belong to a bundle; what is on the sticks is the rest, and the patches. */
function checkDelta(
  { delta }: MediaSet,
  sizes: ReadonlyMap<Digest, number>,
): { findings: Finding[]; carried: ReadonlyMap<Digest, number> } {
  if (delta === undefined) return { findings: [], carried: sizes };
  const findings: Finding[] = [];
  const carried = new Map(sizes);
  for (const digest of [...delta.omitted.map((blob) => blob.digest), ...delta.patches.map(({ target }) => target)]) {
    if (!carried.delete(digest)) findings.push(invalid(digest, 'what is left out twice or belongs to no bundle'));
  }
  for (const { patch, patchBytes } of delta.patches) {
    if (sizes.has(patch)) findings.push(invalid(patch, 'a patch is a blob of a bundle'));
    carried.set(patch, patchBytes);
  }
  return { findings, carried };
}

function checkParts(set: MediaSet): Finding[] {
  const findings: Finding[] = [];
  const names = new Set<string>();
  for (const part of set.parts) {
    if (names.has(part.name)) findings.push(invalid(part.name, 'two parts have this name'));
    names.add(part.name);
    if (part.stick > set.sticks)
      findings.push(invalid(part.name, `stick ${String(part.stick)} of ${String(set.sticks)}`));
    if (part.chunks.length !== Math.ceil(part.sizeBytes / part.chunkBytes))
      findings.push(invalid(part.name, 'the block digests do not match the size'));
    if ((part.sealed === undefined) !== (set.encryption === undefined))
      findings.push(invalid(part.name, 'some parts are encrypted and some are not'));
    if (part.sealed !== undefined && part.sealed.chunks.length !== Math.ceil(part.sealed.sizeBytes / part.chunkBytes))
      findings.push(invalid(part.name, 'the block digests do not match the encrypted size'));
    let at = 0;
    for (const range of part.ranges) {
      if (range.partOffset !== at || range.length === 0)
        findings.push(invalid(part.name, `ranges leave a gap or overlap at byte ${String(at)}`));
      at = range.partOffset + range.length;
    }
    if (at !== part.sizeBytes)
      findings.push(invalid(part.name, `ranges end at byte ${String(at)} of ${String(part.sizeBytes)}`));
  }
  return findings;
}

function checkCoverage(set: MediaSet, sizes: ReadonlyMap<Digest, number>): Finding[] {
  const findings: Finding[] = [];
  const carried = new Map<Digest, ByteRange[]>();
  for (const range of set.parts.flatMap((part) => part.ranges)) {
    const list = carried.get(range.digest) ?? [];
    list.push({ start: range.blobOffset, end: range.blobOffset + range.length });
    carried.set(range.digest, list);
  }
  for (const digest of carried.keys()) {
    if (!sizes.has(digest)) findings.push(invalid(digest, 'a part carries a blob that no bundle needs'));
  }
  for (const [digest, sizeBytes] of sizes) {
    const seam = firstSeam(carried.get(digest) ?? []);
    if (seam !== sizeBytes)
      findings.push(
        invalid(digest, `the parts do not carry this blob exactly once (byte ${String(seam)} of ${String(sizeBytes)})`),
      );
  }
  return findings;
}

/** Where the ranges stop being one line from 0: their end when they are whole, else the first gap or overlap. */
function firstSeam(ranges: readonly ByteRange[]): number {
  let at = 0;
  for (const range of [...ranges].sort((a, b) => a.start - b.start)) {
    if (range.start !== at) return Math.min(at, range.start);
    at = range.end;
  }
  return at;
}

function invalid(at: string, message: string): Finding {
  return {
    code: 'MEDIA_INDEX_INVALID',
    severity: 'block',
    at,
    message,
    next: 'Use another stick of the set, or write the set again.',
  };
}
