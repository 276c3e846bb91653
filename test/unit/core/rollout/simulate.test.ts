import { describe, expect, it } from 'vitest';
import type { DeviceView } from '#contracts/device.ts';
import { planDigestOf, planRollout, simulateRollout, startRecord } from '#core/rollout/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { aBundleSummary, aDevice, aRolloutRequest } from '#test/support/builders/fleet.ts';
import { RolloutSimulator } from '#test/support/rollout-simulator.ts';

const SOAK_MS = 10_000;

function simulate(fleet: readonly DeviceView[]) {
  const plan = planRollout({
    request: aRolloutRequest(),
    bundle: aBundleSummary(),
    fleet,
    busy: new Map(),
    measured: () => undefined,
    hasher: nodeHasher,
  });
  const planDigest = planDigestOf(plan, nodeHasher);
  return simulateRollout(
    startRecord({ id: 'simulated', plan, planDigest, seenDigest: undefined, startedBy: 'Ada', now: 0 }),
    fleet,
  );
}

const lines = (size: number) =>
  Array.from({ length: size }, (_, at) => aDevice({ id: `gw-${at}`, line: `line-${at}` }));

describe('simulateRollout', () => {
  it('takes the steps of a rollout whose devices are all well, in the same order', () => {
    const fleet = lines(12);
    const real = new RolloutSimulator(fleet);
    real.run();

    const { steps, state } = simulate(fleet);

    expect(state).toBe('finished');
    const activated = steps.flatMap(({ step }) => (step.do === 'activate' ? [step.device] : []));
    expect(activated).toEqual(
      real.facts.filter((fact) => fact.startsWith('rollout.device-activating')).map((fact) => fact.split(' ')[1]),
    );
    expect(activated).toHaveLength(12);
  });

  it('lasts one soak a cohort when lines do not stand in each other’s way', () => {
    const { steps, durationMs } = simulate(lines(12));

    expect(durationMs).toBe(3 * SOAK_MS);
    expect(steps.filter(({ step }) => step.do === 'start-cohort').map(({ afterMs }) => afterMs)).toEqual([
      0,
      SOAK_MS,
      2 * SOAK_MS,
    ]);
  });

  it('lets the two devices of a redundant pair change one after the other', () => {
    const fleet = lines(6).map((device) => ({ ...device, redundancyGroup: 'pair', cell: 'cell' }));

    const starts = simulate(fleet).steps.flatMap(({ step, afterMs }) => (step.do === 'activate' ? [afterMs] : []));

    expect(new Set(starts).size).toBe(6);
  });

  it('gives the same steps for the same fleet', () => {
    expect(simulate(lines(5))).toEqual(simulate(lines(5)));
  });
});
