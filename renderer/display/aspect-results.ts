import type { Fact, FactAspect, Verdict } from '#contracts/verdict.ts';
import type { AspectResult } from './status-marks.ts';

/** The three questions of a verdict, in the order in which they are asked. */
export const ASPECTS: readonly FactAspect[] = ['integrity', 'identity', 'permission'];

/** An aspect holds only if facts about it exist and all of them hold; no fact at all is unknown, never good (U6). */
export function aspectResult(facts: readonly Fact[], aspect: FactAspect): AspectResult {
  const own = facts.filter((fact) => fact.aspect === aspect);
  if (own.length === 0) return 'unknown';
  return own.every((fact) => fact.established) ? 'established' : 'not-established';
}

/** Accept may be offered only for an accepted verdict that names its signer. */
export function isAcceptable(verdict: Verdict | null): boolean {
  return verdict !== null && verdict.verdict === 'accepted' && verdict.signer !== null;
}
