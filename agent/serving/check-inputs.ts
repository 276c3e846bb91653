import type { ModelContract, TensorContract } from '#contracts/bundle.ts';
import { AppError } from '#core/base/index.ts';
import { elementCount, type Tensor } from '#core/tensor/index.ts';

/** Every input of the contract, exactly once, in its type and shape; INFERENCE_INPUT_INVALID names the first that is not. */
export function checkInputs(contract: ModelContract, inputs: readonly Tensor[]): readonly Tensor[] {
  for (const input of inputs) {
    if (!contract.inputs.some((wanted) => wanted.name === input.name))
      throw invalid(`the model has no input ${input.name}`, input.name);
  }
  for (const wanted of contract.inputs) {
    const given = inputs.filter((input) => input.name === wanted.name);
    if (given.length !== 1 || given[0] === undefined)
      throw invalid(`input ${wanted.name} must be given once, it is given ${String(given.length)} times`, wanted.name);
    checkInput(wanted, given[0]);
  }
  const batches = new Set(
    contract.inputs.flatMap((wanted) =>
      wanted.shape[0] === -1 ? [inputs.find((input) => input.name === wanted.name)?.shape[0]] : [],
    ),
  );
  if (batches.size > 1)
    throw invalid(`all inputs must have one batch size, they have ${[...batches].join(' and ')}`, 'batch');
  return inputs;
}

function checkInput(wanted: TensorContract, given: Tensor): void {
  if (given.datatype !== wanted.datatype)
    throw invalid(`input ${wanted.name} must be ${wanted.datatype}, it is ${given.datatype}`, wanted.name);
  const fits =
    given.shape.length === wanted.shape.length &&
    wanted.shape.every((size, at) => (size === -1 ? (given.shape[at] ?? 0) > 0 : size === given.shape[at]));
  if (!fits)
    throw invalid(
      `input ${wanted.name} must have shape [${wanted.shape.join()}], it has [${given.shape.join()}]`,
      wanted.name,
    );
  const count = elementCount(given.shape);
  if (given.data.length !== count)
    throw invalid(
      `input ${wanted.name} needs ${String(count)} elements, it has ${String(given.data.length)}`,
      wanted.name,
    );
}

function invalid(message: string, input: string): AppError {
  return new AppError('INFERENCE_INPUT_INVALID', message, { input });
}
