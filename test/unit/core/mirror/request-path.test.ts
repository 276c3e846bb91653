import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accepts, pageOf, readPageSize, readPullPath } from '#core/mirror/index.ts';

const HEX = 'a'.repeat(64);

describe('readPullPath', () => {
  it.each([
    ['/v2/', { kind: 'version' }],
    ['/v2/_catalog', { kind: 'catalog' }],
    ['/v2/plant/model/tags/list', { kind: 'tags', repository: 'plant/model' }],
    ['/v2/model/manifests/1.2.0', { kind: 'manifest-by-tag', repository: 'model', tag: '1.2.0' }],
    [`/v2/model/manifests/sha256:${HEX}`, { kind: 'manifest-by-digest', repository: 'model', digest: `sha256:${HEX}` }],
    [`/v2/model/manifests/sha256-${HEX}`, { kind: 'referrers-tag', repository: 'model', subject: `sha256:${HEX}` }],
    [`/v2/a/b/c/blobs/sha256:${HEX}`, { kind: 'blob', repository: 'a/b/c', digest: `sha256:${HEX}` }],
    [`/v2/model/referrers/sha256:${HEX}`, { kind: 'referrers', repository: 'model', digest: `sha256:${HEX}` }],
    ['/v2/tags/list/tags/list', { kind: 'tags', repository: 'tags/list' }],
  ])('reads %s', (path, expected) => {
    expect(readPullPath(path)).toEqual(expected);
  });

  it.each([
    ['/v2/../etc/manifests/1', 400],
    ['/v2/Model/manifests/1', 400],
    ['/v2/a%2Fb/manifests/1', 400],
    ['/v2/a%00/manifests/1', 400],
    [`/v2/${'a'.repeat(256)}/manifests/1`, 400],
    [`/v2/model/manifests/${'t'.repeat(129)}`, 400],
    ['/v2/model/manifests/sha256:baddigeststring', 400],
    [`/v2/model/blobs/sha256:${HEX.toUpperCase()}`, 400],
    [`/v2/model/blobs/sha512:${'a'.repeat(128)}`, 404],
    ['/v2/model/referrers/x', 400],
    ['/v2/model/tags/other', 404],
    ['/v2/model', 404],
  ])('refuses %s with %i', (path, status) => {
    expect(readPullPath(path)).toMatchObject({ kind: 'refused', status });
  });

  it('takes any text without throwing', () => {
    fc.assert(
      fc.property(
        fc.string().map((text) => `/v2/${text}`),
        (path) => {
          expect(() => readPullPath(path)).not.toThrow();
        },
      ),
    );
  });
});

describe('pageOf', () => {
  const TAGS = ['1', '2', '3', '4'];

  it.each([
    [{ n: undefined, last: undefined }, TAGS, undefined],
    [{ n: 2, last: undefined }, ['1', '2'], '2'],
    [{ n: 2, last: '2' }, ['3', '4'], undefined],
    [{ n: 0, last: undefined }, [], undefined],
    [{ n: 9, last: '3' }, ['4'], undefined],
    [{ n: 2, last: 'z' }, [], undefined],
  ])('cuts %j', (query, items, next) => {
    expect(pageOf(TAGS, query)).toEqual({ items, next });
  });

  it('gives every item exactly once when the links are followed', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ minLength: 1 })), fc.integer({ min: 1, max: 7 }), (items, n) => {
        const sorted = items.sort();
        const seen: string[] = [];
        let last: string | undefined;
        do {
          const page = pageOf(sorted, { n, last });
          seen.push(...page.items);
          last = page.next;
        } while (last !== undefined);

        expect(seen).toEqual(sorted);
      }),
    );
  });
});

describe('readPageSize', () => {
  it.each([
    [null, undefined],
    ['10', 10],
    ['0', 0],
    ['-1', null],
    ['x', null],
  ])('reads %s', (text, expected) => {
    expect(readPageSize(text)).toBe(expected);
  });
});

describe('accepts', () => {
  const INDEX = 'application/vnd.oci.image.index.v1+json';

  it.each([
    [undefined, true],
    ['*/*', true],
    ['application/*', true],
    [`text/html, ${INDEX};q=0.5`, true],
    [`${INDEX};q=0`, false],
    ['application/vnd.docker.distribution.manifest.v2+json', false],
  ])('of %s is %s', (header, expected) => {
    expect(accepts(header, INDEX)).toBe(expected);
  });
});
