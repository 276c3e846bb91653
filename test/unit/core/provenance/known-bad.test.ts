import { describe, expect, it } from 'vitest';
import { KnownBadEntry } from '#contracts/known-bad.ts';
import { matchKnownBad, readPartsList } from '#core/provenance/index.ts';

const read = readPartsList({
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  components: [
    { type: 'library', name: 'onnx', version: '1.9.0', purl: 'pkg:pypi/onnx@1.9.0?x=1' },
    { type: 'library', name: 'pillow', version: '10.10.0' },
    { type: 'library', name: 'nameless' },
    { type: 'file', name: 'w', hashes: [{ alg: 'SHA-256', content: 'ab'.repeat(32) }] },
  ],
});
const parts = read.ok ? read.list.components : [];
const matches = (entry: object): string[] =>
  matchKnownBad([KnownBadEntry.parse({ id: 'X', reason: 'r', severity: 'refuse', ...entry })], {
    parts,
    layers: ['cd'.repeat(32)],
  }).map(({ what }) => what);

describe('matchKnownBad', () => {
  it.each<[string, object, string[]]>([
    ['a package in this version', { purl: 'pkg:pypi/onnx@1.9.0' }, ['onnx 1.9.0']],
    ['a package in another version', { purl: 'pkg:pypi/onnx@1.9' }, []],
    ['a package in every version', { purl: 'pkg:pypi/onnx' }, ['onnx 1.9.0']],
    ['another package with this start', { purl: 'pkg:pypi/onn' }, []],
    ['a name in every version', { name: 'pillow' }, ['pillow 10.10.0']],
    ['a name in this version', { name: 'pillow', versions: ['10.10.0'] }, ['pillow 10.10.0']],
    ['a range that is compared by number', { name: 'pillow', from: '10.9', before: '10.11' }, ['pillow 10.10.0']],
    ['a range below', { name: 'pillow', before: '10.10.0' }, []],
    ['a part without version', { name: 'nameless', before: '9' }, []],
    ['the content of a part', { sha256: 'ab'.repeat(32) }, ['w']],
    ['the content of a layer that no list names', { sha256: 'cd'.repeat(32) }, ['the layer cdcdcdcdcdcd']],
  ])('compares %s', (_what, entry, expected) => {
    expect(matches(entry)).toEqual(expected);
  });

  it('takes no entry that names nothing or two things', () => {
    expect(KnownBadEntry.safeParse({ id: 'X', reason: 'r', severity: 'warn' }).success).toBe(false);
    expect(
      KnownBadEntry.safeParse({ id: 'X', reason: 'r', severity: 'warn', name: 'a', purl: 'pkg:a/b' }).success,
    ).toBe(false);
  });
});
