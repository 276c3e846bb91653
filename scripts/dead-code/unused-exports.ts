import type { ExportFact } from '../source-graph/module-facts.ts';
import type { SourceGraph, SourceModule } from '../source-graph/source-graph.ts';
import { PROGRAM_ENTRIES, TOOL_ENTRIES } from './entries.ts';

/** An exported name that no other module imports. */
export interface UnusedExport {
  readonly at: string;
  readonly message: string;
}

/**
 * Exports that nobody imports. A type that its own module uses counts as used: it names a part of another export.
 * So does a type on a feature's public face (index.ts), and every part of a contract: the schemas of the wire are a vocabulary, each written once.
 */
export function findUnusedExports(graph: SourceGraph): UnusedExport[] {
  const used = collectUses(graph);
  return [...graph.values()]
    .filter(({ path }) => !isEntry(path))
    .flatMap((module) =>
      module.exports
        .filter((fact) => !isUsed(module, fact, used.get(module.path)))
        .map((fact) => ({ at: `${module.path}:${String(fact.line)}`, message: unusedMessage(fact) })),
    );
}

/** For each module the names that others take from it; `*` when some module may take all. */
function collectUses(graph: SourceGraph): Map<string, Set<string>> {
  const used = new Map<string, Set<string>>();
  for (const { edges } of graph.values()) {
    for (const edge of edges) {
      if (edge.to !== 'module') continue;
      const names = used.get(edge.target) ?? new Set<string>();
      for (const name of edge.names) names.add(name);
      used.set(edge.target, names);
    }
  }
  return used;
}

function isUsed(module: SourceModule, fact: ExportFact, names: ReadonlySet<string> | undefined): boolean {
  if (names?.has(fact.name) === true || names?.has('*') === true) return true;
  if (fact.isType && module.path.endsWith('/index.ts')) return true;
  return fact.usedInside && (fact.isType || module.path.startsWith('contracts/'));
}

/** The exports of an entry are for a tool that loads it by name: a configuration, a reporter. */
function isEntry(path: string): boolean {
  return [...PROGRAM_ENTRIES, ...TOOL_ENTRIES].some((pattern) => pattern.test(path));
}

function unusedMessage({ name, usedInside }: ExportFact): string {
  return usedInside ? `${name} is used in its own file only: do not export it` : `${name} is exported and never used`;
}
