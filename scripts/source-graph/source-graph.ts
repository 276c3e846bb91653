import { posix } from 'node:path';
import { readModuleFacts, type ExportFact, type ImportFact } from './module-facts.ts';

/** One file of source code, by its path from the repository root with forward slashes. */
export interface SourceText {
  readonly path: string;
  readonly text: string;
}

/** One import with the place it leads to: a module of ours, an npm package, a Node built-in, or nowhere. */
export type Edge = ImportFact & { readonly from: string } & (
    | { readonly to: 'module'; readonly target: string }
    | { readonly to: 'npm' | 'node'; readonly target: string }
    | { readonly to: 'asset'; readonly target: string }
    | { readonly to: 'missing'; readonly target: string }
  );

/** One module with what it exports and where its imports lead. */
export interface SourceModule {
  readonly path: string;
  readonly exports: readonly ExportFact[];
  readonly edges: readonly Edge[];
}

/** All modules of the repository, by path. */
export type SourceGraph = ReadonlyMap<string, SourceModule>;

const ASSET = /\.(css|json|svg|png|woff2?|html|md|proto|node)(\?[a-z]+)?$/;

/** Builds the graph from texts alone, so that a test can plant a violation without touching the disk. */
export function buildSourceGraph(sources: readonly SourceText[]): SourceGraph {
  const paths = new Set(sources.map(({ path }) => path));
  const graph = new Map<string, SourceModule>();
  for (const { path, text } of sources) {
    const facts = readModuleFacts(path, text);
    const edges = facts.imports.flatMap((fact) => toEdge(path, fact, paths) ?? []);
    graph.set(path, { path, exports: facts.exports, edges });
  }
  return graph;
}

function toEdge(from: string, fact: ImportFact, paths: ReadonlySet<string>): Edge | null {
  if (fact.kind === 'reference') {
    const target = referencedPath(from, fact.specifier, paths);
    return target === null ? null : { ...fact, from, to: 'module', target };
  }
  const local = localPath(from, fact.specifier);
  if (local !== null) {
    if (paths.has(local)) return { ...fact, from, to: 'module', target: local };
    return { ...fact, from, to: ASSET.test(local) ? 'asset' : 'missing', target: local };
  }
  if (fact.specifier.startsWith('node:')) return { ...fact, from, to: 'node', target: fact.specifier };
  return { ...fact, from, to: 'npm', target: packageName(fact.specifier) };
}

/** `#core/base/index.ts` is `core/base/index.ts`: package.json maps every `#x/*` to `./x/*`. */
function localPath(from: string, specifier: string): string | null {
  if (specifier.startsWith('#')) return specifier.slice(1);
  if (specifier.startsWith('.')) return posix.join(posix.dirname(from), specifier);
  return null;
}

/** A path in a string counts when it leads to a source file, seen from the file's folder or from the root. */
function referencedPath(from: string, specifier: string, paths: ReadonlySet<string>): string | null {
  const besides = posix.join(posix.dirname(from), specifier);
  const fromRoot = posix.normalize(specifier);
  return [besides, fromRoot].find((path) => paths.has(path)) ?? null;
}

function packageName(specifier: string): string {
  const [first = '', second = ''] = specifier.split('/');
  return first.startsWith('@') ? `${first}/${second}` : first;
}
