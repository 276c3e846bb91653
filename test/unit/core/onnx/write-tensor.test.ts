import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeTensor, floatTensor } from '#core/onnx/index.ts';
import { readTensorProto, type Tensor } from '#core/tensor/index.ts';

describe('encodeTensor', () => {
  it('writes floats that come back exactly', () => {
    fc.assert(
      fc.property(fc.array(fc.float({ noNaN: true }), { maxLength: 50 }), (values) => {
        const tensor = floatTensor('x', [values.length], values);

        expect(readTensorProto(encodeTensor(tensor))).toEqual(tensor);
      }),
      { numRuns: 100, seed: 41 },
    );
  });

  it.each<Tensor>([
    { name: 'margins', datatype: 'INT64', shape: [2], data: BigInt64Array.of(-1n, 2n) },
    { name: 'zero', datatype: 'INT8', shape: [], data: Int8Array.of(-7) },
    { name: 'half', datatype: 'FP16', shape: [1, 1], data: Uint16Array.of(0x3c00) },
    { name: 'labels', datatype: 'BYTES', shape: [2], data: ['open', 'kurzgeschlossen'] },
  ])('writes $datatype that comes back exactly', (tensor) => {
    expect(readTensorProto(encodeTensor(tensor))).toEqual(tensor);
  });
});
