import type { SourceGraph } from '../source-graph/source-graph.ts';
import { NOT_IN_A_PROGRAM, PROGRAM_ENTRIES, SHIPPED, TOOL_ENTRIES } from './entries.ts';

/** A file that nothing needs. */
export interface DeadFile {
  readonly path: string;
  readonly message: string;
}

/** Files that no entry reaches, and shipped files that only a test or a tool reaches. */
export function findDeadFiles(graph: SourceGraph): DeadFile[] {
  const paths = [...graph.keys()];
  const entriesOf = (patterns: readonly RegExp[]): string[] =>
    paths.filter((path) => patterns.some((pattern) => pattern.test(path)));
  const programs = entriesOf(PROGRAM_ENTRIES);
  if (programs.length === 0) return [{ path: '.', message: 'no program entry was found: nothing can be judged' }];
  const shipped = reach(graph, programs);
  const known = reach(graph, [...programs, ...entriesOf(TOOL_ENTRIES)]);
  return paths.flatMap((path): DeadFile[] => {
    if (!known.has(path)) return [{ path, message: 'nothing imports it' }];
    const mustShip = SHIPPED.test(path) && !NOT_IN_A_PROGRAM.some((exception) => exception.path.test(path));
    return mustShip && !shipped.has(path) ? [{ path, message: 'only tests or tools import it; no program does' }] : [];
  });
}

function reach(graph: SourceGraph, entries: readonly string[]): Set<string> {
  const seen = new Set(entries);
  // A set yields what is added while it is walked.
  for (const path of seen) {
    for (const edge of graph.get(path)?.edges ?? []) if (edge.to === 'module') seen.add(edge.target);
  }
  return seen;
}
