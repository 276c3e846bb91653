import { MEDIA_PATHS } from '#contracts/media.ts';
import { isAppError, type Finding } from '#core/base/index.ts';
import type { Hasher } from '#core/storage/ports.ts';
import { signatureFindings, verifyIndexSignature, type IndexSignature, type IndexTrust } from './index-signature.ts';
import { MEDIA_LIMITS, parseMediaIndex } from './parse-index.ts';
import type { VolumeReader } from './ports.ts';
import { sourceOfMediaSet, storedFormOf, type SourcePart, type SourceSet } from './source-set.ts';
import { visibleText } from './visible-text.ts';

/** OCI image layout: the file that lists what a folder carries. */
export const LAYOUT_INDEX = 'index.json';

/** A medium without an index of a set has nothing that could be signed. */
const UNSIGNABLE: IndexSignature = { at: 'none' };

/** What a medium holds, as far as names and sizes tell; bytes are checked when they are read. */
export interface MediumContents {
  readonly source: SourceSet | null;
  readonly signature: IndexSignature;
  /** Names of the parts that lie here with the size that the index states. */
  readonly present: ReadonlySet<string>;
  /** Parts that lie here but cannot be used: wrong size, or a link. */
  readonly unusable: ReadonlyMap<string, Finding>;
  readonly findings: readonly Finding[];
}

/** Looks for bundles in a plain OCI layout; null when the folder is none. */
export type LayoutInspector = (
  reader: VolumeReader,
) => Promise<{ source: SourceSet | null; findings: readonly Finding[] } | null>;

/** The description of what a medium carries, before anybody looked whether its files are there. */
export interface MediumDescription {
  readonly source: SourceSet | null;
  readonly signature: IndexSignature;
  readonly findings: readonly Finding[];
}

/** Untrusted: looks at a medium. MEDIA_GONE passes through; everything else that is wrong becomes a finding. */
export async function inspectMedium(
  reader: VolumeReader,
  hasher: Hasher,
  inspectLayout: LayoutInspector,
  trust?: IndexTrust,
): Promise<MediumContents> {
  return inspectParts(reader, await describeMedium(reader, hasher, inspectLayout, trust));
}

/** Reads the index of a set or layout. Costly for a large index; it changes only when `describeStamp` or the trust does. */
export async function describeMedium(
  reader: VolumeReader,
  hasher: Hasher,
  inspectLayout: LayoutInspector,
  trust?: IndexTrust,
): Promise<MediumDescription> {
  const index = await readIndex(reader, hasher, trust);
  if (index !== 'absent') return index;
  const layout = await inspectLayout(reader);
  return { ...(layout ?? { source: null, findings: [] }), signature: UNSIGNABLE };
}

/** Changes whenever the description may have changed; cheap enough for polling. */
export async function describeStamp(reader: VolumeReader): Promise<string> {
  const stamps: string[] = [];
  for (const path of [MEDIA_PATHS.index, MEDIA_PATHS.indexSignature, LAYOUT_INDEX]) {
    try {
      stamps.push((await reader.stampOf(path)) ?? 'absent');
    } catch (error) {
      stamps.push(findingOf(error, path).code);
    }
  }
  return stamps.join(' ');
}

/** Looks which files of the description lie here, and for files that do not belong to it. */
export async function inspectParts(
  reader: VolumeReader,
  { source, signature, findings }: MediumDescription,
): Promise<MediumContents> {
  if (source === null) return { source, signature, present: new Set(), unusable: new Map(), findings };
  const parts = await lookForParts(reader, source.parts);
  const unknown = source.kind === 'media-set' ? await unknownFiles(reader, source) : [];
  return { source, signature, ...parts, findings: [...findings, ...parts.unusable.values(), ...unknown] };
}

