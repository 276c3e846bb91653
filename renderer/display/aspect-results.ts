import type { Fact, FactAspect, Verdict } from '#contracts/verdict.ts';
import type { AspectResult } from './status-marks.ts';

/** The three questions of a verdict, in the order in which they are asked. */
export const ASPECTS: readonly FactAspect[] = ['integrity', 'identity', 'permission'];

/** An aspect holds only if something is demanded of it and all of that holds; nothing at all is unknown, never good (U6). */
export function aspectResult(facts: readonly Fact[], aspect: FactAspect): AspectResult {
  const own = facts.filter((fact) => fact.aspect === aspect && fact.demanded);
  if (own.length === 0) return 'unknown';
  return own.every((fact) => fact.established) ? 'established' : 'not-established';
}

/** Who built it and from where: its own two statements, since a signature says nothing about them. */
export function provenanceResult(facts: readonly Fact[]): AspectResult {
  const own = facts.filter((fact) => fact.code === 'BUILDER_KNOWN' || fact.code === 'SOURCE_KNOWN');
  if (own.length > 0 && own.every((fact) => fact.established)) return 'established';
  return own.some((fact) => fact.demanded) ? 'not-established' : 'unknown';
}

/** One statement: what nobody asks for is neither good nor bad when it does not hold. */
export function factResult(fact: Fact): AspectResult | 'not-demanded' {
  if (fact.established) return 'established';
  return fact.demanded ? 'not-established' : 'not-demanded';
}

/** Accept may be offered only for an accepted verdict that names its signer. */
export function isAcceptable(verdict: Verdict | null): boolean {
  return verdict !== null && verdict.verdict === 'accepted' && verdict.signer !== null;
}
