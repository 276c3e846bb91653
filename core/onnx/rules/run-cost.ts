import type { Finding } from '#core/base/index.ts';
import { ONNX_LIMITS } from '../limits.ts';
import type { ModelView, NodeView } from '../model-view.ts';
import { subgraphsOf } from '../walk.ts';
import { constantsOf, isFixed, type Constants } from './constants.ts';
import { onnxFinding } from './finding.ts';

interface Place {
  readonly constants: Constants;
  readonly path: string;
  /** Rounds of the loops around this place. */
  readonly rounds: number;
}

/** Loops that never end and tensors that fill the memory: legal ONNX, and both hang or kill a runtime. */
export function checkRunCost(model: ModelView): Finding[] {
  const constants = constantsOf(model);
  return [
    ...model.graphs.flatMap((graph) => checkNodes(graph.nodes, { constants, path: 'graph', rounds: 1 })),
    ...model.functions.flatMap((definition) =>
      checkNodes(definition.nodes, { constants, path: `function(${definition.key.trim()})`, rounds: 1 }),
    ),
  ];
}

function checkNodes(nodes: readonly NodeView[], place: Place): Finding[] {
  const findings: Finding[] = [];
  for (const [index, node] of nodes.entries()) {
    const path = `${place.path}/${node.opType}[${String(index)}]`;
    findings.push(...checkAllocation(node, { ...place, path }));
    let { rounds } = place;
    if (node.opType === 'Loop') {
      rounds *= Math.max(1, tripCount(node, place.constants));
      if (rounds > ONNX_LIMITS.loopRounds) {
        findings.push(loopFinding(node, path, rounds));
        // Said once: what is inside runs as often, and needs no second finding.
        rounds = place.rounds;
      }
    }
    for (const graph of subgraphsOf(node)) findings.push(...checkNodes(graph.nodes, { ...place, path, rounds }));
  }
  return findings;
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
  const candidates = constants.get(loop.inputs[0] ?? '') ?? [];
  // No trip count at all means "until the condition says no": the worst case.
  if ((loop.inputs[0] ?? '') === '') return Number.MAX_SAFE_INTEGER;
  return Math.max(0, ...candidates.map((values) => Number(values[0] ?? 0)));
}

function checkAllocation(node: NodeView, place: Place): Finding[] {
  return shapesOf(node, place.constants)
    .map((shape) => shape.reduce<number>((product, dim) => product * Math.max(0, Number(dim)), 1))
    .filter((elements) => elements > ONNX_LIMITS.elements)
    .map((elements) =>
      onnxFinding('ONNX_HUGE_ALLOCATION', place.path, `It has ${elements.toExponential(2)} elements.`),
    );
}

/** Shapes that a node makes and that the file fixes. */
function shapesOf(node: NodeView, constants: Constants): readonly (readonly (number | bigint)[])[] {
  const input = (index: number): readonly (readonly (number | bigint)[])[] =>
    constants.get(node.inputs[index] ?? '') ?? [];
  switch (node.opType) {
    case 'ConstantOfShape':
      return input(0);
    case 'Expand':
    case 'Tile':
      return input(1);
    case 'RandomNormal':
    case 'RandomUniform':
      return node.attributes.filter((attribute) => attribute.name === 'shape').map((attribute) => attribute.integers);
    case 'Range':
      return input(1).map((limit) => [limit[0] ?? 0]);
    default:
      return [];
  }
}
