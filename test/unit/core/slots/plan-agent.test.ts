import { describe, expect, it } from 'vitest';
import {
  beginStaging,
  beginTrial,
  commitTrial,
  failSlot,
  FRESH_STATE,
  markProved,
  markPulled,
  markVerified,
  planAgent,
  rollBackTrial,
  rolloutStateOf,
  takeDesired,
  type AgentFacts,
  type AgentState,
  type AgentStep,
} from '#core/slots/index.ts';
import type { ModelRef, SlotName } from '#contracts/device.ts';
import { aDesired, aModelRef, anInstalled, someEvidence } from '#test/support/builders/a-model.ts';

const FACTS: AgentFacts = { now: 2000, judgement: null, pullNotBefore: 0 };
const kinds = (steps: AgentStep[]): string[] => steps.map((step) => step.do);

const proved = (state: AgentState, slot: SlotName, ref: ModelRef): AgentState =>
  markProved(markVerified(markPulled(beginStaging(state, slot, ref), slot, []), slot, anInstalled(ref)), slot);
const committed = (state: AgentState, slot: SlotName, ref: ModelRef): AgentState =>
  commitTrial(beginTrial(proved(state, slot, ref), slot), slot);

const ONE = committed(takeDesired(FRESH_STATE, aDesired()), 'a', aModelRef('1'));

