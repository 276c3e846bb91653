import { malformed } from './malformed.ts';

/** Reads wire format front to back; every read checks that the bytes are there. */
export class WireCursor {
  private at = 0;
  private readonly source: Uint8Array;

  constructor(source: Uint8Array) {
    this.source = source;
  }

  get atEnd(): boolean {
    return this.at >= this.source.length;
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.source[this.at];
      if (byte === undefined) break;
      this.at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw malformed('a number is cut off');
  }

  bytes(): Uint8Array {
    const length = Number(this.varint());
    if (length > this.source.length - this.at) throw malformed('a field is cut off');
    const taken = this.source.subarray(this.at, this.at + length);
    this.at += length;
    return taken;
  }

  /** Repeated integers, packed or one by one. */
  varints(wire: number): bigint[] {
    if (wire === 0) return [this.varint()];
    const packed = new WireCursor(this.bytes());
    const values: bigint[] = [];
    while (!packed.atEnd) values.push(packed.varint());
    return values;
  }

  /** Repeated floats or doubles, packed or one by one. */
  fixed(wire: number, width: 4 | 8): number[] {
    const taken = wire === 2 ? this.bytes() : this.take(width);
    if (taken.length % width !== 0) throw malformed('a float is cut off');
    const view = new DataView(taken.buffer, taken.byteOffset, taken.byteLength);
    return Array.from({ length: taken.length / width }, (_, index) =>
      width === 4 ? view.getFloat32(index * 4, true) : view.getFloat64(index * 8, true),
    );
  }

  skip(wire: number): void {
    if (wire === 0) this.varint();
    else if (wire === 1) this.take(8);
    else if (wire === 2) this.bytes();
    else if (wire === 5) this.take(4);
    else throw malformed(`wire type ${String(wire)} is not part of a tensor`);
  }

  private take(length: number): Uint8Array {
    if (length > this.source.length - this.at) throw malformed('a field is cut off');
    this.at += length;
    return this.source.subarray(this.at - length, this.at);
  }
}
