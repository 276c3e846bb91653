import { ANNOTATIONS, MEDIA_TYPES, type Descriptor } from '#contracts/bundle.ts';
import type { KnownBadList } from '#contracts/known-bad.ts';
import type { ChannelPolicy, Fact } from '#contracts/verdict.ts';
import { digestHex, shortDigest, type Digest, type Finding, type Instant } from '#core/base/index.ts';
import { findingOf, type LoadedBundle } from '#core/bundle/index.ts';
import {
  isPartsPredicate,
  matchKnownBad,
  readPartsList,
  type KnownBadMatch,
  type Part,
  type PartsList,
  type PartsSchema,
} from '#core/provenance/index.ts';
import type { AttestationsRead } from './attestations.ts';
import { fact } from './facts.ts';

export interface PartsQuestion {
  readonly digest: Digest;
  readonly bundle: LoadedBundle | null;
  readonly read: AttestationsRead;
  readonly policy: ChannelPolicy;
  /** Where schemas are at hand: the station and the command line. */
  readonly schema?: PartsSchema | undefined;
  /** Where a list of known-bad parts is in force. */
  readonly knownBad?: KnownBadList | null | undefined;
  readonly now: Instant;
}

export interface PartsJudgement {
  readonly components: PartsList['components'];
  readonly facts: readonly Fact[];
  readonly findings: readonly Finding[];
}

/** The parts list must name the weights of every variant by digest: a list of other files is a list of another model. */
export function judgeParts(question: PartsQuestion): PartsJudgement {
  const { bundle, policy } = question;
  const at = shortDigest(question.digest);
  const severity = policy.requireSbom ? 'block' : 'warn';
  const statements = question.read.statements.filter(({ predicateType }) => isPartsPredicate(predicateType));
  const reads = statements.map(({ predicate }) => readPartsList(predicate, question.schema));
  const problems = reads.flatMap((read) => (read.ok ? [] : [read.problem]));
  const weights = bundle?.closure.filter((blob) => blob.mediaType === MEDIA_TYPES.modelWeights) ?? [];
  const unmatched = (list: PartsList): string[] => {
    const listed = new Set(list.components.map((component) => component.sha256));
    return weights.filter((blob) => !listed.has(digestHex(blob.digest))).map((blob) => shortDigest(blob.digest));
  };
  const lists = reads
    .flatMap((read) => (read.ok ? [read.list] : []))
    .toSorted((one, other) => unmatched(one).length - unmatched(other).length);
  const list = lists[0] ?? null;
  const missing = list === null ? [] : unmatched(list);
  const findings: Finding[] = problems.map((problem) =>
    findingOf('SBOM_INVALID', at, problem, list === null ? severity : 'warn'),
  );
  if (statements.length === 0) findings.push(findingOf('SBOM_MISSING', at, '', severity));
  // Not weights, and yet of the bundle: nobody has to list them, and whoever looks after parts wants to know.
  for (const blob of list === null ? [] : unlistedLayers(bundle, list).slice(0, MOST_MATCHES))
    findings.push(findingOf('SBOM_LAYER_UNLISTED', layerName(blob), `${blob.mediaType}, ${blob.digest}.`, 'info'));
  // A wrong list is worse than none, and no policy tolerates it.
  if (missing.length > 0) findings.push(findingOf('SBOM_MISMATCH', at, `Not listed: ${missing.join(', ')}.`));
  const established = list !== null && bundle !== null && missing.length === 0;
  const bad = judgeKnownBad(question, lists);
  return {
    components: list?.components ?? [],
    findings: [...findings, ...bad.findings],
    facts: [
      fact('PARTS_LISTED', {
        established,
        demanded: policy.requireSbom || missing.length > 0,
        subject: at,
        detail:
          list === null
            ? 'No signed parts list.'
            : `${partsDetail(list, weights.length, missing.length)} ${layersDetail(bundle, list)}`,
      }),
      ...bad.facts,
    ],
  };
}

function partsDetail({ format, components }: PartsList, weights: number, missing: number): string {
  return `${format}, ${String(components.length)} parts; ${String(weights - missing)} of ${String(weights)} weight files are named by digest.`;
}

/** Layers with content: what manifests, configurations and attached documents say is not a part of the model. */
const CONTENT_TYPES: ReadonlySet<string> = new Set([
  MEDIA_TYPES.modelWeights,
  MEDIA_TYPES.modelDoc,
  MEDIA_TYPES.contract,
  MEDIA_TYPES.goldenInput,
  MEDIA_TYPES.goldenOutput,
  MEDIA_TYPES.evaluation,
  MEDIA_TYPES.adoptedFile,
]);

function contentLayers(bundle: LoadedBundle | null): Descriptor[] {
  return bundle?.closure.filter((blob) => CONTENT_TYPES.has(blob.mediaType)) ?? [];
}

/** Every layer that the list does not name by digest, weights left out: those are a fault of their own. */
function unlistedLayers(bundle: LoadedBundle | null, { components }: PartsList): Descriptor[] {
  const listed = new Set(components.map((component) => component.sha256));
  return contentLayers(bundle).filter(
    (blob) => blob.mediaType !== MEDIA_TYPES.modelWeights && !listed.has(digestHex(blob.digest)),
  );
}

function layersDetail(bundle: LoadedBundle | null, list: PartsList): string {
  const unlisted = unlistedLayers(bundle, list).length;
  return unlisted === 0 ? 'Every other layer is named too.' : `${String(unlisted)} other layers are not named.`;
}

function layerName({ annotations, digest }: Descriptor): string {
  return annotations?.[ANNOTATIONS.filepath] ?? shortDigest(digest);
}

/** Parts of every list count, and every layer: a second list cannot hide what the first one names. */
function judgeKnownBad(
  { knownBad, digest, bundle, now }: PartsQuestion,
  lists: readonly PartsList[],
): { facts: Fact[]; findings: Finding[] } {
  const subject = shortDigest(digest);
  if (knownBad == null) return { facts: [], findings: [] };
  const matches = matchKnownBad(knownBad.entries, {
    parts: lists.flatMap((list) => list.components),
    layers: bundle?.closure.map((blob) => digestHex(blob.digest)) ?? [],
  });
  const ageSeconds = Math.max(0, Math.round((now - knownBad.issuedAt) / 1000));
  return {
    facts: [
      fact('NO_KNOWN_BAD_PARTS', {
        established: matches.every(({ entry }) => entry.severity === 'warn'),
        subject,
        detail: `List version ${String(knownBad.version)} with ${String(knownBad.entries.length)} entries; ${String(matches.length)} match.`,
        ageSeconds,
      }),
    ],
    findings: findingsOf(matches),
  };
}

/** What a list says about the parts and layers of a bundle. */
export function knownBadFindings(
  list: KnownBadList,
  content: { readonly parts: readonly Part[]; readonly layers: readonly string[] },
): Finding[] {
  return findingsOf(matchKnownBad(list.entries, content));
}

function findingsOf(matches: readonly KnownBadMatch[]): Finding[] {
  return matches
    .toSorted((one, other) => one.entry.severity.localeCompare(other.entry.severity))
    .slice(0, MOST_MATCHES)
    .map(({ entry, what }) =>
      findingOf('PART_KNOWN_BAD', `${entry.id} ${what}`, entry.reason, entry.severity === 'warn' ? 'warn' : 'block'),
    );
}

/** Enough for a person; a refusal that comes later than this many warnings must not be lost, so refusals go first. */
const MOST_MATCHES = 200;
