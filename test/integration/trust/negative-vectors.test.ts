import { describe, expect, it } from 'vitest';
import { errorEntry } from '#contracts/errors/index.ts';
import { archives } from './vectors/archives.ts';
import { keylessBundles } from './vectors/keyless-bundles.ts';
import { mediaSets } from './vectors/media-sets.ts';
import { modelFiles } from './vectors/model-files.ts';
import { modelFolders } from './vectors/model-folders.ts';
import { sealedFiles } from './vectors/sealed-files.ts';
import { signedBundles } from './vectors/signed-bundles.ts';
import { summaries } from './vectors/summaries.ts';
import { trustRepositories } from './vectors/trust-repositories.ts';
import type { VectorSuite } from './vectors/vector.ts';

const SUITES: readonly VectorSuite[] = [
  signedBundles,
  keylessBundles,
  modelFiles,
  modelFolders,
  summaries,
  archives,
  mediaSets,
  sealedFiles,
  trustRepositories,
];

const VECTORS = SUITES.flatMap(({ vectors }) => vectors);
const CODES = new Set(VECTORS.map(({ code }) => code));
/** D4 asks for sixty vectors and sixty distinct correct codes. */
const ASKED = 60;

describe.each(SUITES)('$name', ({ judge, vectors }) => {
  let good: Promise<readonly string[]> | undefined;

  it.each(vectors)('is refused when $what: $code', async ({ code, judge: spoilt, also = [] }) => {
    expect(await (good ??= judge())).toEqual([]);

    const codes = [...(await spoilt())].sort();

    expect(codes).toEqual([code, ...also].sort());
    expect(errorEntry(code).next).not.toBe('');
  });
});

describe('the negative vectors', () => {
  it(`are ${String(VECTORS.length)} with ${String(CODES.size)} distinct codes`, () => {
    expect(VECTORS.length).toBeGreaterThanOrEqual(ASKED);
    expect(CODES.size).toBeGreaterThanOrEqual(ASKED);
  });
});
