import type { Progress } from '#contracts/jobs.ts';
import { PROGRESS_INTERVAL_MS, type Clock } from '#core/base/index.ts';

export type ProgressStyle = 'bar' | 'json' | 'none';

const BAR_CELLS = 24;

/** Writes progress to stderr four times a second: a bar on a terminal, JSON lines for programs. */
export function progressWriter(
  style: ProgressStyle,
  write: (text: string) => void,
  clock: Clock,
): (progress: Progress) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (progress) => {
    const isLast = progress.total !== undefined && progress.done >= progress.total;
    const now = clock.monotonicMs();
    if (style === 'none' || (now - last < PROGRESS_INTERVAL_MS && !isLast)) return;
    last = now;
    write(style === 'json' ? `${JSON.stringify(progress)}\n` : `\r${barOf(progress)}${isLast ? '\n' : ''}`);
  };
}

function barOf({ done, total }: Progress): string {
  // No total, no invented percentage.
  if (total === undefined || total === 0) return `${String(done)} `;
  const share = Math.min(1, done / total);
  const full = Math.round(share * BAR_CELLS);
  return `[${'#'.repeat(full)}${'.'.repeat(BAR_CELLS - full)}] ${String(Math.floor(share * 100)).padStart(3)} %`;
}
