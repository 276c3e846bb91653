import type { ServingFigures } from '#contracts/device.ts';
import type { Finding } from '#contracts/primitives.ts';
import type { GatePolicy } from '#contracts/rollout.ts';

/** The one gate finding that a person may waive: it says "not known", not "bad". */
export const GATE_TOO_FEW_REQUESTS = 'GATE_TOO_FEW_REQUESTS';

/** Judges the post-soak figures of a cohort, device by device: one bad machine is not averaged away. */
export function judgeGate(
  cohort: readonly { device: string; figures: ServingFigures | null }[],
  gate: GatePolicy,
): Finding[] {
  return cohort.flatMap(({ device, figures }) => {
    if (figures === null || figures.requests < gate.minRequests) {
      const seen = figures?.requests ?? 0;
      return [
        finding(
          GATE_TOO_FEW_REQUESTS,
          device,
          `${String(gate.minRequests)} requests are needed to judge, ${String(seen)} were served`,
          'Let the line feed it longer, or let the gate pass by hand.',
        ),
      ];
    }
    return judgeDevice(device, figures, gate);
  });
}

function judgeDevice(device: string, figures: ServingFigures, gate: GatePolicy): Finding[] {
  const findings: Finding[] = [];
  const errorRate = figures.requests === 0 ? 0 : figures.errors / figures.requests;
  const doubtfulShare = figures.requests === 0 ? 0 : figures.doubtful / figures.requests;
  if (figures.p99Ms !== null && figures.p99Ms > gate.maxP99Ms) {
    findings.push(
      finding(
        'GATE_P99',
        device,
        `p99 must be at most ${String(gate.maxP99Ms)} ms, it is ${figures.p99Ms.toFixed(1)} ms`,
        'Benchmark the variants on this device.',
      ),
    );
  }
  if (errorRate > gate.maxErrorRate) {
    findings.push(
      finding(
        'GATE_ERROR_RATE',
        device,
        `error rate must be at most ${percent(gate.maxErrorRate)}, it is ${percent(errorRate)}`,
        'Read the log of the device.',
      ),
    );
  }
  if (doubtfulShare > gate.maxDoubtfulShare) {
    findings.push(
      finding(
        'GATE_DOUBTFUL',
        device,
        `share of doubtful answers must be at most ${percent(gate.maxDoubtfulShare)}, it is ${percent(doubtfulShare)}`,
        'Look at the samples in review; the model may not fit this line.',
      ),
    );
  }
  return findings;
}

function finding(code: string, at: string, message: string, next: string): Finding {
  return { code, severity: 'block', at, message: `${at}: ${message}`, next };
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
