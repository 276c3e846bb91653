import type { ModelContract, TensorContract } from '#contracts/bundle.ts';
import type { OnnxScan, TensorSignature } from '#core/onnx/index.ts';

/** How a contract differs from what the line gives: names, order, shapes, types, units and features, in words. */
export function differencesToLine(
  contract: Pick<ModelContract, 'inputs'>,
  line: Pick<ModelContract, 'inputs'>,
): string[] {
  const differences: string[] = [];
  if (contract.inputs.length !== line.inputs.length)
    differences.push(
      `the line gives ${String(line.inputs.length)} inputs, the model takes ${String(contract.inputs.length)}`,
    );
  for (const [index, wanted] of line.inputs.entries()) {
    const found = contract.inputs[index];
    if (found !== undefined) differences.push(...tensorDifferences(found, wanted));
  }
  return differences;
}

function tensorDifferences(found: TensorContract, wanted: TensorContract): string[] {
  const differences: string[] = [];
  const compare = (what: string, line: string, model: string): void => {
    if (line !== model) differences.push(`input ${wanted.name}: ${what} of the line is ${line}, of the model ${model}`);
  };
  compare('name', wanted.name, found.name);
  compare('type', wanted.datatype, found.datatype);
  compare('shape', shapeText(wanted.shape), shapeText(found.shape));
  compare('unit', wanted.unit ?? 'none', found.unit ?? 'none');
  compare('feature order', featureText(wanted), featureText(found));
  return differences;
}

function featureText(tensor: TensorContract): string {
  return (tensor.features ?? []).map((feature) => `${feature.name} [${feature.unit}]`).join(', ');
}

/** How a contract differs from what the model itself declares. A free dimension fits every size. */
export function differencesToModel(contract: ModelContract, scan: OnnxScan): string[] {
  const missing = scan.inputs.filter((input) => contract.inputs.every((tensor) => tensor.name !== input.name));
  return [
    ...contract.inputs.flatMap((tensor) => signatureDifferences('input', tensor, scan.inputs)),
    ...contract.outputs.flatMap((tensor) => signatureDifferences('output', tensor, scan.outputs)),
    ...missing.map((input) => `the model needs input ${input.name}, the contract does not list it`),
  ];
}

function signatureDifferences(
  kind: 'input' | 'output',
  tensor: TensorContract,
  declared: readonly TensorSignature[],
): string[] {
  const found = declared.find((signature) => signature.name === tensor.name);
  if (found === undefined) return [`the contract lists ${kind} ${tensor.name}, the model has none of that name`];
  const differences: string[] = [];
  if (found.datatype !== null && found.datatype !== tensor.datatype)
    differences.push(`${kind} ${tensor.name} is ${tensor.datatype} in the contract, ${found.datatype} in the model`);
  if (found.shape !== null && !shapesFit(tensor.shape, found.shape)) {
    differences.push(
      `${kind} ${tensor.name} has shape ${shapeText(tensor.shape)} in the contract, ${shapeText(found.shape)} in the model`,
    );
  }
  return differences;
}

function shapesFit(left: readonly number[], right: readonly number[]): boolean {
  return (
    left.length === right.length &&
    left.every((dim, index) => dim === right[index] || dim === -1 || right[index] === -1)
  );
}

function shapeText(shape: readonly number[]): string {
  return `[${shape.map((dim) => (dim === -1 ? 'N' : String(dim))).join(',')}]`;
}
