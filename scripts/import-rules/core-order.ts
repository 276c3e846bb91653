import type { SourceGraph } from '../source-graph/source-graph.ts';
import type { Breach } from './breach.ts';
import { CORE_ORDER } from './table.ts';

/** Core's features form a declared order; an import against it, or a feature without a place in it, is refused. */
export function checkCoreOrder(graph: SourceGraph): Breach[] {
  const rowOf = (feature: string): number => CORE_ORDER.findIndex((row) => row.includes(feature));
  return [...graph.values()].flatMap(({ path, edges }) => {
    const feature = coreFeature(path);
    if (feature === null) return [];
    if (rowOf(feature) < 0) return [{ rule: 'order', at: path, message: `core/${feature} has no place in CORE_ORDER` }];
    return edges.flatMap((edge): Breach[] => {
      const target = edge.to === 'module' ? coreFeature(edge.target) : null;
      if (target === null || target === feature || rowOf(target) < rowOf(feature)) return [];
      return [
        {
          rule: 'order',
          at: `${path}:${String(edge.line)}`,
          message: `core/${feature} may not import core/${target}: it is not above it in CORE_ORDER`,
        },
      ];
    });
  });
}

function coreFeature(path: string): string | null {
  const [top, feature, rest] = path.split('/');
  return top === 'core' && feature !== undefined && rest !== undefined ? feature : null;
}
