import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { isAppError } from '#core/base/index.ts';
import { ProtoWriter } from '#core/protobuf/writer.ts';
import { readTensorProto } from '#core/tensor/index.ts';

describe('readTensorProto', () => {
  it('reads raw and typed data of the same tensor alike', () => {
    const raw = new ProtoWriter()
      .packedVarints(1, [1, 2])
      .varint(2, 1)
      .string(8, 'x')
      .bytes(9, new Uint8Array(Float32Array.of(1.5, -2).buffer))
      .finish();
    const typed = new ProtoWriter()
      .varint(1, 1)
      .varint(1, 2)
      .varint(2, 1)
      .packedFloats(4, [1.5, -2])
      .string(8, 'x')
      .finish();

    expect(readTensorProto(raw)).toEqual({
      name: 'x',
      datatype: 'FP32',
      shape: [1, 2],
      data: Float32Array.of(1.5, -2),
    });
    expect(readTensorProto(typed)).toEqual(readTensorProto(raw));
  });

  it('reads negative int64 values', () => {
    const bytes = new ProtoWriter().packedVarints(1, [2]).varint(2, 7).packedVarints(7, [-5n, 9n]).finish();

    expect(readTensorProto(bytes).data).toEqual(BigInt64Array.of(-5n, 9n));
  });

  it.each([
    [
      'a shape that its data does not fill',
      new ProtoWriter().packedVarints(1, [3]).varint(2, 1).packedFloats(4, [1]).finish(),
    ],
    ['a negative dimension', new ProtoWriter().packedVarints(1, [-1]).varint(2, 1).finish()],
    ['data in another file', new ProtoWriter().varint(2, 1).varint(14, 1).finish()],
    [
      'a path to another file',
      new ProtoWriter()
        .varint(1, 4)
        .varint(2, 1)
        .message(13, new ProtoWriter().string(1, 'location').string(2, '/etc/passwd'))
        .finish(),
    ],
    ['an unknown element type', new ProtoWriter().varint(2, 99).finish()],
    [
      'an element that is cut off',
      new ProtoWriter().packedVarints(1, [1]).varint(2, 1).bytes(9, new Uint8Array(3)).finish(),
    ],
  ])('refuses %s', (_what, bytes) => {
    expect(() => readTensorProto(bytes)).toThrow(/golden vector/);
  });

  it('never fails otherwise than with its own code', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          readTensorProto(bytes);
        } catch (error) {
          expect(isAppError(error, 'ONNX_MALFORMED')).toBe(true);
        }
      }),
      { numRuns: 3000 },
    );
  });
});