async function readIndex(
  reader: VolumeReader,
  hasher: Hasher,
  trust: IndexTrust | undefined,
): Promise<'absent' | MediumDescription> {
  let bytes: Uint8Array;
  let signatureBytes: Uint8Array | null;
  try {
    bytes = await reader.readFile(MEDIA_PATHS.index, MEDIA_LIMITS.indexBytes);
    signatureBytes = await readSignature(reader);
  } catch (error) {
    if (isAppError(error, 'NOT_FOUND')) return 'absent';
    return { source: null, signature: UNSIGNABLE, findings: [findingOf(error, MEDIA_PATHS.index)] };
  }
  const indexDigest = hasher.sha256(bytes);
  const signature = verifyIndexSignature(indexDigest, signatureBytes, trust);
  const { set, findings } = parseMediaIndex(bytes);
  const isUsable = set !== null && signature.at !== 'invalid';
  return {
    source: isUsable ? sourceOfMediaSet(set, indexDigest) : null,
    signature,
    findings: [...findings, ...signatureFindings(signature)],
  };
}

async function readSignature(reader: VolumeReader): Promise<Uint8Array | null> {
  try {
    return await reader.readFile(MEDIA_PATHS.indexSignature, MEDIA_LIMITS.signatureBytes);
  } catch (error) {
    if (isAppError(error, 'NOT_FOUND')) return null;
    throw error;
  }
}

async function lookForParts(
  reader: VolumeReader,
  parts: readonly SourcePart[],
): Promise<Pick<MediumContents, 'present' | 'unusable'>> {
  const present = new Set<string>();
  const unusable = new Map<string, Finding>();
  for (const part of parts) {
    try {
      const size = await reader.sizeOf(part.path);
      if (size === storedFormOf(part).sizeBytes) present.add(part.name);
      else if (size !== undefined) unusable.set(part.name, wrongSize(part, size));
    } catch (error) {
      unusable.set(part.name, findingOf(error, `${part.name} (stick ${String(part.stick)})`));
    }
  }
  return { present, unusable };
}

function wrongSize(part: SourcePart, size: number): Finding {
  const { sizeBytes } = storedFormOf(part);
  const from = Math.min(size, sizeBytes);
  return {
    code: 'MEDIA_PART_DAMAGED',
    severity: 'block',
    at: `${part.name} (stick ${String(part.stick)}) from byte ${String(from)}`,
    message: `the index says ${String(sizeBytes)} bytes, the file has ${String(size)}`,
    next: 'Write the named part again, or use a copy of the stick.',
  };
}

/** Names that are no part of the set: listed for the operator, never opened. */
async function unknownFiles(reader: VolumeReader, source: SourceSet): Promise<Finding[]> {
  const known = new Set([
    ...source.parts.map((part) => part.path),
    MEDIA_PATHS.index,
    MEDIA_PATHS.indexSignature,
    MEDIA_PATHS.parts,
    MEDIA_PATHS.outbox,
    MEDIA_PATHS.trust,
  ]);
  const names: string[] = [];
  for (const folder of [MEDIA_PATHS.root, MEDIA_PATHS.parts]) {
    try {
      names.push(
        ...(await reader.list(folder, MEDIA_LIMITS.folderEntries))
          .map((name) => `${folder}/${name}`)
          .filter((path) => !known.has(path)),
      );
    } catch (error) {
      return [findingOf(error, folder)];
    }
  }
  if (names.length === 0) return [];
  const shown = names.slice(0, 20).map((name) => visibleText(name));
  const message = `${String(names.length)} unknown: ${shown.join(', ')}${names.length > shown.length ? ' …' : ''}`;
  return [
    {
      code: 'MEDIA_UNKNOWN_FILES',
      severity: 'info',
      at: MEDIA_PATHS.root,
      message,
      next: 'Look at the listed names if you did not expect them.',
    },
  ];
}

function findingOf(error: unknown, at: string): Finding {
  if (!isAppError(error) || error.code === 'MEDIA_GONE') throw error;
  return { code: error.code, severity: 'block', at, message: error.message };
}
