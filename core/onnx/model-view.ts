import type { VarintValue } from '#core/protobuf/index.ts';
import { bytesOf, childrenOf, countOf, integersOf, textOf, textsOf, type Message } from './tree.ts';

/** A tensor as the file describes it. */
export interface TensorView {
  readonly name: string;
  readonly dims: readonly VarintValue[];
  readonly dataType: number;
  readonly rawBytes: number | null;
  /** Numbers in the typed fields. */
  readonly typedCount: number;
  /** How many integers it holds, and the first of them. */
  readonly count: number;
  readonly integers: readonly VarintValue[];
  readonly isExternal: boolean;
  readonly external: readonly { readonly key: string; readonly value: string }[];
}

/** The shape of a sparse tensor; its values and indices are tensors of their own. */
export interface SparseView {
  readonly name: string;
  readonly dims: readonly VarintValue[];
}

export interface NodeView {
  readonly opType: string;
  /** `ai.onnx` is the long name of the default domain. */
  readonly domain: string;
  readonly overload: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: readonly AttributeView[];
}

export interface AttributeView {
  readonly name: string;
  readonly integers: readonly VarintValue[];
  readonly tensors: readonly TensorView[];
  readonly sparse: readonly SparseView[];
  readonly graphs: readonly GraphView[];
}

export interface GraphView {
  readonly nodes: readonly NodeView[];
  readonly initialisers: readonly TensorView[];
  readonly sparse: readonly SparseView[];
  /** Names that initialisers give: of a sparse one, the name of its values. */
  readonly initialiserNames: readonly string[];
  readonly inputs: readonly Message[];
  readonly outputs: readonly Message[];
  readonly outputNames: readonly string[];
  readonly inputNames: readonly string[];
}

export interface FunctionView {
  readonly key: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly nodes: readonly NodeView[];
  readonly attributes: readonly AttributeView[];
}

export interface ModelView {
  readonly irVersion: number;
  readonly producer: string;
  /** Every graph of the file: the main one (merged order), training graphs. */
  readonly graphs: readonly GraphView[];
  readonly functions: readonly FunctionView[];
  readonly opsets: readonly { readonly domain: string; readonly version: VarintValue }[];
  readonly hasTraining: boolean;
}

/** What identifies a local function (ONNX IR 10: overloads). */
export function functionKey(domain: string, name: string, overload: string): string {
  return `${domain} ${name} ${overload}`;
}

export function viewModel(root: Message): ModelView {
  const training = childrenOf(root, 20);
  const graphs = [
    ...childrenOf(root, 7),
    ...training.flatMap((info) => [...childrenOf(info, 1), ...childrenOf(info, 2)]),
  ];
  return {
    irVersion: Number(integersOf(root, 1).at(-1) ?? 0),
    producer: textOf(root, 2),
    graphs: graphs.map(viewGraph),
    functions: childrenOf(root, 25).map(viewFunction),
    opsets: childrenOf(root, 8).map((opset) => ({
      domain: normalDomain(textOf(opset, 1)),
      version: integersOf(opset, 2).at(-1) ?? 0,
    })),
    hasTraining: training.length > 0,
  };
}

function viewGraph(graph: Message): GraphView {
  const inputs = childrenOf(graph, 11);
  const outputs = childrenOf(graph, 12);
  const dense = childrenOf(graph, 5).map(viewTensor);
  const sparseTensors = childrenOf(graph, 15);
  const sparse = sparseTensors.map(viewSparse);
  return {
    nodes: childrenOf(graph, 1).map(viewNode),
    initialisers: [...dense, ...sparseTensors.flatMap(sparseParts).map(viewTensor)],
    sparse,
    initialiserNames: [...dense, ...sparse].map((tensor) => tensor.name),
    inputs,
    outputs,
    inputNames: inputs.map((input) => textOf(input, 1)),
    outputNames: outputs.map((output) => textOf(output, 1)),
  };
}

