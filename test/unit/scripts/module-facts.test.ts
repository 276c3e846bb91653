import { describe, expect, it } from 'vitest';
import { readModuleFacts } from '#scripts/source-graph/module-facts.ts';

const importsOf = (text: string): [string, string, readonly string[]][] =>
  readModuleFacts('a.ts', text).imports.map(({ specifier, kind, names }) => [specifier, kind, names]);

describe('readModuleFacts', () => {
  describe('when a module imports', () => {
    it.each([
      [`import { a, b as c } from './x.ts';`, [['./x.ts', 'value', ['a', 'b']]]],
      [`import type { A } from './x.ts';`, [['./x.ts', 'type', ['A']]]],
      [`import { type A, type B } from './x.ts';`, [['./x.ts', 'type', ['A', 'B']]]],
      [`import { type A, b } from './x.ts';`, [['./x.ts', 'value', ['A', 'b']]]],
      [`import d, { type A } from './x.ts';`, [['./x.ts', 'value', ['default', 'A']]]],
      [`import * as x from './x.ts';`, [['./x.ts', 'value', ['*']]]],
      [`import './x.ts';`, [['./x.ts', 'value', []]]],
      [`export { a } from './x.ts';`, [['./x.ts', 'value', ['a']]]],
      [`export type { A } from './x.ts';`, [['./x.ts', 'type', ['A']]]],
      [`export * from './x.ts';`, [['./x.ts', 'value', ['*']]]],
      [`const x = await import('./x.ts');`, [['./x.ts', 'value', ['*']]]],
      [`type X = import('./x.ts').X;`, [['./x.ts', 'type', ['*']]]],
      [`new Worker(new URL('./x-worker.ts', import.meta.url));`, [['./x-worker.ts', 'reference', ['*']]]],
    ])('reads %s', (text, expected) => {
      expect(importsOf(text)).toEqual(expected);
    });

    it('does not take a comment or a text for an import', () => {
      expect(importsOf(`// import './x.ts'\nconst s = "import { a } from 'y'";`)).toEqual([]);
    });
  });

  describe('when a module exports', () => {
    it('tells names, kinds, and whether the module uses them itself', () => {
      const { exports } = readModuleFacts(
        'a.ts',
        `export const used = 1;
         export const free = used + 1;
         export interface Shape {}
         export const { left, right: [far] } = pair;
         function hidden() {}
         export { hidden as shown };
         export default used;`,
      );

      expect(exports.map(({ name, isType, usedInside }) => [name, isType, usedInside])).toEqual([
        ['used', false, true],
        ['free', false, false],
        ['Shape', true, false],
        ['left', false, false],
        ['far', false, false],
        ['shown', false, true],
        ['default', false, false],
      ]);
    });
  });
});
