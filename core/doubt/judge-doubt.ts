import type { DoubtRule } from '#contracts/bundle.ts';
import { assertNever } from '#core/base/index.ts';

/** One output tensor as numbers; the first dimension counts the samples of a batch. */
export interface NumericOutput {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
}

export interface Doubt {
  readonly score: number;
  readonly doubtful: boolean;
}

/**
 * Reduces the ruled output to a score per sample (see DoubtRule) and says whether it is doubtful.
 * An answer that is not a finite number is doubtful by itself. Empty when the output is absent.
 */
export function judgeDoubt(rule: DoubtRule, outputs: readonly NumericOutput[]): Doubt[] {
  const output = outputs.find((candidate) => candidate.name === rule.output);
  if (output === undefined) return [];
  const samples = Math.max(1, output.shape[0] ?? 1);
  const perSample = Math.floor(output.values.length / samples);
  if (perSample === 0) return [];
  return Array.from({ length: samples }, (_, sample) => {
    const score = reduce(rule, output.values, sample * perSample, perSample);
    return { score, doubtful: !Number.isFinite(score) || isDoubtful(rule, score) };
  });
}

function isDoubtful(rule: DoubtRule, score: number): boolean {
  return rule.reduce === 'ambiguous-count' ? score > (rule.limit ?? 0) : isNear(rule, score);
}

function isNear(rule: DoubtRule, value: number): boolean {
  return Math.abs(value - rule.threshold) <= rule.band;
}

function reduce(rule: DoubtRule, values: ArrayLike<number>, from: number, count: number): number {
  switch (rule.reduce) {
    case 'first':
      return values[from] ?? Number.NaN;
    case 'max':
      return maxOf(values, from, count);
    case 'mean':
      return meanOf(values, from, count);
    case 'ambiguous-count':
      return ambiguousIn(rule, values, from, count);
    default:
      return assertNever(rule.reduce, 'reduction');
  }
}

function ambiguousIn(rule: DoubtRule, values: ArrayLike<number>, from: number, count: number): number {
  let ambiguous = 0;
  for (let at = from; at < from + count; at += 1) {
    const value = values[at] ?? Number.NaN;
    if (Number.isNaN(value)) return Number.NaN;
    if (isNear(rule, value)) ambiguous += 1;
  }
  return ambiguous;
}

function maxOf(values: ArrayLike<number>, from: number, count: number): number {
  let max = Number.NEGATIVE_INFINITY;
  for (let at = from; at < from + count; at += 1) {
    const value = values[at] ?? Number.NaN;
    if (Number.isNaN(value)) return Number.NaN;
    if (value > max) max = value;
  }
  return max;
}

function meanOf(values: ArrayLike<number>, from: number, count: number): number {
  let sum = 0;
  for (let at = from; at < from + count; at += 1) sum += values[at] ?? Number.NaN;
  return sum / count;
}
