import type { VarintValue } from '#core/protobuf/index.ts';
import type { GraphView, ModelView, NodeView } from '../model-view.ts';
import { allGraphs, allNodes } from '../walk.ts';

/** Integer values that the file itself fixes, by tensor name. One name in two scopes has two candidates; rules look at both. */
export type Constants = ReadonlyMap<string, readonly (readonly VarintValue[])[]>;

export function constantsOf(model: ModelView): Constants {
  const constants = new Map<string, (readonly VarintValue[])[]>();
  const add = (name: string, values: readonly VarintValue[]): void => {
    if (values.length > 0) constants.set(name, [...(constants.get(name) ?? []), values]);
  };
  for (const graph of allGraphs(model)) for (const tensor of graph.initialisers) add(tensor.name, tensor.integers);
  for (const { node } of allNodes(model)) {
    if (node.opType !== 'Constant') continue;
    for (const attribute of node.attributes) {
      for (const values of [attribute.integers, ...attribute.tensors.map((tensor) => tensor.integers)])
        add(node.outputs[0] ?? '', values);
    }
  }
  return constants;
}

/** Whether a value inside `body` can only ever be what the file fixes: a constant, or the loop's own condition passed on. */
export function isFixed(name: string, body: GraphView, passedOn: string): boolean {
  const makers = new Map<string, NodeView>(
    body.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)),
  );
  let at = name;
  for (let steps = 0; steps <= body.nodes.length; steps += 1) {
    if (at === passedOn || body.initialisers.some((tensor) => tensor.name === at)) return true;
    const maker = makers.get(at);
    if (maker === undefined) return false;
    if (maker.opType === 'Constant') return true;
    if (maker.opType !== 'Identity' && maker.opType !== 'Cast') return false;
    at = maker.inputs[0] ?? '';
  }
  return true;
}
