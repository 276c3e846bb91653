import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import {
  AgentState,
  beginStaging,
  beginTrial,
  commitTrial,
  countRestart,
  failSlot,
  FRESH_STATE,
  markProved,
  markPulled,
  markVerified,
  planAgent,
  previousSlot,
  refOf,
  resumeServing,
  returnFromTrial,
  rollBackTrial,
  runnableSlot,
  stopServing,
  takeDesired,
  type AgentStep,
} from '#core/slots/index.ts';
import type { ModelRef } from '#contracts/device.ts';
import { aDesired, aModelRef, anInstalled, someEvidence } from '#test/support/builders/a-model.ts';

/** What may happen to a device: new wishes, steps that work or fail, a watchdog that bites, a power cut. */
type Happening =
  | { is: 'desired'; model: string | null; phase: 'stage' | 'activate'; rollout: string }
  | { is: 'step'; works: boolean }
  | { is: 'breach' }
  | { is: 'healthy' }
  | { is: 'power-cut' };

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      is: fc.constant('desired' as const),
      model: fc.constantFrom('1', '2', '3', null),
      phase: fc.constantFrom('stage' as const, 'activate' as const),
      rollout: fc.constantFrom('r1', 'r2'),
    }),
  },
  {
    weight: 12,
    arbitrary: fc.record({ is: fc.constant('step' as const), works: fc.integer({ min: 0, max: 7 }).map((n) => n > 0) }),
  },
  { weight: 1, arbitrary: fc.constant({ is: 'breach' as const }) },
  { weight: 4, arbitrary: fc.constant({ is: 'healthy' as const }) },
  { weight: 1, arbitrary: fc.constant({ is: 'power-cut' as const }) },
);

function perform(state: AgentState, step: AgentStep, works: boolean): AgentState {
  const refAt = (slot: 'a' | 'b'): ModelRef => refOf(state.slots[slot]) ?? aModelRef();
  switch (step.do) {
    case 'pull': {
      const staging =
        state.slots[step.slot].at === 'staging' && refAt(step.slot).bundleDigest === step.ref.bundleDigest
          ? state
          : beginStaging(state, step.slot, step.ref);
      return works ? markPulled(staging, step.slot, []) : staging;
    }
    case 'verify':
      return works
        ? markVerified(state, step.slot, anInstalled(refAt(step.slot)))
        : failSlot(state, step.slot, someEvidence(refAt(step.slot)));
    case 'smoke':
      return works ? markProved(state, step.slot) : failSlot(state, step.slot, someEvidence(refAt(step.slot)));
    case 'swap':
      return beginTrial(state, step.to);
    case 'confirm':
      return commitTrial(state, step.slot);
    case 'roll-back':
      return rollBackTrial(state, step.slot, someEvidence(refAt(step.slot)));
    case 'return':
      return returnFromTrial(state, step.slot);
    case 'stop-serving':
      return stopServing(state);
    case 'resume-serving':
      return resumeServing(state);
    case 'watch':
    case 'wait':
      return state;
  }
}

function live(state: AgentState, event: Happening): AgentState {
  const facts = { now: 2000, judgement: null, pullNotBefore: 0 };
  const perform1 = (judgement: Parameters<typeof planAgent>[1]['judgement'], works: boolean): AgentState => {
    const step = planAgent(state, { ...facts, judgement })[0];
    return step === undefined ? state : perform(state, step, works);
  };
  switch (event.is) {
    case 'desired':
      return takeDesired(
        state,
        aDesired({
          generation: state.generation + 1,
          model: event.model === null ? null : aModelRef(event.model),
          phase: event.phase,
          rolloutId: event.rollout,
        }),
      );
    case 'step':
      return perform1({ verdict: 'watching' }, event.works);
    case 'breach':
      return perform1({ verdict: 'breached', findings: [] }, true);
    case 'healthy':
      return perform1({ verdict: 'healthy' }, true);
    case 'power-cut': {
      // What is on disk is all that is left; a start during a trial counts.
      const read = AgentState.parse(JSON.parse(JSON.stringify(state)));
      return read.active === null ? read : countRestart(read, read.active);
    }
  }
}

describe('the slots of a gateway', () => {
  it('hold exactly one runnable slot from the first commit on, whatever happens', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 120 }), (events) => {
        let state = FRESH_STATE;
        let hasCommitted = false;
        for (const event of events) {
          state = live(state, event);
          hasCommitted ||= [state.slots.a, state.slots.b].some((slot) => slot.at === 'committed');
          const onTrial = (['a', 'b'] as const).filter((name) => state.slots[name].at === 'trial');
          expect(onTrial.length).toBeLessThanOrEqual(1);
          for (const name of onTrial) expect(state.active).toBe(name);
          if (hasCommitted) {
            expect(runnableSlot(state)).not.toBeNull();
            if (onTrial.length === 1 && runnableSlot(state) !== null) expect(previousSlot(state)).not.toBeNull();
          }
        }
      }),
      { numRuns: 1500 },
    );
  });

  it('reach the desired model when nothing fails', () => {
    fc.assert(
      fc.property(
        fc.array(
          happening.filter(
            (event) => event.is === 'desired' || event.is === 'healthy' || (event.is === 'step' && event.works),
          ),
          { maxLength: 60 },
        ),
        (events) => {
          let state = events.reduce(live, FRESH_STATE);
          state = live(state, { is: 'desired', model: '2', phase: 'activate', rollout: 'last' });
          for (let turn = 0; turn < 20; turn += 1) state = live(state, { is: 'healthy' });

          expect(runnableSlot(state)?.installed.ref).toEqual(aModelRef('2'));
          expect(state.active === null ? null : state.slots[state.active].at).toBe('committed');
          expect(state.stopped).toBe(false);
        },
      ),
      { numRuns: 500 },
    );
  });
});
