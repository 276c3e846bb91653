import type { TensorDatatype } from '#contracts/bundle.ts';
import { AppError } from '#core/base/index.ts';
import { allocate, toNumbers, type Tensor, type TensorData } from '#core/tensor/index.ts';

/** Smallest and largest value of each integer type that a JSON number can carry without loss. */
const RANGES: Readonly<Partial<Record<TensorDatatype, readonly [number, number]>>> = {
  UINT8: [0, 2 ** 8 - 1],
  UINT16: [0, 2 ** 16 - 1],
  UINT32: [0, 2 ** 32 - 1],
  UINT64: [0, Number.MAX_SAFE_INTEGER],
  INT8: [-(2 ** 7), 2 ** 7 - 1],
  INT16: [-(2 ** 15), 2 ** 15 - 1],
  INT32: [-(2 ** 31), 2 ** 31 - 1],
  INT64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
};

/** Nested deeper than any shape can be. */
const MAX_DEPTH = 8;

/** Elements of a JSON input, flat or nested as the protocol allows. FP16 and BF16 have no JSON form there: they travel as binary data. */
export function elementsFromJson(
  name: string,
  datatype: TensorDatatype,
  { data, count }: { data: readonly unknown[]; count: number },
): TensorData {
  if (datatype === 'FP16' || datatype === 'BF16')
    throw invalid(`input ${name}: ${datatype} has no JSON form, send binary tensor data`);
  if (datatype === 'BYTES') {
    const texts: string[] = [];
    walk(data, 0, (value) => {
      if (typeof value !== 'string') throw invalid(`input ${name}: text expected`);
      texts.push(value);
    });
    if (texts.length !== count)
      throw invalid(`input ${name} needs ${String(count)} elements, it has ${String(texts.length)}`);
    return texts;
  }
  // Not before the data are known to be there: a shape alone must not allocate.
  const elements = allocate(datatype, Math.min(count, countLeaves(data))) as Exclude<TensorData, readonly string[]>;
  let at = 0;
  walk(data, 0, (value) => {
    if (at < elements.length) setElement(elements, at, elementOf(name, datatype, value));
    at += 1;
  });
  if (at !== count) throw invalid(`input ${name} needs ${String(count)} elements, it has ${String(at)}`);
  return elements;
}

function setElement(elements: Exclude<TensorData, readonly string[]>, at: number, value: number | bigint): void {
  (elements as Record<number, number | bigint>)[at] = value;
}

function elementOf(name: string, datatype: TensorDatatype, value: unknown): number | bigint {
  if (datatype === 'BOOL') {
    if (typeof value !== 'boolean' && value !== 0 && value !== 1)
      throw invalid(`input ${name}: true or false expected`);
    return value === true || value === 1 ? 1 : 0;
  }
  if (typeof value !== 'number') throw invalid(`input ${name}: numbers expected`);
  const range = RANGES[datatype];
  if (range === undefined) return value;
  if (!Number.isInteger(value) || value < range[0] || value > range[1])
    throw invalid(`input ${name}: ${String(value)} is not a ${datatype}`);
  return datatype === 'INT64' || datatype === 'UINT64' ? BigInt(value) : value;
}

function walk(values: readonly unknown[], depth: number, leaf: (value: unknown) => void): void {
  if (depth >= MAX_DEPTH) throw invalid('data are nested deeper than a tensor can be');
  for (const value of values) {
    if (Array.isArray(value)) walk(value as unknown[], depth + 1, leaf);
    else leaf(value);
  }
}

function countLeaves(values: readonly unknown[]): number {
  let count = 0;
  walk(values, 0, () => {
    count += 1;
  });
  return count;
}

/**
 * Elements of an output as JSON. 64-bit integers keep every digit (`JSON.rawJSON`); what JSON cannot say exactly
 * (NaN, infinities, 16-bit floats) is refused with the advice to ask for binary data.
 */
export function elementsToJson(tensor: Tensor): unknown[] {
  const { data, datatype, name } = tensor;
  if (datatype === 'BYTES') return [...(data as readonly string[])];
  if (datatype === 'BOOL') return Array.from(data as Uint8Array, (value) => value !== 0);
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return Array.from(data, exactInteger);
  if (datatype === 'FP16' || datatype === 'BF16') throw invalid(`output ${name} is ${datatype}: ask for binary_data`);
  const numbers = Array.from(toNumbers(tensor));
  if (!numbers.every(Number.isFinite))
    throw invalid(`output ${name} has values that JSON cannot carry: ask for binary_data`);
  return numbers;
}

function exactInteger(value: bigint): unknown {
  return (JSON as typeof JSON & { rawJSON(text: string): unknown }).rawJSON(String(value));
}

function invalid(message: string): AppError {
  return new AppError('INFERENCE_INPUT_INVALID', message);
}
