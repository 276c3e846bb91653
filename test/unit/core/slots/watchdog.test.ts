import { describe, expect, it } from 'vitest';
import { judgeWatchdog, type WatchdogBounds, type WatchdogFigures } from '#core/slots/index.ts';
import { someLimits } from '#test/support/builders/a-model.ts';

const BOUNDS: WatchdogBounds = { ...someLimits(), hangMs: 5000, memoryBytes: 1e8 };

const figures = (
  serving: Partial<WatchdogFigures['serving']> = {},
  rest: Partial<WatchdogFigures> = {},
): WatchdogFigures => ({
  serving: { requests: 100, errors: 0, doubtful: 0, p99Ms: 10, restarts: 0, ...serving },
  oldestPendingMs: 0,
  addedMemoryBytes: 0,
  ...rest,
});

describe('judgeWatchdog', () => {
  it('watches until the window has passed, then calls the model healthy', () => {
    expect(judgeWatchdog(figures(), BOUNDS, 9999)).toEqual({ verdict: 'watching' });
    expect(judgeWatchdog(figures(), BOUNDS, 10_000)).toEqual({ verdict: 'healthy' });
  });

  it.each([
    ['WATCHDOG_HANG', figures({}, { oldestPendingMs: 5001 })],
    ['WATCHDOG_RESTARTS', figures({ restarts: 1 })],
    ['WATCHDOG_MEMORY', figures({}, { addedMemoryBytes: 1.1e8 })],
    ['WATCHDOG_ERROR_RATE', figures({ errors: 2 })],
    ['WATCHDOG_P99', figures({ p99Ms: 101 })],
    ['WATCHDOG_DOUBTFUL', figures({ doubtful: 21 })],
  ])('breaches with %s at once', (code, seen) => {
    const judgement = judgeWatchdog(seen, BOUNDS, 1);

    expect(judgement).toMatchObject({ verdict: 'breached', findings: [{ code }] });
  });

  it('does not count rates below the least number of requests', () => {
    expect(judgeWatchdog(figures({ requests: 19, errors: 19, doubtful: 19, p99Ms: 999 }), BOUNDS, 1)).toEqual({
      verdict: 'watching',
    });
  });
});
