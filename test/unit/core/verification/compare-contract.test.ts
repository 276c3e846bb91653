import { describe, expect, it } from 'vitest';
import type { ModelContract } from '#contracts/bundle.ts';
import { compareToLine, sentencesOf } from '#core/verification/index.ts';

const differencesToLine = (...contracts: Parameters<typeof compareToLine>): string[] =>
  sentencesOf(compareToLine(...contracts));

type Inputs = Pick<ModelContract, 'inputs'>;

const features = (...names: readonly string[]): Inputs => ({
  inputs: [
    {
      name: 'features',
      datatype: 'FP32',
      shape: [-1, names.length],
      features: names.map((name) => ({ name, unit: 'K' })),
    },
  ],
});

describe('compareToLine', () => {
  it('finds nothing when names, order, types, shapes and units agree', () => {
    expect(differencesToLine(features('air', 'process'), features('air', 'process'))).toEqual([]);
  });

  it('finds features in another order, which no shape check can see', () => {
    expect(differencesToLine(features('process', 'air'), features('air', 'process'))).toEqual([
      'features: feature 1: the line has air [K], the model process [K]',
      'features: feature 2: the line has process [K], the model air [K]',
    ]);
  });

  it('finds each difference and a missing input', () => {
    const line: Inputs = {
      inputs: [
        { name: 'image', datatype: 'FP32', shape: [-1, 1, 64, 64] },
        { name: 'mask', datatype: 'UINT8', shape: [-1, 64, 64] },
      ],
    };
    const model: Inputs = { inputs: [{ name: 'pixels', datatype: 'FP16', shape: [1, 1, 32, 32], unit: '1' }] };

    expect(differencesToLine(model, line)).toEqual([
      'inputs: the line has 2, the model 1',
      'image: name: the line has image, the model pixels',
      'image: type: the line has FP32, the model FP16',
      'image: shape: the line has [N,1,64,64], the model [1,1,32,32]',
      'image: unit: the line has none, the model 1',
      'mask: name: the line has mask, the model nothing',
      'mask: type: the line has UINT8, the model nothing',
      'mask: shape: the line has [N,64,64], the model nothing',
      'mask: unit: the line has none, the model nothing',
    ]);
  });

  it('compares how the data is prepared only when the line says it', () => {
    const model = { ...features('air'), preprocessing: 'scaled' };

    expect(differencesToLine(model, features('air'))).toEqual([]);
    expect(differencesToLine(model, { ...features('air'), preprocessing: 'raw' })).toEqual([
      'preprocessing: the line has raw, the model scaled',
    ]);
  });
});
