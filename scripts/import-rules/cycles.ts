import type { SourceGraph } from '../source-graph/source-graph.ts';

/** Every group of modules that import one another in a circle (Tarjan's strongly connected components). */
export function findCycles(graph: SourceGraph): string[][] {
  const search = new ComponentSearch(graph);
  for (const path of graph.keys()) search.start(path);
  return search.cycles.map((cycle) => cycle.sort());
}

class ComponentSearch {
  readonly cycles: string[][] = [];
  readonly #graph: SourceGraph;
  readonly #index = new Map<string, number>();
  readonly #lowest = new Map<string, number>();
  readonly #stack: string[] = [];

  constructor(graph: SourceGraph) {
    this.#graph = graph;
  }

  start(path: string): void {
    if (!this.#index.has(path)) this.#visit(path);
  }

  #visit(path: string): number {
    const index = this.#index.size;
    let lowest = index;
    this.#index.set(path, index);
    this.#stack.push(path);
    for (const target of this.#importsOf(path)) {
      const seen = this.#index.get(target);
      if (seen === undefined) lowest = Math.min(lowest, this.#visit(target));
      else if (this.#stack.includes(target)) lowest = Math.min(lowest, seen);
    }
    this.#lowest.set(path, lowest);
    if (lowest === index) this.#closeComponent(path);
    return lowest;
  }

  #closeComponent(root: string): void {
    const component = this.#stack.splice(this.#stack.indexOf(root));
    const isSelfImport = component.length === 1 && this.#importsOf(root).includes(root);
    if (component.length > 1 || isSelfImport) this.cycles.push(component);
  }

  /** Type imports count too: a circle of types is a design that cannot be read from either end. */
  #importsOf(path: string): string[] {
    const edges = this.#graph.get(path)?.edges ?? [];
    return edges.flatMap((edge) => (edge.to === 'module' && edge.kind !== 'reference' ? [edge.target] : []));
  }
}
