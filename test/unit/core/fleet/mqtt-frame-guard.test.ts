import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mqttFrameGuard } from '#core/fleet/index.ts';

/** One MQTT frame with a body of `length` bytes. */
function frame(length: number): Uint8Array {
  return Uint8Array.from([0x30, ...lengthBytes(length), ...new Array<number>(length).fill(0xff)]);
}

/** The bytes cut into pieces at the given places. */
function cut(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const size of sizes) {
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return [...pieces, bytes.subarray(at)];
}

describe('mqttFrameGuard', () => {
  it('passes frames within the limit, however the stream is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1000 }), { maxLength: 20 }),
        fc.array(fc.integer({ min: 0, max: 300 })),
        (lengths, sizes) => {
          const guard = mqttFrameGuard(1000);

          expect(cut(Buffer.concat(lengths.map(frame)), sizes).every(guard)).toBe(true);
        },
      ),
    );
  });

  it('stops at the header of the first frame above the limit', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1000 }), { maxLength: 5 }),
        fc.integer({ min: 1001, max: 268_435_455 }),
        (lengths, tooLong) => {
          const guard = mqttFrameGuard(1000);
          const announced = Uint8Array.from([0x30, ...lengthBytes(tooLong)]);

          expect(lengths.map(frame).every(guard)).toBe(true);
          expect(guard(announced)).toBe(false);
        },
      ),
    );
  });

  it('refuses a length of more than four bytes', () => {
    expect(mqttFrameGuard(1000)(Uint8Array.of(0x30, 0x80, 0x80, 0x80, 0x80))).toBe(false);
  });
});

function lengthBytes(length: number): number[] {
  const bytes: number[] = [];
  let rest = length;
  do {
    const byte = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? byte | 0x80 : byte);
  } while (rest > 0);
  return bytes;
}
