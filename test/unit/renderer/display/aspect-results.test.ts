import { describe, expect, it } from 'vitest';
import type { Fact } from '#contracts/verdict.ts';
import { aspectResult, factResult, provenanceResult } from '#renderer/display/aspect-results.ts';

function aFact(change: Partial<Fact>): Fact {
  return {
    code: 'SIGNATURE_HOLDS',
    aspect: 'identity',
    established: true,
    demanded: true,
    subject: '',
    detail: '',
    ageSeconds: null,
    ...change,
  };
}

describe('the result of an aspect', () => {
  it('is not spoilt by what nobody asks for', () => {
    const logged = aFact({ code: 'SIGNATURE_LOGGED', established: false, demanded: false });

    expect(aspectResult([aFact({}), logged], 'identity')).toBe('established');
    expect(factResult(logged)).toBe('not-demanded');
  });

  it('falls with one demanded statement', () => {
    expect(aspectResult([aFact({}), aFact({ established: false })], 'identity')).toBe('not-established');
  });

  it('is unknown, never good, when nothing is demanded', () => {
    expect(aspectResult([aFact({ demanded: false })], 'identity')).toBe('unknown');
    expect(aspectResult([], 'permission')).toBe('unknown');
  });
});

describe('the result of the provenance', () => {
  it('does not borrow from the signature', () => {
    const builder = aFact({ code: 'BUILDER_KNOWN', established: false, demanded: false });

    expect(provenanceResult([aFact({}), builder])).toBe('unknown');
    expect(provenanceResult([aFact({}), { ...builder, demanded: true }])).toBe('not-established');
  });
});
