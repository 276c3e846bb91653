import { toNumbers } from './datatype.ts';
import type { Tensor } from './ports.ts';

export interface Comparison {
  readonly equal: boolean;
  /** Largest distance from the expected value, relative to what the tolerance allows; above 1 fails. */
  readonly worstRatio: number;
  /** One sentence about the worst element, or about the shape. */
  readonly detail: string;
}

/** Within tolerance when |got − expected| ≤ atol + rtol·|expected| for every element (numpy.allclose). */
export function compareTensors(expected: Tensor, got: Tensor, tolerance: { rtol: number; atol: number }): Comparison {
  if (expected.datatype !== got.datatype)
    return unequal(`${expected.name}: type ${expected.datatype} expected, got ${got.datatype}`);
  if (expected.shape.length !== got.shape.length || expected.shape.some((size, at) => size !== got.shape[at])) {
    return unequal(`${expected.name}: shape [${expected.shape.join()}] expected, got [${got.shape.join()}]`);
  }
  if (expected.datatype === 'BYTES') return compareText(expected, got);
  return compareNumbers(expected.name, toNumbers(expected), toNumbers(got), tolerance);
}

function compareNumbers(
  name: string,
  expected: ArrayLike<number>,
  got: ArrayLike<number>,
  { rtol, atol }: { rtol: number; atol: number },
): Comparison {
  let worstRatio = 0;
  let worstAt = 0;
  for (let at = 0; at < expected.length; at += 1) {
    const ratio = distance(expected[at] ?? Number.NaN, got[at] ?? Number.NaN, { rtol, atol });
    if (ratio > worstRatio) [worstRatio, worstAt] = [ratio, at];
  }
  const detail = `${name}[${String(worstAt)}]: ${String(expected[worstAt])} expected, got ${String(got[worstAt])}`;
  return { equal: worstRatio <= 1, worstRatio, detail };
}

function distance(expected: number, got: number, { rtol, atol }: { rtol: number; atol: number }): number {
  if (Object.is(expected, got) || expected === got || (Number.isNaN(expected) && Number.isNaN(got))) return 0;
  const allowed = atol + rtol * Math.abs(expected);
  const ratio = Math.abs(got - expected) / allowed;
  return Number.isNaN(ratio) ? Number.POSITIVE_INFINITY : ratio;
}

function compareText(expected: Tensor, got: Tensor): Comparison {
  const at = Array.from<unknown>(expected.data as readonly string[]).findIndex(
    (text, index) => text !== got.data[index],
  );
  return at === -1
    ? { equal: true, worstRatio: 0, detail: `${expected.name}: equal` }
    : unequal(`${expected.name}[${String(at)}]: other text`);
}

function unequal(detail: string): Comparison {
  return { equal: false, worstRatio: Number.POSITIVE_INFINITY, detail };
}
