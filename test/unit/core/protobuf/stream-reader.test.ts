import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAppError } from '#core/base/index.ts';
import {
  ProtoStreamReader,
  ProtoWriter,
  toInt64,
  type FieldValue,
  type MessageShape,
  type ProtoLimits,
} from '#core/protobuf/index.ts';

const NODE: MessageShape = {
  name: 'Node',
  fields: {
    1: { read: 'varints', keep: 4 },
    2: { read: 'text', keep: 8 },
    3: { read: 'bytes', keep: 4 },
    4: { read: 'message', of: () => NODE },
    5: { read: 'fixed', width: 4 },
  },
};
const LIMITS: ProtoLimits = { depth: 50, fields: 10_000, keptBytes: 100_000 };

function read(bytes: Uint8Array, pieceBytes = bytes.length, limits = LIMITS): string[] {
  const log: string[] = [];
  const reader = new ProtoStreamReader(
    NODE,
    {
      open: (shape) => log.push(`open ${shape.name}`),
      value: (field, value) => log.push(`${String(field)}=${show(value)}`),
      close: () => log.push('close'),
    },
    limits,
  );
  for (let at = 0; at < bytes.length; at += Math.max(1, pieceBytes))
    reader.push(bytes.subarray(at, at + Math.max(1, pieceBytes)));
  reader.end();
  return log;
}

function show(value: FieldValue): string {
  switch (value.kind) {
    case 'text':
      return value.text;
    case 'bytes':
      return `${Buffer.from(value.head).toString('hex')}/${String(value.length)}`;
    case 'varints':
      return `${value.values.map((number) => String(toInt64(number))).join(',')}#${String(value.count)}`;
    case 'fixed':
      return `fixed#${String(value.count)}`;
  }
}

function faultOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return isAppError(error, 'INPUT_MALFORMED') ? error.details['fault'] : error;
  }
  return 'accepted';
}

const sample = (): Uint8Array =>
  new ProtoWriter()
    .varint(1, 300)
    .varint(1, -2n)
    .string(2, 'héllo')
    .bytes(3, Uint8Array.from([1, 2, 3, 4, 5, 6]))
    .message(4, new ProtoWriter().packedVarints(1, [1, 2, 3, 4, 5]).message(4, new ProtoWriter()))
    .packedFloats(5, [1, 2, 3])
    .varint(99, 7)
    .finish();

describe('ProtoStreamReader', () => {
  it('tells every known field in order, signed and packed alike, and skips the unknown', () => {
    expect(read(sample())).toEqual([
      '1=300#1',
      '1=-2#1',
      '2=héllo',
      '3=01020304/6',
      'open Node',
      '1=1,2,3,4#5',
      'open Node',
      'close',
      'close',
      '5=fixed#3',
    ]);
  });

  it('reads the same whatever the pieces', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), (pieceBytes) => {
        expect(read(sample(), pieceBytes)).toEqual(read(sample()));
      }),
      { seed: 21 },
    );
  });

  describe('when the bytes are hostile', () => {
    it.each([
      ['a length beyond its message', [0x22, 0x02, 0x12, 0x7f], 'malformed'],
      ['a length beyond the file', [0x12, 0x7f, 0x61], 'malformed'],
      ['a varint of eleven bytes', [0x08, ...Array.from({ length: 10 }, () => 0xff), 0x01], 'malformed'],
      ['a group', [0x0b], 'malformed'],
      ['field number zero', [0x00], 'malformed'],
      ['the wrong type for a field', [0x10, 0x01], 'malformed'],
      ['a file that ends inside a field number', [0x88], 'malformed'],
    ])('refuses %s', (_, bytes, fault) => {
      expect(faultOf(() => read(Uint8Array.from(bytes)))).toBe(fault);
    });

    it('refuses twenty thousand nested messages without using the call stack', () => {
      let message = new ProtoWriter();
      for (let level = 0; level < 2000; level += 1) message = new ProtoWriter().message(4, message);

      expect(faultOf(() => read(message.finish()))).toBe('too-deep');
    });

    it('refuses more fields and more names than the limits allow', () => {
      const many = new ProtoWriter();
      for (let at = 0; at < 50; at += 1) many.string(2, 'abcdefgh');

      expect(faultOf(() => read(many.finish(), 16, { ...LIMITS, fields: 20 }))).toBe('too-large');
      expect(faultOf(() => read(many.finish(), 16, { ...LIMITS, keptBytes: 100 }))).toBe('too-large');
    });

    it('answers any bytes with a reading or a typed refusal', () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 1, max: 16 }), (bytes, pieceBytes) => {
          expect(typeof faultOf(() => read(bytes, pieceBytes))).toBe('string');
        }),
        { numRuns: 2000, seed: 22 },
      );
    });
  });
});
