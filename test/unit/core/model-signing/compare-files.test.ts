import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Digest } from '#core/base/index.ts';
import { compareFiles, isIgnoredPath } from '#core/model-signing/index.ts';

const content = (fill: string): Digest => `sha256:${fill.repeat(64)}`;
const file = (name: string, fill: string): { name: string; digest: Digest } => ({ name, digest: content(fill) });
const told = (signed: ReturnType<typeof file>[], here: ReturnType<typeof file>[]): string[] =>
  compareFiles(signed, here).map(({ code, at }) => `${code} ${at}`);

describe('compareFiles', () => {
  it('finds nothing where all files agree, in any order', () => {
    const files = [file('a', '1'), file('b', '2'), file('c/d', '1')];

    expect(told(files, files.toReversed())).toEqual([]);
  });

  it.each<[string, ReturnType<typeof file>[], string[]]>([
    ['a file with other content', [file('a', '3'), file('b', '2')], ['MODEL_FILE_CHANGED a']],
    ['a file that is gone', [file('a', '1')], ['MODEL_FILE_MISSING b']],
    ['a file more', [file('a', '1'), file('b', '2'), file('c', '3')], ['MODEL_FILE_ADDED c']],
    ['another name', [file('a', '1'), file('B', '2')], ['MODEL_FILE_RENAMED B']],
    ['a copy beside it', [file('a', '1'), file('b', '2'), file('c', '2')], ['MODEL_FILE_ADDED c']],
    [
      'two files that changed places',
      [file('a', '2'), file('b', '1')],
      ['MODEL_FILE_CHANGED a', 'MODEL_FILE_CHANGED b'],
    ],
    ['nothing at all', [], ['MODEL_FILE_MISSING a', 'MODEL_FILE_MISSING b']],
  ])('tells of %s', (_, here, findings) => {
    expect(told([file('a', '1'), file('b', '2')], here)).toEqual(findings);
  });

  it('is silent for exactly the list that was signed', () => {
    const files = fc.uniqueArray(
      fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd'), fill: fc.constantFrom('1', '2', '3') }),
      {
        selector: ({ name }) => name,
        maxLength: 6,
      },
    );
    const lines = (list: ReturnType<typeof file>[]): string =>
      list
        .map((one) => `${one.name} ${one.digest}`)
        .sort()
        .join();

    fc.assert(
      fc.property(files, files, (left, right) => {
        const [signed, here] = [left, right].map((list) => list.map(({ name, fill }) => file(name, fill)));
        expect(told(signed ?? [], here ?? []).length === 0).toBe(lines(signed ?? []) === lines(here ?? []));
      }),
    );
  });
});

describe('isIgnoredPath', () => {
  it.each([
    ['model.sig', true],
    ['.git/hooks/x', true],
    ['notes', true],
    ['notes/a', true],
    ['notes.txt', false],
    ['sub/model.sig', false],
    ['.gitx', false],
  ])('%s: %s', (path, isIgnored) => {
    expect(isIgnoredPath(path, ['notes/'])).toBe(isIgnored);
  });
});
