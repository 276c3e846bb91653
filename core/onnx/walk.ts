import type { AttributeView, GraphView, ModelView, NodeView, SparseView, TensorView } from './model-view.ts';

/** One node with the path at which a person finds it. */
export interface PlacedNode {
  readonly node: NodeView;
  readonly path: string;
}

/** Every node of the file, subgraphs and functions included, in file order. */
export function* allNodes(model: ModelView): Generator<PlacedNode> {
  for (const [index, graph] of model.graphs.entries())
    yield* nodesIn(graph.nodes, index === 0 ? 'graph' : `graph${String(index)}`);
  for (const definition of model.functions) yield* nodesIn(definition.nodes, `function(${definition.key.trim()})`);
}

/** Nodes of a list and of the subgraphs in their attributes. */
export function* nodesIn(nodes: readonly NodeView[], path: string): Generator<PlacedNode> {
  for (const [index, node] of nodes.entries()) {
    const at = `${path}/${node.opType}[${String(index)}]`;
    yield { node, path: at };
    for (const graph of subgraphsOf(node)) yield* nodesIn(graph.nodes, at);
  }
}

export function subgraphsOf(node: NodeView): GraphView[] {
  return node.attributes.flatMap((attribute) => attribute.graphs);
}

/** Every graph of the file, subgraphs included. */
export function* allGraphs(model: ModelView): Generator<GraphView> {
  yield* model.graphs;
  for (const { node } of allNodes(model)) yield* subgraphsOf(node);
  for (const definition of model.functions) for (const attribute of definition.attributes) yield* attribute.graphs;
}

/** Every tensor of the file with its path: initialisers, and values in attributes. */
export function* allTensors(model: ModelView): Generator<{ tensor: TensorView; path: string }> {
  for (const graph of allGraphs(model))
    for (const tensor of graph.initialisers) yield { tensor, path: `initialiser ${tensor.name}` };
  for (const { node, path } of allNodes(model)) yield* tensorsOf(node.attributes, path);
  for (const definition of model.functions)
    yield* tensorsOf(definition.attributes, `function(${definition.key.trim()})`);
}

function* tensorsOf(
  attributes: readonly AttributeView[],
  path: string,
): Generator<{ tensor: TensorView; path: string }> {
  for (const attribute of attributes)
    for (const tensor of attribute.tensors) yield { tensor, path: `${path}.${attribute.name}` };
}

/** Every sparse tensor of the file with its path. Its parts are among `allTensors`. */
export function* allSparse(model: ModelView): Generator<{ dims: SparseView['dims']; path: string }> {
  for (const graph of allGraphs(model))
    for (const sparse of graph.sparse) yield { dims: sparse.dims, path: `sparse initialiser ${sparse.name}` };
  for (const { node, path } of allNodes(model))
    for (const attribute of node.attributes)
      for (const sparse of attribute.sparse) yield { dims: sparse.dims, path: `${path}.${attribute.name}` };
}
