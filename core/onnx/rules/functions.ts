import type { Finding } from '#core/base/index.ts';
import { ONNX_LIMITS } from '../limits.ts';
import { functionKey, type ModelView, type NodeView } from '../model-view.ts';
import { nodesIn } from '../walk.ts';
import { onnxFinding } from './finding.ts';

/** Own nodes of a function, and how often it calls which other one. */
interface Body {
  readonly own: number;
  readonly calls: ReadonlyMap<string, number>;
}

/**
 * Counts what inlining would make, without inlining: 30 functions that call each other twice are 2^30 nodes in 3 KiB.
 * Works from the leaves up (Kahn's order), so a circle is what is left over.
 */
export function* checkFunctions(model: ModelView): Generator<Finding> {
  const names = new Set(model.functions.map((definition) => definition.key));
  const bodies = new Map(model.functions.map((definition) => [definition.key, bodyOf(definition.nodes, names)]));
  const sizes = expandedSizes(bodies);
  const circle = [...bodies.keys()].filter((key) => !sizes.has(key));
  if (circle.length > 0) {
    const some = circle.slice(0, 4).map((key) => key.trim());
    yield onnxFinding('ONNX_FUNCTION_CYCLE', 'functions', `In the circle: ${some.join(', ')}.`);
    return;
  }
  if (names.size < model.functions.length)
    yield onnxFinding('ONNX_FIELD_REPEATED', 'functions', 'Two functions have one name.');
  const total = model.graphs.reduce((sum, graph) => sum + sizeOf(bodyOf(graph.nodes, names), sizes), 0);
  const largest = [...sizes.values()].reduce((most, size) => Math.max(most, size), total);
  if (largest > ONNX_LIMITS.expandedNodes)
    yield onnxFinding('ONNX_FUNCTION_EXPANSION', 'functions', `It would be ${largest.toExponential(2)} nodes.`);
}

function bodyOf(nodes: readonly NodeView[], names: ReadonlySet<string>): Body {
  const calls = new Map<string, number>();
  let own = 0;
  for (const { node } of nodesIn(nodes, '')) {
    own += 1;
    const key = functionKey(node.domain, node.opType, node.overload);
    if (names.has(key)) calls.set(key, (calls.get(key) ?? 0) + 1);
  }
  return { own, calls };
}

function expandedSizes(bodies: ReadonlyMap<string, Body>): Map<string, number> {
  const callers = new Map<string, string[]>();
  const waiting = new Map<string, number>();
  for (const [key, body] of bodies) {
    waiting.set(key, body.calls.size);
    for (const callee of body.calls.keys()) {
      const known = callers.get(callee);
      if (known === undefined) callers.set(callee, [key]);
      else known.push(key);
    }
  }
  const sizes = new Map<string, number>();
  const ready = [...waiting].filter(([, count]) => count === 0).map(([key]) => key);
  for (let key = ready.pop(); key !== undefined; key = ready.pop()) {
    const body = bodies.get(key);
    if (body !== undefined) sizes.set(key, sizeOf(body, sizes));
    for (const caller of callers.get(key) ?? []) {
      const left = (waiting.get(caller) ?? 0) - 1;
      waiting.set(caller, left);
      if (left === 0) ready.push(caller);
    }
  }
  return sizes;
}

/** Infinity is a fine answer here: it is above every limit. */
function sizeOf(body: Body, sizes: ReadonlyMap<string, number>): number {
  let total = body.own;
  for (const [callee, times] of body.calls) total += times * (sizes.get(callee) ?? 0);
  return total;
}
