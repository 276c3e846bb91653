import type { ChannelPolicy } from '#contracts/verdict.ts';
import { invariant } from '#core/base/index.ts';

/** What a person may change of a channel, as it stands in the form. Text that was typed and not yet taken is part of it. */
export interface PolicyDraft {
  readonly material: ChannelPolicy['material'];
  readonly logThreshold: number;
  readonly timestampThreshold: number;
  readonly requireProvenance: boolean;
  readonly builders: readonly string[];
  readonly newBuilders: string;
  readonly sources: readonly string[];
  readonly newSources: string;
  readonly minimumSlsaLevel: ChannelPolicy['minimumSlsaLevel'];
  /** Of the builders that have one; the others have level 1. */
  readonly builderLevels: ChannelPolicy['builderLevels'];
  readonly devices: ChannelPolicy['devices'];
  readonly requireSbom: boolean;
  /** Days as typed; empty means no limit. */
  readonly maxAge: string;
  readonly runtimes: readonly string[];
}

/** Why a line cannot be an entry of a list. */
export type EntryProblem = 'space' | 'hidden' | 'long';

export interface ParsedEntries {
  readonly entries: readonly string[];
  readonly problems: readonly { readonly line: number; readonly problem: EntryProblem }[];
}

/** What keeps a draft from being shown as a change. */
export type DraftProblem = 'pending-builder' | 'pending-source' | 'age' | 'unchanged';

/** Builder and source are URIs; this leaves room for any that is meant to be compared by eye. */
export const ENTRY_LENGTH_LIMIT = 1024;
/** The same bounds as the command line has. */
const AGE_DAYS = { least: 0.01, most: 36_500 };

/**
 * One entry a line, compared letter by letter later: so nothing is repaired but the blanks around it. A character that
 * nobody can see would make two equal-looking entries differ; such a line is refused.
 */
export function parseEntries(text: string): ParsedEntries {
  const entries = new Set<string>();
  const problems: { line: number; problem: EntryProblem }[] = [];
  for (const [index, raw] of text.split(/\r\n|\r|\n/).entries()) {
    const entry = raw.trim();
    if (entry === '') continue;
    const problem = problemOf(entry);
    if (problem === null) entries.add(entry);
    else problems.push({ line: index + 1, problem });
  }
  return { entries: [...entries], problems };
}

function problemOf(entry: string): EntryProblem | null {
  if (/\p{C}/u.test(entry)) return 'hidden';
  if (/[\p{Z}\s]/u.test(entry)) return 'space';
  return entry.length > ENTRY_LENGTH_LIMIT ? 'long' : null;
}

/** Days as typed: null is no limit, undefined is no number that a limit can be. */
export function parseMaxAge(text: string): number | null | undefined {
  const typed = text.trim();
  if (typed === '') return null;
  if (!/^\d{1,5}([.,]\d{1,2})?$/.test(typed)) return undefined;
  const days = Number(typed.replace(',', '.'));
  return days >= AGE_DAYS.least && days <= AGE_DAYS.most ? days : undefined;
}

/** The form of a channel before anything was touched. */
export function draftOf(policy: ChannelPolicy): PolicyDraft {
  const { requireProvenance, builders, sources, requireSbom, maxAgeDays, runtimes } = policy;
  const { minimumSlsaLevel, builderLevels, devices, material, logThreshold, timestampThreshold } = policy;
  return {
    material,
    logThreshold,
    timestampThreshold,
    requireProvenance,
    builders,
    newBuilders: '',
    sources,
    newSources: '',
    minimumSlsaLevel,
    builderLevels,
    devices,
    requireSbom,
    maxAge: maxAgeDays === null ? '' : String(maxAgeDays),
    runtimes,
  };
}

/** The policy that a draft means; what the form does not offer stays as it was. Precondition: its age can be read. */
export function policyOf(draft: PolicyDraft, before: ChannelPolicy): ChannelPolicy {
  const maxAgeDays = parseMaxAge(draft.maxAge);
  invariant(maxAgeDays !== undefined, 'the age of a draft is checked before its policy is made');
  return {
    ...before,
    material: draft.material,
    logThreshold: draft.logThreshold,
    timestampThreshold: draft.timestampThreshold,
    requireProvenance: draft.requireProvenance,
    builders: [...draft.builders],
    sources: [...draft.sources],
    minimumSlsaLevel: draft.minimumSlsaLevel,
    // A builder that is not accepted any more has no level either.
    builderLevels: Object.fromEntries(
      Object.entries(draft.builderLevels).filter(([builder]) => draft.builders.includes(builder)),
    ),
    devices: draft.devices,
    requireSbom: draft.requireSbom,
    maxAgeDays,
    runtimes: [...draft.runtimes],
  };
}

/** Adds what is not in the list yet, at its end. */
export function withEntries(list: readonly string[], more: readonly string[]): readonly string[] {
  return [...new Set([...list, ...more])];
}
