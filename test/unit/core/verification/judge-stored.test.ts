import { describe, expect, it } from 'vitest';
import type { KnownBadList } from '#contracts/known-bad.ts';
import { findingOf } from '#core/bundle/index.ts';
import { judgeStored } from '#core/verification/index.ts';
import { aBundleSpec } from '#test/support/bundles.ts';

const spec = aBundleSpec();
const contract = { v: 1 as const, model: spec.model, ...spec.contract };
const LAYER = 'ab'.repeat(32);
const list = (severity: 'refuse' | 'warn'): KnownBadList => ({
  v: 1,
  version: 2,
  issuedAt: 0,
  entries: [{ id: 'CVE-1', sha256: LAYER, reason: 'it leaks', severity }],
});
type Question = Parameters<typeof judgeStored>[0];
const judge = (change: Partial<Question> = {}) =>
  judgeStored({
    digest: `sha256:${'1'.repeat(64)}`,
    contract,
    parts: [],
    layers: [LAYER],
    lineContract: null,
    knownBad: null,
    devices: 'bundle',
    isSummarised: true,
    reverified: null,
    ...change,
  });
const told = (change: Partial<Question>): string[] =>
  judge(change).findings.map(({ code, severity }) => `${code} ${severity}`);

describe('judgeStored', () => {
  it('has nothing against a bundle to which nothing happened', () => {
    expect(judge()).toEqual({ findings: [], contract: null });
  });

  it.each<[string, Partial<Question>, string[]]>([
    ['a list that came later refuses it', { knownBad: list('refuse') }, ['PART_KNOWN_BAD block']],
    ['a list that came later warns of it', { knownBad: list('warn') }, ['PART_KNOWN_BAD warn']],
    ['no summary stands for it', { devices: 'vsa', isSummarised: false }, ['VSA_NOT_CURRENT block']],
    [
      'no summary, and gateways may rely on the bundle',
      { devices: 'either', isSummarised: false },
      ['VSA_NOT_CURRENT warn'],
    ],
    ['no summary, and nobody asks for one', { isSummarised: false }, []],
    [
      'the station refused it under new rules',
      { devices: 'vsa', isSummarised: false, reverified: [findingOf('BUNDLE_TOO_OLD', 'age')] },
      ['BUNDLE_TOO_OLD block'],
    ],
  ])('when %s', (_when, change, expected) => {
    expect(told(change)).toEqual(expected);
  });

  it('shows the line beside the bundle, and refuses what does not fit', () => {
    const fits = judge({ lineContract: { inputs: contract.inputs } });
    const [input] = contract.inputs;
    if (input === undefined) throw new Error('the contract has no input');
    const other = judge({ lineContract: { inputs: [{ ...input, unit: 'inch' }] } });

    expect([fits.findings, fits.contract?.every((row) => row.fits)]).toEqual([[], true]);
    expect(other.findings.map(({ code, severity }) => [code, severity])).toEqual([['CONTRACT_MISMATCH', 'block']]);
    expect(other.contract).toContainEqual({ field: 'x: unit', line: 'inch', bundle: 'mm', fits: false });
  });
});
