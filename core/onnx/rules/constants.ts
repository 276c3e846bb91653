import type { VarintValue } from '#core/protobuf/index.ts';
import { ONNX_LIMITS } from '../limits.ts';
import type { AttributeView, GraphView, ModelView, NodeView, TensorView } from '../model-view.ts';
import { allGraphs, allNodes } from '../walk.ts';

/** The worst that the numbers under one name can say. One name in two scopes has two candidates; this is above both. */
export interface FixedNumbers {
  readonly count: number;
  /** Product of all numbers, negative ones as nothing: what they mean as a shape. */
  readonly product: number;
  readonly largest: number;
  readonly smallest: number;
}

/** Numbers that the file itself fixes, by tensor name. */
export type Constants = ReadonlyMap<string, FixedNumbers>;

/** Operators that hand numbers on as they are. */
const PASSES_ON: ReadonlySet<string> = new Set(['Identity', 'Cast', 'Squeeze', 'Unsqueeze', 'Reshape', 'Flatten']);

/** Collects initialisers and constants, and what the simplest operators make of them. Memory is one record a name. */
export function constantsOf(model: ModelView): Constants {
  const constants = new Map<string, FixedNumbers>();
  const add = (name: string | undefined, found: FixedNumbers | null): void => {
    if (name === undefined || name === '' || found === null) return;
    const known = constants.get(name);
    constants.set(name, known === undefined ? found : worstOf(known, found));
  };
  for (const graph of allGraphs(model)) for (const tensor of graph.initialisers) add(tensor.name, numbersOf(tensor));
  for (const { node } of allNodes(model)) {
    if (node.opType === 'Constant') for (const made of constantNumbers(node.attributes)) add(node.outputs[0], made);
    else add(node.outputs[0], folded(node, constants));
  }
  return constants;
}

function numbersOf({ integers, count }: TensorView): FixedNumbers | null {
  if (integers.length > 0 && integers.length === count) return summary(integers.map(Number));
  // More numbers than any shape has: only their count is known, and a shape of so many dimensions is refused by it.
  return count > ONNX_LIMITS.rank && integers.length > 0 ? { ...summary(integers.map(Number)), count } : null;
}

function* constantNumbers(attributes: readonly AttributeView[]): Generator<FixedNumbers | null> {
  for (const { integers, tensors } of attributes) {
    if (integers.length > 0) yield summary(integers.map(Number));
    for (const tensor of tensors) yield numbersOf(tensor);
  }
}

function folded(node: NodeView, constants: Constants): FixedNumbers | null {
  const inputs = node.inputs.map((name) => constants.get(name));
  const [first, second] = inputs;
  if (PASSES_ON.has(node.opType)) return first ?? null;
  if (node.opType === 'Concat') {
    if (inputs.length > ONNX_LIMITS.rank) return null;
    const known = inputs.filter((input) => input !== undefined);
    // A part that is not known may be 1; the known ones alone can be too much.
    return known.length === 0 ? null : known.reduce(joined);
  }
  return node.opType === 'Mul' && first !== undefined && second !== undefined ? multiplied(first, second) : null;
}

function joined(left: FixedNumbers, right: FixedNumbers): FixedNumbers {
  return { ...worstOf(left, right), count: left.count + right.count, product: left.product * right.product };
}

function multiplied(left: FixedNumbers, right: FixedNumbers): FixedNumbers {
  const [one, many] = left.count <= right.count ? [left, right] : [right, left];
  return {
    count: many.count,
    product: one.product ** (one.count === 1 ? Math.max(1, many.count) : 1) * many.product,
    largest: left.largest * right.largest,
    smallest: left.smallest * right.smallest,
  };
}

function worstOf(left: FixedNumbers, right: FixedNumbers): FixedNumbers {
  return {
    count: Math.max(left.count, right.count),
    product: Math.max(left.product, right.product),
    largest: Math.max(left.largest, right.largest),
    smallest: Math.min(left.smallest, right.smallest),
  };
}

function summary(values: readonly number[]): FixedNumbers {
  return {
    count: values.length,
    product: values.reduce((product, value) => product * Math.max(0, value), 1),
    largest: Math.max(...values),
    smallest: Math.min(...values),
  };
}

/** What the numbers of an attribute say as a shape. */
export function asShape(values: readonly VarintValue[]): FixedNumbers {
  return summary(values.map(Number));
}

/** Whether a value inside `body` can only ever be what the file fixes: a constant, or the loop's own condition passed on. */
export function isFixed(name: string, body: GraphView, passedOn: string): boolean {
  const makers = new Map<string, NodeView>(
    body.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)),
  );
  const initialisers = new Set(body.initialiserNames);
  let at = name;
  for (let steps = 0; steps <= body.nodes.length; steps += 1) {
    if (at === passedOn || initialisers.has(at)) return true;
    const maker = makers.get(at);
    if (maker === undefined) return false;
    if (maker.opType === 'Constant') return true;
    if (maker.opType !== 'Identity' && maker.opType !== 'Cast') return false;
    at = maker.inputs[0] ?? '';
  }
  return true;
}
