import { describe, expect, it } from 'vitest';
import { DeviceRolloutState, SlotView } from '#contracts/device.ts';
import { JobState } from '#contracts/jobs.ts';
import { ImportState } from '#contracts/media.ts';
import { SampleState } from '#contracts/review.ts';
import { CohortState, RolloutState } from '#contracts/rollout.ts';
import {
  ASPECT_MARKS,
  COHORT_STATE_MARKS,
  DEVICE_STATE_MARKS,
  IMPORT_STATE_MARKS,
  JOB_STATE_MARKS,
  NE107_MARKS,
  NE107_ORDER,
  ROLLOUT_STATE_MARKS,
  SAMPLE_STATE_MARKS,
  SLOT_STATE_MARKS,
} from '#renderer/display/status-marks.ts';
import { en } from '#renderer/messages/en/index.ts';

describe('NE 107 marks', () => {
  it('have every state in the order of NAMUR', () => {
    expect([...NE107_ORDER].sort()).toEqual(Object.keys(NE107_MARKS).sort());
  });

  it('tell every state apart without colour: own symbol, own letter, own word', () => {
    const marks = Object.values(NE107_MARKS);

    expect(new Set(marks.map((mark) => mark.icon)).size).toBe(marks.length);
    expect(new Set(marks.map((mark) => mark.letter)).size).toBe(marks.length);
    expect(new Set(Object.values(en.status.ne107)).size).toBe(marks.length);
  });

  it('show normal as grey, never as good', () => {
    expect(NE107_MARKS.N.tone).toBe('n');
  });
});

describe('aspect marks', () => {
  it('never show unknown as established', () => {
    expect(ASPECT_MARKS.unknown).not.toEqual(ASPECT_MARKS.established);
    expect(new Set(Object.values(ASPECT_MARKS).map((mark) => mark.icon)).size).toBe(3);
  });
});

describe('device marks', () => {
  it('never show a healed fault like one that needs hands', () => {
    expect(DEVICE_STATE_MARKS['fell-back'].icon).not.toBe(DEVICE_STATE_MARKS.stuck.icon);
    expect(DEVICE_STATE_MARKS['fell-back'].tone).not.toBe(DEVICE_STATE_MARKS.stuck.tone);
  });
});

describe('every state of the contracts', () => {
  it.each([
    ['device', DeviceRolloutState.options, DEVICE_STATE_MARKS, en.status.device],
    ['rollout', RolloutState.options, ROLLOUT_STATE_MARKS, en.status.rollout],
    ['cohort', CohortState.options, COHORT_STATE_MARKS, en.status.cohort],
    ['import', ImportState.options, IMPORT_STATE_MARKS, en.status.import],
    ['job', JobState.options, JOB_STATE_MARKS, en.status.job],
    ['sample', SampleState.options, SAMPLE_STATE_MARKS, en.status.sample],
    ['slot', SlotView.shape.state.options, SLOT_STATE_MARKS, en.status.slot],
  ] as const)('%s has a symbol and a word', (_name, states, marks, words) => {
    expect(Object.keys(marks).sort()).toEqual([...states].sort());
    expect(Object.keys(words).sort()).toEqual([...states].sort());
  });
});
