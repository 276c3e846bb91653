import { ProtoWriter } from '#core/protobuf/index.ts';
import type { TensorDatatype } from '#contracts/bundle.ts';
import { protoDatatypeNumber, type Tensor } from '#core/tensor/index.ts';
import { tensorMessage } from './write-tensor.ts';

/** An attribute value in the kinds that our writers need. */
export type AttributeValue =
  | { readonly float: number }
  | { readonly int: number | bigint }
  | { readonly ints: readonly number[] }
  | { readonly text: string }
  | { readonly tensor: Tensor }
  | { readonly graph: GraphSpec };

export interface NodeSpec {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly domain?: string;
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
}

/** A graph input or output; a text dimension is free. */
export interface ValueSpec {
  readonly name: string;
  readonly datatype: TensorDatatype;
  readonly shape: readonly (number | string)[];
}

export interface GraphSpec {
  readonly name: string;
  readonly nodes: readonly NodeSpec[];
  readonly inputs: readonly ValueSpec[];
  readonly outputs: readonly ValueSpec[];
  readonly initialisers?: readonly Tensor[];
}

export interface FunctionSpec {
  readonly name: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly nodes: readonly NodeSpec[];
}

export interface ModelSpec {
  readonly graph: GraphSpec;
  readonly producer: string;
  /** Operator set of the default domain. */
  readonly opset: number;
  readonly functions?: readonly FunctionSpec[];
}

/** IR 8 (ONNX 1.10) knows functions and everything that opset 17 needs; every supported runtime reads it. */
const IR_VERSION = 8;

/** Writes an ONNX model. The same specification gives the same bytes. */
export function writeModel(spec: ModelSpec): Uint8Array<ArrayBuffer> {
  const functions = spec.functions ?? [];
  const writer = new ProtoWriter()
    .varint(1, IR_VERSION)
    .string(2, spec.producer)
    .message(7, graphMessage(spec.graph))
    .message(8, opset('', spec.opset));
  for (const domain of new Set(functions.map((definition) => definition.domain))) writer.message(8, opset(domain, 1));
  for (const definition of functions) writer.message(25, functionMessage(definition, spec.opset));
  return writer.finish();
}

function opset(domain: string, version: number): ProtoWriter {
  return new ProtoWriter().string(1, domain).varint(2, version);
}

function graphMessage(graph: GraphSpec): ProtoWriter {
  const writer = new ProtoWriter();
  for (const node of graph.nodes) writer.message(1, nodeMessage(node));
  writer.string(2, graph.name);
  for (const tensor of graph.initialisers ?? []) writer.message(5, tensorMessage(tensor));
  for (const input of graph.inputs) writer.message(11, valueMessage(input));
  for (const output of graph.outputs) writer.message(12, valueMessage(output));
  return writer;
}

function nodeMessage(node: NodeSpec): ProtoWriter {
  const writer = new ProtoWriter();
  for (const input of node.inputs) writer.string(1, input);
  for (const output of node.outputs) writer.string(2, output);
  writer.string(4, node.op);
  for (const [name, value] of Object.entries(node.attributes ?? {})) writer.message(5, attributeMessage(name, value));
  return node.domain === undefined ? writer : writer.string(7, node.domain);
}

/** AttributeProto.AttributeType numbers go into field 20. */
function attributeMessage(name: string, value: AttributeValue): ProtoWriter {
  const writer = new ProtoWriter().string(1, name);
  if ('float' in value) return writer.float(2, value.float).varint(20, 1);
  if ('int' in value) return writer.varint(3, value.int).varint(20, 2);
  if ('text' in value) return writer.string(4, value.text).varint(20, 3);
  if ('tensor' in value) return writer.message(5, tensorMessage(value.tensor)).varint(20, 4);
  if ('graph' in value) return writer.message(6, graphMessage(value.graph)).varint(20, 5);
  for (const int of value.ints) writer.varint(8, int);
  return writer.varint(20, 7);
}

function valueMessage(value: ValueSpec): ProtoWriter {
  const shape = new ProtoWriter();
  for (const dim of value.shape)
    shape.message(1, typeof dim === 'string' ? new ProtoWriter().string(2, dim) : new ProtoWriter().varint(1, dim));
  const tensorType = new ProtoWriter().varint(1, protoDatatypeNumber(value.datatype)).message(2, shape);
  return new ProtoWriter().string(1, value.name).message(2, new ProtoWriter().message(1, tensorType));
}

function functionMessage(definition: FunctionSpec, opsetVersion: number): ProtoWriter {
  const writer = new ProtoWriter().string(1, definition.name);
  for (const input of definition.inputs) writer.string(4, input);
  for (const output of definition.outputs) writer.string(5, output);
  for (const node of definition.nodes) writer.message(7, nodeMessage(node));
  writer.message(9, opset('', opsetVersion)).message(9, opset(definition.domain, 1));
  return writer.string(10, definition.domain);
}
