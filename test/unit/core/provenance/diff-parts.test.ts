import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffParts, type DiffedPart } from '#core/provenance/index.ts';

const aPart = (change: Partial<DiffedPart>): DiffedPart => ({
  name: 'onnx',
  version: '1.0',
  type: 'library',
  purl: null,
  licences: [],
  sha256: null,
  ...change,
});

const part = fc.record({
  name: fc.constantFrom('a', 'b', 'c'),
  version: fc.constantFrom('1', '2', null),
  type: fc.constantFrom('library', 'file'),
  purl: fc.constantFrom(null, 'pkg:pypi/a@1', 'pkg:pypi/a@2'),
  licences: fc.constantFrom<readonly string[]>([], ['MIT']),
  sha256: fc.constantFrom(null, 'x', 'y'),
});
const parts = fc.array(part, { maxLength: 12 });

describe('diffParts', () => {
  it('pairs two versions of one package', () => {
    const [before, after] = [aPart({ purl: 'pkg:pypi/a@1' }), aPart({ purl: 'pkg:pypi/a@2', version: '2' })];

    expect(diffParts([before], [after])).toEqual([{ kind: 'changed', before, after }]);
  });

  it('tells a licence that changed', () => {
    expect(diffParts([aPart({ licences: ['MIT'] })], [aPart({ licences: ['AGPL-3.0'] })])).toHaveLength(1);
  });

  it('finds nothing between a list and itself in another order', () => {
    fc.assert(
      fc.property(parts, (list) => {
        expect(diffParts(list, list.toReversed())).toEqual([]);
      }),
    );
  });

  it('turns the old list into the new one', () => {
    fc.assert(
      fc.property(parts, parts, (before, after) => {
        const text = (list: readonly DiffedPart[]): string[] => list.map((one) => JSON.stringify(one)).sort();
        const rest = before.map((one) => JSON.stringify(one));
        for (const change of diffParts(before, after))
          if (change.before !== null) rest.splice(rest.indexOf(JSON.stringify(change.before)), 1);
        const made = [
          ...rest,
          ...diffParts(before, after).flatMap(({ after: one }) => (one === null ? [] : [JSON.stringify(one)])),
        ];

        expect(made.sort()).toEqual(text(after));
      }),
    );
  });

  it('is the same backwards, with added and removed exchanged', () => {
    fc.assert(
      fc.property(parts, parts, (before, after) => {
        const count = (changes: ReturnType<typeof diffParts>, kind: string): number =>
          changes.filter((change) => change.kind === kind).length;
        const [there, back] = [diffParts(before, after), diffParts(after, before)];

        expect(count(there, 'added')).toBe(count(back, 'removed'));
        expect(count(there, 'changed')).toBe(count(back, 'changed'));
      }),
    );
  });
});
