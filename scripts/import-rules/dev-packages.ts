import type { SourceGraph } from '../source-graph/source-graph.ts';
import type { Breach } from './breach.ts';
import { RUNS_FROM_SOURCE } from './table.ts';

/** Packages that shipped sources load but that an installation without development tools does not have. */
export function checkDevPackages(graph: SourceGraph, dependencies: readonly string[]): Breach[] {
  const edges = [...graph.values()].flatMap((module) => module.edges);
  return edges
    .filter(
      (edge) => edge.to === 'npm' && edge.kind === 'value' && RUNS_FROM_SOURCE.some((top) => edge.from.startsWith(top)),
    )
    .filter((edge) => !dependencies.includes(edge.target))
    .map((edge) => ({
      rule: 'dev-package',
      at: `${edge.from}:${String(edge.line)}`,
      message: `loads ${edge.target}, which is not under "dependencies" in package.json`,
    }));
}
