import type { LineContract, ModelContract, TensorContract } from '#contracts/bundle.ts';
import type { ContractRow } from '#contracts/verdict.ts';
import type { OnnxScan, TensorSignature } from '#core/onnx/index.ts';

/** Both contracts side by side: names, order, shapes, types, units and features of the inputs, and how the data is prepared. */
export function compareToLine(
  contract: Pick<ModelContract, 'inputs'> & { readonly preprocessing?: string | undefined },
  line: LineContract,
): ContractRow[] {
  const count = row('inputs', String(line.inputs.length), String(contract.inputs.length));
  const places = Math.max(contract.inputs.length, line.inputs.length);
  const inputs = Array.from({ length: places }, (_, at) => compareInput(line.inputs[at], contract.inputs[at]));
  const preparation =
    line.preprocessing === undefined ? [] : [row('preprocessing', line.preprocessing, contract.preprocessing ?? null)];
  return [count, ...inputs.flat(), ...preparation];
}

function compareInput(line: TensorContract | undefined, bundle: TensorContract | undefined): ContractRow[] {
  const name = line?.name ?? bundle?.name ?? '';
  const compared = (what: string, textOf: (tensor: TensorContract) => string): ContractRow =>
    row(`${name}: ${what}`, line === undefined ? null : textOf(line), bundle === undefined ? null : textOf(bundle));
  const rows = [
    compared('name', (tensor) => tensor.name),
    compared('type', (tensor) => tensor.datatype),
    compared('shape', (tensor) => shapeText(tensor.shape)),
    compared('unit', (tensor) => tensor.unit ?? 'none'),
  ];
  return [...rows, ...compareFeatures(name, line?.features ?? [], bundle?.features ?? [])];
}

type Features = NonNullable<TensorContract['features']>;

/** By place, because a model reads columns by place: two features that changed places have the right shape and wrong answers. */
function compareFeatures(name: string, line: Features, bundle: Features): ContractRow[] {
  const textOf = (feature: Features[number] | undefined): string | null =>
    feature === undefined ? null : `${feature.name} [${feature.unit}]`;
  return Array.from({ length: Math.max(line.length, bundle.length) }, (_, at) =>
    row(`${name}: feature ${String(at + 1)}`, textOf(line[at]), textOf(bundle[at])),
  );
}

function row(field: string, line: string | null, bundle: string | null): ContractRow {
  return { field, line, bundle, fits: line === bundle };
}

/** What does not fit, in words. */
export function sentencesOf(rows: readonly ContractRow[]): string[] {
  return rows
    .filter((one) => !one.fits)
    .map(({ field, line, bundle }) => `${field}: the line has ${line ?? 'nothing'}, the model ${bundle ?? 'nothing'}`);
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
