import type { ChannelPolicy } from '#contracts/verdict.ts';
import { diffPolicy } from './policy-diff.ts';
import { parseMaxAge, policyOf, type DraftProblem, type PolicyDraft } from './policy-draft.ts';

/** The first thing that keeps a draft from being shown as a change; null when nothing does. */
export function problemOfDraft(draft: PolicyDraft, before: ChannelPolicy): DraftProblem | null {
  if (draft.newBuilders.trim() !== '') return 'pending-builder';
  if (draft.newSources.trim() !== '') return 'pending-source';
  if (parseMaxAge(draft.maxAge) === undefined) return 'age';
  return diffPolicy(before, policyOf(draft, before)).length === 0 ? 'unchanged' : null;
}
