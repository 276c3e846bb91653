import { describe, expect, it } from 'vitest';
import { findDeadFiles } from '#scripts/dead-code/unreached.ts';
import { findUnusedExports } from '#scripts/dead-code/unused-exports.ts';
import { buildSourceGraph, type SourceGraph } from '#scripts/source-graph/source-graph.ts';

const graphOf = (files: Record<string, string>): SourceGraph =>
  buildSourceGraph(Object.entries(files).map(([path, text]) => ({ path, text })));

describe('findDeadFiles', () => {
  it('finds a file that nothing imports', () => {
    const graph = graphOf({ 'cli/main.ts': `import './a.ts';`, 'cli/a.ts': '', 'cli/b.ts': '' });

    expect(findDeadFiles(graph)).toEqual([{ path: 'cli/b.ts', message: 'nothing imports it' }]);
  });

  it('finds a shipped file that only its test keeps alive', () => {
    const graph = graphOf({
      'cli/main.ts': '',
      'core/rollout/plan.ts': 'export const plan = 1;',
      'test/unit/core/rollout/plan.test.ts': `import { plan } from '#core/rollout/plan.ts'; plan;`,
    });

    expect(findDeadFiles(graph).map(({ path }) => path)).toEqual(['core/rollout/plan.ts']);
  });

  it('follows #x imports, dynamic imports and workers named in a string', () => {
    const graph = graphOf({
      'cli/main.ts': `await import('#core/a/index.ts'); new Worker(new URL('../native/hash/hash-worker.ts', import.meta.url));`,
      'core/a/index.ts': `export type { T } from './t.ts';`,
      'core/a/t.ts': 'export type T = 1;',
      'native/hash/hash-worker.ts': '',
    });

    expect(findDeadFiles(graph)).toEqual([]);
  });

  it('is not green when there is no program at all', () => {
    expect(findDeadFiles(graphOf({ 'core/a/index.ts': '' }))).toHaveLength(1);
  });
});

describe('findUnusedExports', () => {
  it('finds a value that no other module imports', () => {
    const graph = graphOf({
      'cli/main.ts': `import { a } from '#core/x/index.ts'; a;`,
      'core/x/index.ts': 'export const a = 1; export const b = a;',
    });

    expect(findUnusedExports(graph)).toEqual([{ at: 'core/x/index.ts:1', message: 'b is exported and never used' }]);
  });

  it('finds a value that only its own file uses', () => {
    const graph = graphOf({ 'cli/main.ts': `import '#core/x/y.ts';`, 'core/x/y.ts': 'export const a = 1; a;' });

    expect(findUnusedExports(graph).map(({ message }) => message)).toEqual([
      'a is used in its own file only: do not export it',
    ]);
  });

  it('follows a name through the public face to its user', () => {
    const graph = graphOf({
      'cli/main.ts': `import { a } from '#core/x/index.ts'; a;`,
      'core/x/index.ts': `export { a } from './a.ts'; export { b } from './b.ts';`,
      'core/x/a.ts': 'export const a = 1;',
      'core/x/b.ts': 'export const b = 1;',
    });

    expect(findUnusedExports(graph).map(({ at }) => at)).toEqual(['core/x/index.ts:1']);
  });

  it('leaves a type that names a part of another export', () => {
    const graph = graphOf({
      'cli/main.ts': `import { f } from '#core/x/y.ts'; f;`,
      'core/x/y.ts': 'export interface Options {} export function f(options: Options): void {}',
    });

    expect(findUnusedExports(graph)).toEqual([]);
  });

  it('counts a namespace import as a use of every name', () => {
    const graph = graphOf({
      'cli/main.ts': `import * as y from '#core/x/y.ts'; y;`,
      'core/x/y.ts': 'export const a = 1; export const b = 2;',
    });

    expect(findUnusedExports(graph)).toEqual([]);
  });
});
