import { describe, expect, it } from 'vitest';
import { bfloatToNumber, compareTensors, halfToNumber, type Tensor } from '#core/tensor/index.ts';

const tensor = (...values: number[]): Tensor => ({
  name: 'y',
  datatype: 'FP32',
  shape: [values.length],
  data: Float32Array.from(values),
});
const TOLERANCE = { rtol: 1e-3, atol: 1e-4 };

describe('compareTensors', () => {
  it('allows what the tolerance allows and names the worst element', () => {
    expect(compareTensors(tensor(1, 100), tensor(1.0005, 100.05), TOLERANCE).equal).toBe(true);
    expect(compareTensors(tensor(1, 100), tensor(1, 101), TOLERANCE)).toMatchObject({
      equal: false,
      detail: 'y[1]: 100 expected, got 101',
    });
  });

  it.each([
    [tensor(1), tensor(Number.NaN), false],
    [tensor(Number.NaN), tensor(Number.NaN), true],
    [tensor(1), tensor(Number.POSITIVE_INFINITY), false],
    [tensor(Number.POSITIVE_INFINITY), tensor(1), false],
    [tensor(1), tensor(1, 2), false],
    [tensor(1), { ...tensor(1), datatype: 'FP64' as const, data: Float64Array.of(1) }, false],
  ])('compares %j with %j', (expected, got, equal) => {
    expect(compareTensors(expected, got, TOLERANCE).equal).toBe(equal);
  });

  it('fails a difference where no tolerance is given', () => {
    expect(compareTensors(tensor(0), tensor(1e-9), { rtol: 0, atol: 0 }).equal).toBe(false);
  });
});

describe('16-bit floats', () => {
  it.each([
    [0x3c00, 1],
    [0xc000, -2],
    [0x7bff, 65504],
    [0x0001, 2 ** -24],
    [0x7c00, Number.POSITIVE_INFINITY],
  ])('reads half %i', (bits, value) => {
    expect(halfToNumber(bits)).toBe(value);
  });

  it('reads bfloat16', () => {
    expect(bfloatToNumber(0x3f80)).toBe(1);
    expect(bfloatToNumber(0xc040)).toBe(-3);
  });
});
