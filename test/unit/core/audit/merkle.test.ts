import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { merkleRoot } from '#core/audit/index.ts';
import type { Digest } from '#core/base/index.ts';
import { nodeHasher } from '#native/hash/index.ts';

const sha = (...parts: Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();
const leaf = (n: number): Digest => `sha256:${sha(Buffer.from([n])).toString('hex')}`;
const bytesOf = (digest: Digest): Buffer => Buffer.from(digest.slice(7), 'hex');

/** RFC 6962 section 2.1 word by word: split at the largest power of two below n. */
function rfc6962(leaves: readonly Digest[]): Buffer {
  const [only] = leaves;
  if (only === undefined) return sha();
  if (leaves.length === 1) return sha(Buffer.from([0]), bytesOf(only));
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha(Buffer.from([1]), rfc6962(leaves.slice(0, split)), rfc6962(leaves.slice(split)));
}

describe('merkleRoot', () => {
  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 31, 32, 33, 100])(
    'equals the recursive definition of RFC 6962 for %i leaves',
    (count) => {
      const leaves = Array.from({ length: count }, (_, n) => leaf(n));

      expect(Buffer.from(merkleRoot(leaves, nodeHasher))).toEqual(rfc6962(leaves));
    },
  );

  it('is SHA-256 of nothing for the empty tree', () => {
    expect(Buffer.from(merkleRoot([], nodeHasher)).toString('hex')).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
  });
});
