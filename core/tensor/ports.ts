import type { TensorDatatype } from '#contracts/bundle.ts';

/** Elements as they lie in memory: FP16 and BF16 as their 16 bits, BOOL as 0 or 1, BYTES as text. */
export type TensorData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | readonly string[];

/** A named tensor in row-major order. */
export interface Tensor {
  readonly name: string;
  readonly datatype: TensorDatatype;
  readonly shape: readonly number[];
  readonly data: TensorData;
}
