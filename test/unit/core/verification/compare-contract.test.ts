import { describe, expect, it } from 'vitest';
import type { ModelContract } from '#contracts/bundle.ts';
import { differencesToLine } from '#core/verification/index.ts';

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

describe('differencesToLine', () => {
  it('finds nothing when names, order, types, shapes and units agree', () => {
    expect(differencesToLine(features('air', 'process'), features('air', 'process'))).toEqual([]);
  });

  it('finds features in another order, which no shape check can see', () => {
    expect(differencesToLine(features('process', 'air'), features('air', 'process'))).toEqual([
      'input features: feature order of the line is air [K], process [K], of the model process [K], air [K]',
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
      'the line gives 2 inputs, the model takes 1',
      'input image: name of the line is image, of the model pixels',
      'input image: type of the line is FP32, of the model FP16',
      'input image: shape of the line is [N,1,64,64], of the model [1,1,32,32]',
      'input image: unit of the line is none, of the model 1',
    ]);
  });
});
