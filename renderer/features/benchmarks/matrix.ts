import type { BenchmarkResult, VariantMeasurement } from '#contracts/benchmark.ts';

/** A cell: never run, or the newest measurement of that variant on that gateway. */
export type MatrixCell =
  | { readonly kind: 'not-run' }
  | { readonly kind: 'run'; readonly result: BenchmarkResult; readonly variant: VariantMeasurement };

export interface MatrixRow {
  readonly variantDigest: string;
  readonly variantId: string;
  readonly cells: readonly MatrixCell[];
}

const NOT_RUN: MatrixCell = { kind: 'not-run' };

/** Rows are variants, columns gateways; of several runs the newest counts. */
export function benchmarkMatrix(
  variants: readonly { readonly digest: string; readonly id: string }[],
  devices: readonly string[],
  results: readonly BenchmarkResult[],
): MatrixRow[] {
  const newest = [...results].sort((a, b) => b.endedAt - a.endedAt);
  const cellOf = (variantDigest: string, device: string): MatrixCell => {
    for (const result of newest) {
      if (result.device !== device) continue;
      const variant = result.variants.find((one) => one.variantDigest === variantDigest);
      if (variant !== undefined) return { kind: 'run', result, variant };
    }
    return NOT_RUN;
  };
  return variants.map((variant) => ({
    variantDigest: variant.digest,
    variantId: variant.id,
    cells: devices.map((device) => cellOf(variant.digest, device)),
  }));
}

/** p99 of the service time with its interval, if the sample was large enough to state one. */
export function p99Of(
  variant: VariantMeasurement,
): { valueMs: number; lowMs: number | null; highMs: number | null } | null {
  const p99 = variant.service.find((one) => one.p === 0.99);
  return p99 === undefined || p99.valueMs === null
    ? null
    : { valueMs: p99.valueMs, lowMs: p99.lowMs, highMs: p99.highMs };
}

/**
 * The stated rule: lowest p99 among undisturbed full runs whose golden outputs held.
 * Returns the row index for one gateway column, or null when nobody qualifies or only one does (nothing was compared).
 */
export function winnerOf(rows: readonly MatrixRow[], column: number): number | null {
  const candidates = rows.flatMap((row, index) => {
    const cell = row.cells[column];
    if (
      cell?.kind !== 'run' ||
      cell.variant.status !== 'measured' ||
      cell.result.quick ||
      cell.variant.goldenPassed !== true
    )
      return [];
    const p99 = p99Of(cell.variant);
    return p99 === null ? [] : [{ index, valueMs: p99.valueMs }];
  });
  if (candidates.length < 2) return null;
  return candidates.reduce((best, one) => (one.valueMs < best.valueMs ? one : best)).index;
}
