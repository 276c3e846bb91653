import type { Finding } from '#core/base/index.ts';
import type { GraphView, ModelView, NodeView } from '../model-view.ts';
import { onnxFinding } from './finding.ts';

/** Names that a place sees: its own and those of every graph around it. */
interface Scope {
  readonly own: ReadonlySet<string>;
  readonly outer: Scope | null;
}

/**
 * Every value has one maker and every input has one. A name with two makers means that two readers see two models; a name
 * without any reaches for something outside the file.
 */
export function* checkNames(model: ModelView): Generator<Finding> {
  let outer: Scope | null = null;
  for (const [index, graph] of model.graphs.entries()) {
    yield* checkGraph(graph, index === 0 ? 'graph' : `graph${String(index)}`, outer);
    // Training graphs see the values of the main one.
    outer ??= { own: new Set(madeIn(graph)), outer: null };
  }
  for (const { key, inputs, nodes } of model.functions) {
    const path = `function(${key.trim()})`;
    const made = [...inputs, ...outputsOf(nodes)];
    yield* repeatedIn(made, path);
    yield* checkNodes(nodes, path, { own: new Set(made), outer: null });
  }
}

function* checkGraph(graph: GraphView, path: string, outer: Scope | null): Generator<Finding> {
  const named = new Set(graph.initialiserNames);
  // Before IR 4 an initialiser is listed as an input too; since then that makes it a default.
  yield* repeatedIn(
    [...graph.inputNames.filter((name) => !named.has(name)), ...graph.initialiserNames, ...outputsOf(graph.nodes)],
    path,
  );
  yield* repeatedIn(graph.inputNames, path);
  const scope: Scope = { own: new Set(madeIn(graph)), outer };
  yield* checkNodes(graph.nodes, path, scope);
  for (const name of graph.outputNames) if (name !== '' && !sees(scope, name)) yield missing(`${path} output`, name);
}

function* checkNodes(nodes: readonly NodeView[], path: string, scope: Scope): Generator<Finding> {
  for (const [index, node] of nodes.entries()) {
    const at = `${path}/${node.opType}[${String(index)}]`;
    for (const name of node.inputs) if (name !== '' && !sees(scope, name)) yield missing(at, name);
    const attributes = new Set<string>();
    for (const attribute of node.attributes) {
      if (attributes.has(attribute.name))
        yield onnxFinding('ONNX_FIELD_REPEATED', at, `Attribute ${JSON.stringify(attribute.name)} is given twice.`);
      attributes.add(attribute.name);
      for (const graph of attribute.graphs) yield* checkGraph(graph, at, scope);
    }
  }
}

function* repeatedIn(names: readonly string[], path: string): Generator<Finding> {
  const seen = new Set<string>();
  for (const name of names) {
    if (name !== '' && seen.has(name)) yield onnxFinding('ONNX_NAME_REPEATED', path, `It is ${JSON.stringify(name)}.`);
    seen.add(name);
  }
}

function missing(at: string, name: string): Finding {
  return onnxFinding('ONNX_INPUT_MISSING', at, `It is ${JSON.stringify(name)}.`);
}

function sees(scope: Scope, name: string): boolean {
  for (let at: Scope | null = scope; at !== null; at = at.outer) if (at.own.has(name)) return true;
  return false;
}

function madeIn(graph: GraphView): string[] {
  return [...graph.inputNames, ...graph.initialiserNames, ...outputsOf(graph.nodes)];
}

function outputsOf(nodes: readonly NodeView[]): string[] {
  return nodes.flatMap((node) => node.outputs);
}