describe('planAgent', () => {
  describe('when nothing is known', () => {
    it('waits for a desired document', () => {
      expect(planAgent(FRESH_STATE, FACTS)).toEqual([{ do: 'wait', for: 'desired' }]);
    });
  });

  describe('when a first model is desired', () => {
    it('goes the whole way', () => {
      const state = takeDesired(FRESH_STATE, aDesired());

      expect(kinds(planAgent(state, FACTS))).toEqual(['pull', 'verify', 'smoke', 'swap', 'watch', 'confirm']);
      expect(rolloutStateOf(state)).toBe('queued');
    });
  });

  describe('when the phase is stage', () => {
    it('proves the model and waits for its activation, with the old one active', () => {
      const state = takeDesired(ONE, aDesired({ generation: 2, model: aModelRef('2'), phase: 'stage' }));

      expect(kinds(planAgent(state, FACTS))).toEqual(['pull', 'verify', 'smoke', 'wait']);
      expect(planAgent(proved(state, 'b', aModelRef('2')), FACTS)).toEqual([{ do: 'wait', for: 'activation' }]);
      expect(rolloutStateOf(proved(state, 'b', aModelRef('2')))).toBe('armed');
    });
  });

  describe('when the wanted model is the pinned previous', () => {
    it('swaps without pulling', () => {
      const two = committed(takeDesired(ONE, aDesired({ generation: 2, model: aModelRef('2') })), 'b', aModelRef('2'));
      const back = takeDesired(two, aDesired({ generation: 3, model: aModelRef('1') }));

      expect(planAgent(back, FACTS)[0]).toEqual({ do: 'swap', to: 'a' });
    });
  });

  describe('when a trial runs', () => {
    const desired = takeDesired(ONE, aDesired({ generation: 2, model: aModelRef('2') }));
    const trial = beginTrial(proved(desired, 'b', aModelRef('2')), 'b');

    it('watches, then confirms', () => {
      expect(kinds(planAgent(trial, { ...FACTS, judgement: { verdict: 'watching' } }))).toEqual(['watch', 'confirm']);
      expect(kinds(planAgent(trial, { ...FACTS, judgement: { verdict: 'healthy' } }))).toEqual(['confirm']);
    });

    it('rolls back on a breach, whatever is desired by then', () => {
      const breached = { ...FACTS, judgement: { verdict: 'breached' as const, findings: [] } };
      const other = takeDesired(trial, aDesired({ generation: 3, model: aModelRef('3') }));

      expect(planAgent(trial, breached)[0]).toMatchObject({ do: 'roll-back', slot: 'b' });
      expect(planAgent(other, breached)[0]).toMatchObject({ do: 'roll-back', slot: 'b' });
    });

    it('returns at once when the station wants the previous model again', () => {
      const back = takeDesired(trial, aDesired({ generation: 3, model: aModelRef('1') }));

      expect(planAgent(back, FACTS)).toEqual([{ do: 'return', slot: 'b' }]);
    });

    it('does not write the way back when a third model is desired', () => {
      const third = takeDesired(trial, aDesired({ generation: 3, model: aModelRef('3') }));

      expect(kinds(planAgent(third, FACTS))).toEqual(['watch', 'confirm']);
    });
  });

  describe('when the model failed here', () => {
    const desired = takeDesired(ONE, aDesired({ generation: 2, model: aModelRef('2') }));
    const failed = failSlot(beginStaging(desired, 'b', aModelRef('2')), 'b', someEvidence(aModelRef('2')));

    it('is not tried again under the same rollout', () => {
      const repeated = takeDesired(failed, aDesired({ generation: 3, model: aModelRef('2') }));

      expect(planAgent(failed, FACTS)).toEqual([{ do: 'wait', for: 'another-desired' }]);
      expect(planAgent(repeated, FACTS)).toEqual([{ do: 'wait', for: 'another-desired' }]);
      expect(rolloutStateOf(repeated)).toBe('fell-back');
    });

    it('is tried again under another rollout', () => {
      const again = takeDesired(failed, aDesired({ generation: 3, model: aModelRef('2'), rolloutId: 'rollout-2' }));

      expect(planAgent(again, FACTS)[0]?.do).toBe('pull');
      expect(rolloutStateOf(again)).toBe('queued');
    });
  });

  describe('when the first model fails its trial', () => {
    it('leaves nothing active and says so', () => {
      const state = takeDesired(FRESH_STATE, aDesired());
      const back = rollBackTrial(beginTrial(proved(state, 'a', aModelRef()), 'a'), 'a', someEvidence(aModelRef()));

      expect(back.active).toBeNull();
      expect(rolloutStateOf(back)).toBe('fell-back');
    });
  });

  describe('when no model is desired', () => {
    it('stops serving and keeps the slot', () => {
      const none = takeDesired(ONE, aDesired({ generation: 2, model: null }));

      expect(planAgent(none, FACTS)).toEqual([{ do: 'stop-serving' }]);
      expect(planAgent({ ...none, stopped: true }, FACTS)).toEqual([{ do: 'wait', for: 'desired' }]);
    });

    it('is ready for that model when it is offered again, and serves it once it is activated', () => {
      const stopped = { ...takeDesired(ONE, aDesired({ generation: 2, model: null })), stopped: true };
      const offered = takeDesired(stopped, aDesired({ generation: 3, model: aModelRef('1'), phase: 'stage' }));
      const activated = takeDesired(stopped, aDesired({ generation: 3, model: aModelRef('1'), phase: 'activate' }));

      expect(rolloutStateOf(offered)).toBe('armed');
      expect(kinds(planAgent(offered, FACTS))).toEqual(['wait']);
      expect(rolloutStateOf(activated)).toBe('swapping');
      expect(kinds(planAgent(activated, FACTS))).toEqual(['resume-serving']);
    });
  });

  describe('when the document expired before the model was here', () => {
    it('starts nothing more', () => {
      const state = takeDesired(FRESH_STATE, aDesired());

      expect(planAgent(state, { ...FACTS, now: 2_000_000 })).toEqual([{ do: 'wait', for: 'another-desired' }]);
    });
  });

  describe('when the mirror did not answer', () => {
    it('waits for it', () => {
      expect(planAgent(takeDesired(FRESH_STATE, aDesired()), { ...FACTS, pullNotBefore: 3000 })).toEqual([
        { do: 'wait', for: 'mirror' },
      ]);
    });
  });
});
