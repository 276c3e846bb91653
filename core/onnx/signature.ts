import type { TensorDatatype } from '#contracts/bundle.ts';
import { dataTypeOf } from './data-types.ts';
import { childrenOf, integersOf, textOf, type Message } from './tree.ts';

/** One input or output as the model itself declares it; −1 is a free dimension, `null` what the contract cannot express. */
export interface TensorSignature {
  readonly name: string;
  readonly datatype: TensorDatatype | null;
  readonly shape: readonly number[] | null;
}

/** The declared inputs or outputs of a graph. */
export function tensorSignatures(infos: readonly Message[]): TensorSignature[] {
  return infos.map((info) => {
    const tensorType = childrenOf(childrenOf(info, 2)[0], 1)[0];
    const shape = childrenOf(tensorType, 2)[0];
    return {
      name: textOf(info, 1),
      datatype:
        tensorType === undefined ? null : (dataTypeOf(Number(integersOf(tensorType, 1).at(-1) ?? 0))?.datatype ?? null),
      shape: shape === undefined ? null : childrenOf(shape, 1).map(dimension),
    };
  });
}

function dimension(message: Message): number {
  const [value] = integersOf(message, 1);
  return typeof value === 'number' && value >= 0 ? value : -1;
}
