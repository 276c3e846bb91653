import type { Finding } from '#core/base/index.ts';
import { ONNX_LIMITS } from '../limits.ts';
import type { ModelView, NodeView } from '../model-view.ts';
import { subgraphsOf } from '../walk.ts';
import { checkAllocation } from './allocation.ts';
import { constantsOf, isFixed, type Constants } from './constants.ts';
import { onnxFinding } from './finding.ts';

interface Place {
  readonly constants: Constants;
  readonly path: string;
  /** Rounds of the loops around this place. */
  readonly rounds: number;
}

/** Loops that never end and tensors that fill the memory: legal ONNX, and both hang or kill a runtime. */
export function* checkRunCost(model: ModelView): Generator<Finding> {
  const constants = constantsOf(model);
  for (const graph of model.graphs) yield* checkNodes(graph.nodes, { constants, path: 'graph', rounds: 1 });
  for (const definition of model.functions)
    yield* checkNodes(definition.nodes, { constants, path: `function(${definition.key.trim()})`, rounds: 1 });
}

function* checkNodes(nodes: readonly NodeView[], place: Place): Generator<Finding> {
  for (const [index, node] of nodes.entries()) {
    const path = `${place.path}/${node.opType}[${String(index)}]`;
    yield* checkAllocation(node, place.constants, path);
    let { rounds } = place;
    if (node.opType === 'Loop') {
      rounds *= Math.max(1, tripCount(node, place.constants));
      if (rounds > ONNX_LIMITS.loopRounds) {
        yield loopFinding(node, path, rounds);
        // Said once: what is inside runs as often, and needs no second finding.
        rounds = place.rounds;
      }
    }
    for (const graph of subgraphsOf(node)) yield* checkNodes(graph.nodes, { ...place, path, rounds });
  }
}

/** Exported `while` loops have the largest trip count and end by their condition: those get a warning, and the watchdog. */
function loopFinding(loop: NodeView, path: string, rounds: number): Finding {
  const [body] = subgraphsOf(loop);
  const nextCondition = body?.outputNames[0] ?? '';
  const endsByData =
    body !== undefined && (loop.inputs[1] ?? '') !== '' && !isFixed(nextCondition, body, body.inputNames[1] ?? '');
  return endsByData
    ? onnxFinding(
        'ONNX_LOOP_UNBOUNDED',
        path,
        'Only a condition in the data ends it; the smoke test watches it.',
        'warn',
      )
    : onnxFinding('ONNX_LOOP_UNBOUNDED', path, `It runs ${rounds.toExponential(2)} rounds.`);
}

function tripCount(loop: NodeView, constants: Constants): number {
  // No trip count at all means "until the condition says no": the worst case.
  if ((loop.inputs[0] ?? '') === '') return Number.MAX_SAFE_INTEGER;
  return Math.max(0, constants.get(loop.inputs[0] ?? '')?.largest ?? 0);
}
