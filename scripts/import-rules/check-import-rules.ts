import type { SourceGraph } from '../source-graph/source-graph.ts';
import type { Breach } from './breach.ts';
import { checkCoreOrder } from './core-order.ts';
import { checkDevPackages } from './dev-packages.ts';
import { findCycles } from './cycles.ts';
import { judgeEdge } from './judge-edge.ts';
import { checkReach } from './reach.ts';

/** Holds every import of the repository against the table. Nothing to judge is a breach: a check that reads nothing is always green. */
export function checkImportRules(graph: SourceGraph, dependencies: readonly string[]): Breach[] {
  const edges = [...graph.values()].flatMap((module) => module.edges);
  if (edges.length === 0)
    return [{ rule: 'nothing-read', at: '.', message: `read ${String(graph.size)} modules and no import at all` }];
  const cycles = findCycles(graph).map((cycle): Breach => ({
    rule: 'cycle',
    at: cycle[0] ?? '.',
    message: `import one another in a circle: ${cycle.join(', ')}`,
  }));
  return [
    ...edges.flatMap(judgeEdge),
    ...checkCoreOrder(graph),
    ...checkReach(graph),
    ...checkDevPackages(graph, dependencies),
    ...cycles,
  ];
}
