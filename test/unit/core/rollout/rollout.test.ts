import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAppError } from '#core/base/index.ts';
import { abort, pause, previewAbort, resume, viewOf } from '#core/rollout/index.ts';
import { aDevice } from '#test/support/builders/fleet.ts';
import { RolloutSimulator, type Behaviour } from '#test/support/rollout-simulator.ts';

const fleetOf = (size: number) =>
  Array.from({ length: size }, (_, at) =>
    aDevice({ id: `gw-${String(at)}`, line: `line-${String(at % 4)}`, cell: 'cell-1' }),
  );
const canaryOf = (simulator: RolloutSimulator) => simulator.record.plan.cohorts[0]?.devices[0]?.device ?? '';
const statesOf = (simulator: RolloutSimulator) => Object.values(simulator.record.devices).map((device) => device.state);

describe('a rollout', () => {
  describe('when every device is well', () => {
    it('confirms all of them, cohort after cohort', () => {
      const simulator = new RolloutSimulator(fleetOf(12));

      simulator.run();

      expect(simulator.record.state).toBe('finished');
      expect(new Set(statesOf(simulator))).toEqual(new Set(['confirmed']));
      expect(simulator.facts.filter((fact) => fact.startsWith('rollout.cohort-passed'))).toHaveLength(3);
    });
  });

  describe('when the canary falls back', () => {
    it('touches no other device and ends as rolled back', () => {
      const fleet = fleetOf(12);
      const canary = canaryOf(new RolloutSimulator(fleet));
      const simulator = new RolloutSimulator(fleet, new Map<string, Behaviour>([[canary, 'falls-back']]));

      simulator.run();

      expect(simulator.record.state).toBe('rolled-back');
      expect(
        Object.entries(simulator.record.devices).filter(([id, device]) => id !== canary && device.phase !== 'none'),
      ).toEqual([]);
    });
  });

  describe('when the canary is slow in its soak', () => {
    it('holds at the gate and returns the canary', () => {
      const fleet = fleetOf(6);
      const simulator = new RolloutSimulator(
        fleet,
        new Map<string, Behaviour>([[canaryOf(new RolloutSimulator(fleet)), 'slow']]),
      );

      simulator.run();

      expect(viewOf(simulator.record).cohorts[0]?.gateFindings.map((finding) => finding.code)).toEqual(['GATE_P99']);
      expect(simulator.record.devices[canaryOf(simulator)]?.detail).toContain('returned');
      expect(simulator.record.state).toBe('rolled-back');
    });
  });

  describe('when the line gave too few requests', () => {
    it('waits for a person, who may let it pass', () => {
      const fleet = fleetOf(3);
      const simulator = new RolloutSimulator(
        fleet,
        new Map(fleet.map((device): [string, Behaviour] => [device.id, 'idle-line'])),
      );
      simulator.run(20);
      expect(simulator.record.state).toBe('held');

      simulator.take(resume(simulator.record, simulator.now));
      simulator.run(20);

      expect(simulator.record.cohorts[0]?.state).toBe('passed');
    });
  });

  describe('when a device says nothing', () => {
    it('is stuck, which is not the same as fell back', () => {
      const fleet = fleetOf(3);
      const simulator = new RolloutSimulator(
        fleet,
        new Map<string, Behaviour>([[canaryOf(new RolloutSimulator(fleet)), 'silent']]),
      );

      simulator.run(700);

      expect(simulator.record.devices[canaryOf(simulator)]?.state).toBe('stuck');
      expect(simulator.record.state).toBe('held');
    });
  });

  describe('when a confirmed device falls back late', () => {
    it('halts before the next cohort', () => {
      const simulator = new RolloutSimulator(fleetOf(12));
      while (simulator.record.cohorts[0]?.state !== 'passed') {
        if (!simulator.step()) simulator.answerAll();
      }

      simulator.event(canaryOf(simulator), 'fell-back');
      simulator.run();

      expect(simulator.record.devices[canaryOf(simulator)]?.state).toBe('fell-back');
      expect(simulator.record.cohorts.slice(1).every((cohort) => cohort.state !== 'passed')).toBe(true);
    });
  });

  describe('when a gate failed on figures', () => {
    it('cannot be passed by hand', () => {
      const fleet = fleetOf(6);
      const simulator = new RolloutSimulator(
        fleet,
        new Map<string, Behaviour>([[canaryOf(new RolloutSimulator(fleet)), 'slow']]),
      );
      while (simulator.record.state !== 'held') {
        if (!simulator.step()) simulator.answerAll();
      }

      const act = () => resume(simulator.record, simulator.now);

      expect(act).toThrow(expect.toSatisfy((error: unknown) => isAppError(error, 'ROLLOUT_STATE_CONFLICT')));
    });
  });

  describe('when it is paused', () => {
    it('starts nothing more and goes on where it was', () => {
      const simulator = new RolloutSimulator(fleetOf(8));
      simulator.step();
      simulator.take(pause(simulator.record, 'shift change', simulator.now));
      expect(simulator.due()).toEqual([]);

      simulator.take(resume(simulator.record, simulator.now));
      simulator.run();

      expect(simulator.record.state).toBe('finished');
    });
  });

  describe('when it is ended at any moment', () => {
    it('gives every device the fate that the preview said', () => {
      fc.assert(
        fc.property(fc.nat(60), fc.constantFrom('abort' as const, 'rollback' as const), (moments, mode) => {
          const simulator = new RolloutSimulator(fleetOf(10));
          for (let moment = 0; moment < moments; moment += 1) if (!simulator.step()) simulator.answerAll();
          if (simulator.record.state !== 'running') return;
          const preview = previewAbort(simulator.record, mode);

          simulator.take(abort(simulator.record, mode, 'operator', simulator.now));
          simulator.run(20);

          const kept = Object.entries(simulator.record.devices)
            .filter(([, device]) => device.phase === 'activate')
            .map(([id]) => id);
          const returned = Object.entries(simulator.record.devices)
            .filter(([, device]) => device.state === 'fell-back')
            .map(([id]) => id);
          expect(kept.sort()).toEqual([...preview.keep].sort());
          expect(returned).toEqual(expect.arrayContaining(preview.rollBack));
        }),
        { numRuns: 100 },
      );
    });
  });

  describe('whatever the devices do', () => {
    it('never has a cohort on the new version before the one ahead of it passed, nor two cells of a line in flight', () => {
      const behaviours = fc.array(fc.constantFrom<Behaviour>('good', 'good', 'good', 'falls-back', 'slow', 'silent'), {
        minLength: 14,
        maxLength: 14,
      });
      fc.assert(
        fc.property(behaviours, (list) => {
          const fleet = list.map((_, at) =>
            aDevice({ id: `gw-${String(at)}`, line: `line-${String(at % 3)}`, cell: `cell-${String(at % 5)}` }),
          );
          const simulator = new RolloutSimulator(
            fleet,
            new Map(list.map((behaviour, at) => [`gw-${String(at)}`, behaviour])),
          );
          for (let moment = 0; moment < 300; moment += 1) {
            if (!simulator.step()) simulator.answerAll();
            expectOrder(simulator);
            expectOneCellPerLine(simulator, fleet);
          }
        }),
        { numRuns: 40 },
      );
    });
  });
});

function expectOrder(simulator: RolloutSimulator): void {
  const { cohorts, devices } = simulator.record;
  const open = cohorts.findIndex((cohort) => cohort.state !== 'passed');
  const later = cohorts.slice(open + 1).map((cohort) => cohort.name);
  if (open === -1) return;
  expect(Object.values(devices).filter((device) => later.includes(device.cohort) && device.phase !== 'none')).toEqual(
    [],
  );
}

function expectOneCellPerLine(
  simulator: RolloutSimulator,
  fleet: readonly { id: string; line: string; cell: string }[],
): void {
  const cells = new Map<string, Set<string>>();
  for (const { id, line, cell } of fleet) {
    const device = simulator.record.devices[id];
    if (device?.phase !== 'activate' || !['swapping', 'smoke', 'soaking'].includes(device.state)) continue;
    cells.set(line, (cells.get(line) ?? new Set()).add(cell));
  }
  for (const inFlight of cells.values()) expect(inFlight.size).toBe(1);
}
