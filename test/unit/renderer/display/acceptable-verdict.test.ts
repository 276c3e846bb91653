import { describe, expect, it } from 'vitest';
import type { Verdict } from '#contracts/verdict.ts';
import { isAcceptable } from '#renderer/display/aspect-results.ts';

const aVerdict = (change: Partial<Verdict>): Verdict => ({
  verdict: 'accepted',
  digest: `sha256:${'0'.repeat(64)}`,
  model: 'm',
  version: '1',
  channel: 'production',
  signer: { kind: 'key', id: 'ab', name: 'Publisher' },
  facts: [],
  findings: [],
  policyVersion: 1,
  checkedAt: 0,
  ...change,
});

describe('isAcceptable', () => {
  it('needs a positive verdict and a named signer', () => {
    expect(isAcceptable(aVerdict({}))).toBe(true);
    expect(isAcceptable(aVerdict({ signer: null }))).toBe(false);
    expect(isAcceptable(aVerdict({ verdict: 'refused' }))).toBe(false);
    expect(isAcceptable(null)).toBe(false);
  });
});
