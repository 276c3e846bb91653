import { describe, expect, it } from 'vitest';
import { checkLabel, evolveSample, workOf } from '#core/review/index.ts';
import { aBox, aSample, anAccepted } from './builders.ts';

const label = { imageClass: 'short', boxes: [aBox()], note: '' };

describe('evolveSample', () => {
  it('takes a labelled sample into work, and decides it', () => {
    const labelled = evolveSample(aSample(), { type: 'sample.labelled', label, by: 'Quinn' }, 0, 7);
    const accepted = evolveSample(labelled, { type: 'sample.decided', state: 'accepted', by: 'Quinn' }, 1, 8);

    expect(labelled).toMatchObject({ state: 'in-work', label, labelledBy: 'Quinn', labelledAt: 7, revision: 1 });
    expect(accepted).toMatchObject({ state: 'accepted', decidedBy: 'Quinn', revision: 2 });
  });

  it('refuses a change to a revision that the person did not see', () => {
    expect(() => evolveSample(aSample({ revision: 3 }), { type: 'sample.labelled', label, by: 'Quinn' }, 2, 7)).toThrow(
      expect.objectContaining({ code: 'CONFLICT' }),
    );
  });

  it('accepts nothing without a label, but rejects it', () => {
    expect(() => evolveSample(aSample(), { type: 'sample.decided', state: 'accepted', by: 'Quinn' }, 0, 7)).toThrow(
      expect.objectContaining({ code: 'LABEL_INVALID' }),
    );
    expect(evolveSample(aSample(), { type: 'sample.decided', state: 'rejected', by: 'Quinn' }, 0, 7).state).toBe(
      'rejected',
    );
  });

  it('takes a decided sample back into work when it is labelled again', () => {
    expect(evolveSample(anAccepted(), { type: 'sample.labelled', label, by: 'Quinn' }, 2, 7)).toMatchObject({
      state: 'in-work',
      decidedBy: null,
    });
  });

  it('undoes to exactly the work before, with a new revision', () => {
    const before = aSample();
    const labelled = evolveSample(before, { type: 'sample.labelled', label, by: 'Quinn' }, 0, 7);

    const undone = evolveSample(labelled, { type: 'sample.undone', before: workOf(before) }, 1, 9);

    expect(undone).toEqual({ ...before, revision: 2 });
  });
});

describe('checkLabel', () => {
  const faults: [string, Parameters<typeof checkLabel>[1]][] = [
    ['imageClass', { imageClass: 'scratch', boxes: [], note: '' }],
    ['boxes.0', { imageClass: null, boxes: [aBox({ x: -0.5 })], note: '' }],
    ['boxes.0', { imageClass: null, boxes: [aBox({ x: 60, width: 5 })], note: '' }],
    ['boxes.0', { imageClass: null, boxes: [aBox({ y: 45, height: 3.5 })], note: '' }],
    ['boxes.0', { imageClass: null, boxes: [aBox({ width: Number.POSITIVE_INFINITY })], note: '' }],
    ['boxes.0.className', { imageClass: null, boxes: [aBox({ className: 'dog' })], note: '' }],
    ['boxes.1.id', { imageClass: null, boxes: [aBox(), aBox()], note: '' }],
  ];
  it.each(faults)('finds what is wrong at %s', (at, bad) => {
    expect(checkLabel(aSample(), bad).map((finding) => finding.at)).toEqual([at]);
  });

  it('takes a box that covers the whole picture', () => {
    expect(
      checkLabel(aSample(), { imageClass: null, boxes: [aBox({ x: 0, y: 0, width: 64, height: 48 })], note: '' }),
    ).toEqual([]);
  });

  it('refuses boxes on a feature row', () => {
    expect(
      checkLabel(aSample({ kind: 'features', width: null, height: null }), {
        imageClass: null,
        boxes: [aBox()],
        note: '',
      })[0]?.at,
    ).toBe('boxes');
  });
});
