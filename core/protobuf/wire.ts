/** Protocol Buffers wire types (encoding specification); groups (3, 4) are refused. */
export const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** A 64-bit varint as a number when a double holds it, else as an unsigned bigint. */
export type VarintValue = number | bigint;

/** Reads an unsigned varint as the signed 64-bit integer that `int64` fields carry. */
export function toInt64(value: VarintValue): VarintValue {
  if (typeof value === 'number') return value;
  const signed = BigInt.asIntN(64, value);
  return signed >= BigInt(Number.MIN_SAFE_INTEGER) && signed <= BigInt(Number.MAX_SAFE_INTEGER)
    ? Number(signed)
    : signed;
}

/** Collects a varint byte by byte; ten bytes at most, and the tenth carries one bit. */
export class VarintReader {
  private low = 0;
  private high = 0n;
  private count = 0;

  /** The value when this byte ends it, `null` when more follow, `'overlong'` when it is no 64-bit varint. */
  push(byte: number): VarintValue | null | 'overlong' {
    const bits = byte & 0x7f;
    if (this.count < 7) this.low += bits * 2 ** (7 * this.count);
    else this.high |= BigInt(bits) << BigInt(7 * this.count);
    this.count += 1;
    if (this.count === 10 && byte > 1) return 'overlong';
    if ((byte & 0x80) !== 0) return null;
    const value = this.high === 0n ? this.low : this.high | BigInt(this.low);
    this.reset();
    return typeof value === 'bigint' && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
  }

  get isEmpty(): boolean {
    return this.count === 0;
  }

  reset(): void {
    this.low = 0;
    this.high = 0n;
    this.count = 0;
  }
}

/**
 * Counts whole varints at the start of `bytes` without their values: numbers that nobody keeps pass ten times faster.
 * `bytes` of the answer ends behind the last whole one.
 */
export function countVarints(bytes: Uint8Array): { bytes: number; count: number } | 'overlong' {
  let count = 0;
  let whole = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte >= 0x80) continue;
    const length = at + 1 - whole;
    if (length > 10 || (length === 10 && byte > 1)) return 'overlong';
    count += 1;
    whole = at + 1;
  }
  return bytes.length - whole >= 10 ? 'overlong' : { bytes: whole, count };
}
