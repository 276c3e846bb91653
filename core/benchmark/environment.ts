import type { EnvironmentFingerprint } from '#contracts/benchmark.ts';
import { canonicalJson } from '#core/base/index.ts';
import type { Hasher } from '#core/storage/ports.ts';

/** What a machine says about itself before a measurement. */
export type EnvironmentFacts = Omit<EnvironmentFingerprint, 'digest'>;

/** The digest covers what makes two results comparable; the load of the moment is a disturbance, not an identity. */
export function fingerprintOf(facts: EnvironmentFacts, hasher: Hasher): EnvironmentFingerprint {
  const { loadAverage, ...identity } = facts;
  return { ...identity, loadAverage, digest: hasher.sha256(new TextEncoder().encode(canonicalJson(identity))) };
}

/** Samples of the machine around one measurement. */
export interface Conditions {
  readonly loadAverageBefore: number;
  readonly cores: number;
  readonly governor: string | null;
  readonly cgroupCpuLimit: string | null;
  /** Mean core frequency in the first and last quarter, MHz; null when the kernel does not tell. */
  readonly frequencyFirstMhz: number | null;
  readonly frequencyLastMhz: number | null;
  /** Share of CPU time that other processes used during the run, 0..1; null when not known. */
  readonly otherCpuShare: number | null;
}

/** Other work below this share of one core does not move a median. */
const QUIET_SHARE = 0.1;
const FREQUENCY_DROP = 0.05;

/** Sentences about what disturbed a run; an empty list is a claim that nothing known did. */
export function disturbancesOf(conditions: Conditions): string[] {
  const found: string[] = [];
  const { governor, cgroupCpuLimit, frequencyFirstMhz: first, frequencyLastMhz: last, otherCpuShare } = conditions;
  if (governor !== null && governor !== 'performance') found.push(`CPU governor is ${governor}, not performance`);
  if (cgroupCpuLimit !== null) found.push(`the container limits CPU to ${cgroupCpuLimit}`);
  if (conditions.loadAverageBefore > conditions.cores * 0.25)
    found.push(
      `load average was ${conditions.loadAverageBefore.toFixed(2)} on ${String(conditions.cores)} cores before the run`,
    );
  if (otherCpuShare !== null && otherCpuShare > QUIET_SHARE)
    found.push(`other processes used ${(otherCpuShare * 100).toFixed(0)} % of the machine during the run`);
  if (first !== null && last !== null && last < first * (1 - FREQUENCY_DROP))
    found.push(`core frequency fell from ${first.toFixed(0)} to ${last.toFixed(0)} MHz`);
  return found;
}
