import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type { KnownBadEntry } from '#contracts/known-bad.ts';
import { matchKnownBad, readPartsList } from '#core/provenance/index.ts';

const listed = (component: object) => {
  const read = readPartsList({
    bomFormat: 'CycloneDX',
    specVersion: '1.7',
    components: [{ type: 'library', name: 'torch', ...component }],
  });
  if (!read.ok) throw new Error(read.problem);
  return read.list.components;
};
const isNamed = (component: object, entry: Partial<KnownBadEntry>): boolean =>
  matchKnownBad([{ id: 'CVE-1', reason: 'bad', severity: 'refuse', ...entry }], {
    parts: listed(component),
    layers: [],
  }).length > 0;

describe('a part of which a list states a range of versions', () => {
  it.each<[string, Partial<KnownBadEntry>, boolean]>([
    ['vers:pypi/>=1.0|<2.0', { name: 'torch', versions: ['1.5'] }, true],
    ['vers:pypi/>=1.0|<2.0', { name: 'torch', versions: ['2.0'] }, false],
    ['vers:pypi/>=1.0|<2.0', { name: 'torch', from: '2.0' }, false],
    ['vers:pypi/>=1.0|<=2.0', { name: 'torch', from: '2.0' }, true],
    ['vers:pypi/>=1.0|<2.0', { name: 'torch', before: '1.0' }, false],
    ['vers:pypi/>=1.0|<2.0', { name: 'torch', before: '1.0.1' }, true],
    ['vers:pypi/1.1|1.3', { name: 'torch', versions: ['1.3'] }, true],
    ['vers:pypi/1.1|1.3', { name: 'torch', versions: ['1.2'] }, false],
    ['vers:pypi/<1.0|>=3.0', { name: 'torch', from: '1.0', before: '3.0' }, false],
    ['vers:pypi/>2.0', { name: 'torch', versions: ['9'] }, true],
    ['vers:pypi/*', { name: 'torch', versions: ['0.1'] }, true],
    ['vers:pypi/>=1.0|!=1.5', { name: 'torch', versions: ['1.5'] }, true],
    ['what nobody reads', { name: 'torch', versions: ['0.1'] }, true],
  ])('%s against %o: %s', (versionRange, entry, expected) => {
    expect(isNamed({ versionRange }, entry)).toBe(expected);
  });

  it('counts for package URLs too', () => {
    const range = { purl: 'pkg:pypi/torch', versionRange: 'vers:pypi/>=1.0|<2.0' };

    expect(isNamed(range, { purl: 'pkg:pypi/torch@1.5' })).toBe(true);
    expect(isNamed(range, { purl: 'pkg:pypi/torch@2.5' })).toBe(false);
    expect(isNamed(range, { purl: 'pkg:pypi/torch', from: '2.0' })).toBe(false);
  });

  it('names a package by bounds of its URL', () => {
    const one = { purl: 'pkg:pypi/torch@1.5', version: '1.5' };

    expect(isNamed(one, { purl: 'pkg:pypi/torch', before: '1.5' })).toBe(false);
    expect(isNamed(one, { purl: 'pkg:pypi/torch', before: '1.6' })).toBe(true);
    expect(isNamed(one, { purl: 'pkg:pypi/torch' })).toBe(true);
  });

  it('is never told apart from a named version that lies in it', () => {
    const number = fc.nat(50);
    fc.assert(
      fc.property(number, number, number, (low, span, at) => {
        const inside = low + (at % (span + 1));
        return isNamed(
          { versionRange: `vers:pypi/>=${String(low)}|<=${String(low + span)}` },
          { name: 'torch', versions: [String(inside)] },
        );
      }),
      { seed: 20260301 },
    );
  });
});
