import type { Acknowledged } from './finish-import.ts';

/** What a killed import had told before; the last line may be cut. */
export function acknowledgedBy(output: string): Acknowledged[] {
  return output
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Acknowledged);
}
