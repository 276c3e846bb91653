import { describe, expect, it } from 'vitest';
import { createSampleCap, judgeDoubt } from '#core/doubt/index.ts';
import type { DoubtRule } from '#contracts/bundle.ts';

const RULE: DoubtRule = { output: 'heatmap', reduce: 'max', threshold: 0.35, band: 0.1 };

describe('judgeDoubt', () => {
  it.each([
    ['max', [0.1, 0.3], 0.3, true],
    ['max', [0.1, 0.9], 0.9, false],
    ['mean', [0.2, 0.6], 0.4, true],
    ['first', [0.05, 0.4], 0.05, false],
  ] as const)('reduces by %s: %j scores %d', (reduce, values, score, doubtful) => {
    const [doubt] = judgeDoubt({ ...RULE, reduce }, [{ name: 'heatmap', shape: [1, 2], values }]);

    expect(doubt?.score).toBeCloseTo(score);
    expect(doubt?.doubtful).toBe(doubtful);
  });

  it('judges each sample of a batch by itself', () => {
    const doubts = judgeDoubt(RULE, [{ name: 'heatmap', shape: [2, 2], values: [0.9, 0.1, 0.3, 0.2] }]);

    expect(doubts.map((doubt) => doubt.doubtful)).toEqual([false, true]);
  });

  it('counts ambiguous cells of a heat map against the limit', () => {
    const values = [0.3, 0.4, 0.9, 0.05];
    const count = (limit: number) =>
      judgeDoubt({ ...RULE, reduce: 'ambiguous-count', limit }, [{ name: 'heatmap', shape: [1, 4], values }]);

    expect(count(1)).toEqual([{ score: 2, doubtful: true }]);
    expect(count(2)).toEqual([{ score: 2, doubtful: false }]);
  });

  it('doubts an answer that is not a number', () => {
    expect(judgeDoubt(RULE, [{ name: 'heatmap', shape: [1, 1], values: [Number.NaN] }])).toMatchObject([
      { doubtful: true },
    ]);
  });

  it('says nothing without the output', () => {
    expect(judgeDoubt(RULE, [{ name: 'other', shape: [1], values: [1] }])).toEqual([]);
  });
});

describe('createSampleCap', () => {
  it('admits the given number in any minute', () => {
    const cap = createSampleCap(2);

    expect([cap.admit(0), cap.admit(1000), cap.admit(2000), cap.admit(60_000), cap.admit(60_500)]).toEqual([
      true,
      true,
      false,
      true,
      false,
    ]);
  });
});
