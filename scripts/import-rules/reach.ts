import type { SourceGraph } from '../source-graph/source-graph.ts';
import type { Breach } from './breach.ts';
import { UNREACHABLE } from './table.ts';

/** Follows every chain of value imports out of a program's folder and reports packages that it must never load. */
export function checkReach(graph: SourceGraph): Breach[] {
  return UNREACHABLE.flatMap(({ from, npm }) => {
    const cameFrom = reachedFrom(graph, from);
    return [...cameFrom.keys()].flatMap((path) => {
      const edges = graph.get(path)?.edges ?? [];
      return edges
        .filter((edge) => edge.to === 'npm' && edge.kind === 'value' && npm.includes(edge.target))
        .map((edge): Breach => ({
          rule: 'reach',
          at: `${path}:${String(edge.line)}`,
          message: `brings ${edge.target} into ${from}: ${chain(cameFrom, path)}`,
        }));
    });
  });
}

function reachedFrom(graph: SourceGraph, prefix: string): Map<string, string | null> {
  const cameFrom = new Map<string, string | null>();
  const queue = [...graph.keys()].filter((path) => path.startsWith(prefix));
  for (const path of queue) cameFrom.set(path, null);
  for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
    for (const edge of graph.get(path)?.edges ?? []) {
      if (edge.to !== 'module' || edge.kind === 'type' || cameFrom.has(edge.target)) continue;
      cameFrom.set(edge.target, path);
      queue.push(edge.target);
    }
  }
  return cameFrom;
}

function chain(cameFrom: ReadonlyMap<string, string | null>, path: string): string {
  const before = cameFrom.get(path) ?? null;
  return before === null ? path : `${chain(cameFrom, before)} → ${path}`;
}
