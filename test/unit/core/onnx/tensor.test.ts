import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAppError } from '#core/base/index.ts';
import { decodeTensor, encodeTensor, floatsOf, floatTensor } from '#core/onnx/index.ts';
import { ProtoWriter } from '#core/protobuf/index.ts';

describe('golden tensors', () => {
  it('come back exactly as they were written', () => {
    fc.assert(
      fc.property(fc.array(fc.float({ noNaN: true }), { maxLength: 50 }), (values) => {
        const tensor = decodeTensor(encodeTensor(floatTensor('x', [values.length], values)));
        expect([...floatsOf(tensor)]).toEqual(values);
        expect(tensor).toMatchObject({ name: 'x', datatype: 'FP32', shape: [values.length] });
      }),
      { numRuns: 100, seed: 41 },
    );
  });

  it('are read from typed fields too', () => {
    const bytes = new ProtoWriter().varint(1, 3).varint(2, 1).packedFloats(4, [1, 2, 3]).string(8, 'x').finish();

    expect([...floatsOf(decodeTensor(bytes))]).toEqual([1, 2, 3]);
  });

  it.each([
    [
      'external data',
      new ProtoWriter()
        .varint(1, 4)
        .varint(2, 1)
        .message(13, new ProtoWriter().string(1, 'location').string(2, '/etc/passwd')),
    ],
    ['dimensions that do not match', new ProtoWriter().varint(1, 4).varint(2, 1).bytes(9, new Uint8Array(8))],
    ['a negative dimension', new ProtoWriter().varint(1, -1).varint(2, 1).bytes(9, new Uint8Array(4))],
    ['an unknown type', new ProtoWriter().varint(1, 1).varint(2, 77).bytes(9, new Uint8Array(4))],
  ])('are refused with %s', (_, writer) => {
    expect(() => decodeTensor(writer.finish())).toThrow(expect.objectContaining({ code: 'INPUT_MALFORMED' }) as Error);
  });

  it('answer any bytes with a tensor or a typed refusal', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        try {
          decodeTensor(bytes);
        } catch (error) {
          expect(isAppError(error)).toBe(true);
        }
      }),
      { numRuns: 1000, seed: 42 },
    );
  });
});
