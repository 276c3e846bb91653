import { describe, expect, it } from 'vitest';
import { unheldSteps, type DemoSummary } from '#cli/demo/summary.ts';

const aSummary = (change: Partial<DemoSummary> = {}): DemoSummary => ({
  source: 'generated',
  import: { verdict: 'accepted', state: 'accepted', version: '1.0.0', facts: 15 },
  firstRollout: { state: 'finished', confirmed: 3 },
  benchmark: {
    device: 'gateway-1',
    variants: [{ id: 'cpu-fp32', status: 'measured', p50Ms: 1, throughputPerSecond: 900, peakRssBytes: 1e8 }],
  },
  rollout: { state: 'finished', version: '1.1.0', confirmed: 3, devices: 3 },
  badModel: { state: 'rolled-back', version: '1.2.0', canary: 'fell-back', evidence: 'doubt', othersUntouched: true },
  review: { labelled: 1, annotations: 1 },
  telemetry: { points: 10 },
  audit: { entries: 100, verified: true },
  ...change,
});

describe('unheldSteps', () => {
  it('is empty when every step held', () => {
    expect(unheldSteps(aSummary())).toEqual([]);
  });

  it.each<[string, Partial<DemoSummary>]>([
    ['import accepted', { import: { verdict: 'refused', state: 'refused', version: '1.0.0', facts: 1 } }],
    [
      'new version confirmed on every device',
      { rollout: { state: 'held', version: '1.1.0', confirmed: 2, devices: 3 } },
    ],
    ['bad model came back from the canary', { badModel: { ...aSummary().badModel, canary: 'confirmed' } }],
    ['others untouched by the bad model', { badModel: { ...aSummary().badModel, othersUntouched: false } }],
    ['sample labelled and exported', { review: { labelled: 1, annotations: 0 } }],
    ['telemetry kept', { telemetry: { points: 0 } }],
    ['audit verified', { audit: { entries: 100, verified: false } }],
    ['variants measured', { benchmark: { device: 'gateway-1', variants: [] } }],
  ])('names %s when it did not', (step, change) => {
    expect(unheldSteps(aSummary(change))).toContain(step);
  });
});
