/** Starts every line that the summary of `npm run bench` is made of. */
export const RESULT_MARK = 'result |';

export interface BenchResult {
  /** The requirement that it answers: `P1`. */
  readonly id: string;
  readonly what: string;
  readonly value: string;
  /** In words: `at most 300 MB`. */
  readonly goal: string;
  /** What was reached of what is asked: at least 1 when a larger value is better, at most 1 when a smaller one is. */
  readonly ofGoal: number;
}

/** Prints a measured value beside its target. */
export function printResult({ id, what, value, goal, ofGoal }: BenchResult): void {
  console.log([RESULT_MARK.slice(0, -2), id, what, value, goal, ofGoal.toFixed(2)].join(' | '));
}

/** The middle one; the upper of the two in the middle for an even number. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