function viewNode(node: Message): NodeView {
  return {
    opType: textOf(node, 4),
    domain: normalDomain(textOf(node, 7)),
    overload: textOf(node, 8),
    inputs: textsOf(node, 1),
    outputs: textsOf(node, 2),
    attributes: childrenOf(node, 5).map(viewAttribute),
  };
}

function viewAttribute(attribute: Message): AttributeView {
  const sparse = [...childrenOf(attribute, 22), ...childrenOf(attribute, 23)];
  return {
    name: textOf(attribute, 1),
    integers: [...integersOf(attribute, 3), ...integersOf(attribute, 8)],
    tensors: [...childrenOf(attribute, 5), ...childrenOf(attribute, 10), ...sparse.flatMap(sparseParts)].map(
      viewTensor,
    ),
    sparse: sparse.map(viewSparse),
    graphs: [...childrenOf(attribute, 6), ...childrenOf(attribute, 11)].map(viewGraph),
  };
}

function viewFunction(definition: Message): FunctionView {
  const domain = normalDomain(textOf(definition, 10));
  return {
    key: functionKey(domain, textOf(definition, 1), textOf(definition, 13)),
    domain,
    inputs: textsOf(definition, 4),
    nodes: childrenOf(definition, 7).map(viewNode),
    attributes: childrenOf(definition, 11).map(viewAttribute),
  };
}

function viewTensor(tensor: Message): TensorView {
  const raw = bytesOf(tensor, 9);
  const dataType = Number(integersOf(tensor, 2).at(-1) ?? 0);
  const external = childrenOf(tensor, 13).map((entry) => ({ key: textOf(entry, 1), value: textOf(entry, 2) }));
  return {
    name: textOf(tensor, 8),
    dims: integersOf(tensor, 1),
    dataType,
    rawBytes: raw?.length ?? null,
    typedCount: [4, 5, 6, 7, 10, 11].reduce((sum, field) => sum + countOf(tensor, field), 0),
    ...(raw === undefined ? typedNumbers(tensor) : rawNumbers(raw, dataType)),
    isExternal: external.length > 0 || integersOf(tensor, 14).some((location) => location !== 0),
    external,
  };
}

function typedNumbers(tensor: Message): { count: number; integers: VarintValue[] } {
  return {
    count: [7, 5, 11].reduce((sum, field) => sum + countOf(tensor, field), 0),
    integers: [...integersOf(tensor, 7), ...integersOf(tensor, 5), ...integersOf(tensor, 11)],
  };
}

/** Whole numbers of 4 or 8 bytes; of floats (scales of a resize) the rounded-up ones. */
function rawNumbers(
  raw: { head: Uint8Array; length: number },
  dataType: number,
): { count: number; integers: VarintValue[] } {
  const width = dataType === 7 ? 8 : dataType === 6 || dataType === 1 ? 4 : 0;
  if (width === 0) return { count: 0, integers: [] };
  const view = new DataView(raw.head.buffer, raw.head.byteOffset, raw.head.length);
  const integers: VarintValue[] = [];
  for (let at = 0; at + width <= raw.head.length; at += width) integers.push(numberAt(view, at, dataType));
  return { count: Math.floor(raw.length / width), integers };
}

function numberAt(view: DataView, at: number, dataType: number): VarintValue {
  if (dataType === 7) return view.getBigInt64(at, true);
  if (dataType === 6) return view.getInt32(at, true);
  const float = view.getFloat32(at, true);
  return Number.isFinite(float) ? float : 0;
}

function viewSparse(sparse: Message): SparseView {
  const [values] = childrenOf(sparse, 1);
  return { name: values === undefined ? '' : textOf(values, 8), dims: integersOf(sparse, 3) };
}

function sparseParts(sparse: Message): Message[] {
  return [...childrenOf(sparse, 1), ...childrenOf(sparse, 2)];
}

function normalDomain(domain: string): string {
  return domain === 'ai.onnx' ? '' : domain;
}
