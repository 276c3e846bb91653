import type { ServingFigures, WatchdogLimits } from '#contracts/device.ts';
import type { Finding } from '#core/base/index.ts';

/** Limits of a trial: those of the station and those of the machine. */
export interface WatchdogBounds extends WatchdogLimits {
  /** An answer that takes this long is a hang. */
  readonly hangMs: number;
  /** Memory that the model may add to the program; null when the contract names none. */
  readonly memoryBytes: number | null;
}

/** What the watchdog sees of the model on trial. */
export interface WatchdogFigures {
  readonly serving: Pick<ServingFigures, 'requests' | 'errors' | 'doubtful' | 'p99Ms' | 'restarts'>;
  /** Age of the oldest request without an answer. */
  readonly oldestPendingMs: number;
  readonly addedMemoryBytes: number;
}

/** `watching` until the window has passed; a breach counts at once, also before. */
export type WatchdogJudgement =
  | { readonly verdict: 'watching' | 'healthy' }
  | { readonly verdict: 'breached'; readonly findings: readonly Finding[] };

/** Judges a trial. Rates count only from `minRequests` on: one doubtful answer of one is not a share. */
export function judgeWatchdog(figures: WatchdogFigures, bounds: WatchdogBounds, elapsedMs: number): WatchdogJudgement {
  const findings = [...machineFindings(figures, bounds), ...rateFindings(figures, bounds)];
  if (findings.length > 0) return { verdict: 'breached', findings };
  return { verdict: elapsedMs >= bounds.windowSeconds * 1000 ? 'healthy' : 'watching' };
}

function machineFindings(
  { serving, oldestPendingMs, addedMemoryBytes }: WatchdogFigures,
  bounds: WatchdogBounds,
): Finding[] {
  const findings: Finding[] = [];
  if (oldestPendingMs > bounds.hangMs) {
    findings.push(
      finding(
        'WATCHDOG_HANG',
        `an answer must come within ${String(bounds.hangMs)} ms, one is ${oldestPendingMs.toFixed(0)} ms late`,
      ),
    );
  }
  if (serving.restarts > bounds.maxRestarts) {
    findings.push(
      finding(
        'WATCHDOG_RESTARTS',
        `at most ${String(bounds.maxRestarts)} restarts are allowed, there were ${String(serving.restarts)}`,
      ),
    );
  }
  if (bounds.memoryBytes !== null && addedMemoryBytes > bounds.memoryBytes) {
    findings.push(
      finding(
        'WATCHDOG_MEMORY',
        `the model may use ${megabytes(bounds.memoryBytes)}, it uses ${megabytes(addedMemoryBytes)}`,
      ),
    );
  }
  return findings;
}

function rateFindings({ serving }: WatchdogFigures, bounds: WatchdogBounds): Finding[] {
  const { requests, errors, doubtful, p99Ms } = serving;
  if (requests === 0 || requests < bounds.minRequests) return [];
  const findings: Finding[] = [];
  if (errors / requests > bounds.maxErrorRate) {
    findings.push(
      finding(
        'WATCHDOG_ERROR_RATE',
        `error rate must be at most ${percent(bounds.maxErrorRate)}, it is ${percent(errors / requests)}`,
      ),
    );
  }
  if (p99Ms !== null && p99Ms > bounds.maxP99Ms) {
    findings.push(
      finding('WATCHDOG_P99', `p99 must be at most ${String(bounds.maxP99Ms)} ms, it is ${p99Ms.toFixed(1)} ms`),
    );
  }
  if (doubtful / requests > bounds.maxDoubtfulShare) {
    findings.push(
      finding(
        'WATCHDOG_DOUBTFUL',
        `share of doubtful answers must be at most ${percent(bounds.maxDoubtfulShare)}, it is ${percent(doubtful / requests)}`,
      ),
    );
  }
  return findings;
}

function finding(code: string, message: string): Finding {
  return {
    code,
    severity: 'block',
    at: 'watchdog',
    message,
    next: 'Read the evidence on the device page before offering this model again.',
  };
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
