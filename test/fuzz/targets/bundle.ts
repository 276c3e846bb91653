import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError, type Digest } from '#core/base/index.ts';
import type { BlobReader } from '#core/storage/ports.ts';
import { verifyModelBundle } from '#core/verification/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { openLayout } from '#native/oci/index.ts';
import { sigstoreAttestations } from '#native/sigstore/index.ts';
import { aSignedLayout } from '#test/support/bundles.ts';
import { aPolicy, aTrustStore, TEST_NOW } from '#test/support/trust.ts';
import { isSame, type Target } from '../target.ts';
import { fixedKey } from './keys.ts';
import { scanHere } from '#test/support/scan-here.ts';

interface Loaded {
  readonly digest: Digest;
  readonly referrers: readonly Digest[];
  readonly blobs: ReadonlyMap<Digest, Uint8Array>;
}

/** A whole signed bundle in which one blob is another one: no such bundle may be accepted. */
export const bundleTarget: Target = {
  name: 'signed bundle, one blob changed',
  weight: 2,
  prepare: async () => {
    const key = fixedKey('publisher');
    const { digest, referrers, blobs } = await load(key);
    const list = [...blobs];
    return {
      seeds: list.map(([, bytes]) => bytes).filter((bytes) => bytes.length < 50_000),
      run: async (input) => {
        const own = list.find(([, bytes]) => isSame(bytes, input));
        const [victim, original] = own ?? list[input.length % list.length] ?? list[0] ?? [digest, new Uint8Array()];
        const { verdict } = await verifyModelBundle(
          {
            reader: readerOf(new Map([...blobs, [victim, input]])),
            bundleDigest: digest,
            referrers,
            trust: aTrustStore(key),
            policy: aPolicy(),
            now: TEST_NOW,
            lineContract: null,
          },
          { attestations: sigstoreAttestations, hasher: nodeHasher, scanner: scanHere },
        );
        if (verdict.verdict === 'refused') return 'refused';
        return isSame(input, original) ? 'accepted' : { wrong: `accepted with another ${victim}` };
      },
    };
  },
};

async function load(key: Parameters<typeof aSignedLayout>[0]['key']): Promise<Loaded> {
  const outDir = await mkdtemp(join(tmpdir(), 'gantry-fuzz-'));
  try {
    const layout = await aSignedLayout({ key, outDir });
    const folder = join(layout.dir, 'blobs', 'sha256');
    const names = (await readdir(folder)).sort();
    const blobs = await Promise.all(
      names.map(async (name) => [`sha256:${name}`, new Uint8Array(await readFile(join(folder, name)))] as const),
    );
    const reader = await openLayout(layout.dir);
    return { digest: layout.digest, referrers: reader.referrersOf(layout.digest), blobs: new Map(blobs) };
  } finally {
    await rm(outDir, { recursive: true });
  }
}

/** Content by digest, checked where the port demands it: small reads are, streams are not. */
function readerOf(blobs: ReadonlyMap<Digest, Uint8Array>): BlobReader {
  const found = (digest: Digest): Uint8Array => {
    const bytes = blobs.get(digest);
    if (bytes === undefined) throw new AppError('NOT_FOUND', `no blob ${digest}`, { digest });
    return bytes;
  };
  return {
    size: (digest) => Promise.resolve(blobs.get(digest)?.length),
    read: async (digest, limitBytes) => {
      const bytes = await Promise.resolve(found(digest));
      if (bytes.length > limitBytes) throw new AppError('INPUT_TOO_LARGE', 'too large', { limitBytes });
      const got = nodeHasher.sha256(bytes);
      if (got !== digest) throw new AppError('BUNDLE_DIGEST_MISMATCH', `expected ${digest}`, { want: digest, got });
      return bytes;
    },
    stream: async function* (digest, range) {
      yield await Promise.resolve(found(digest).subarray(range?.start ?? 0, range?.end));
    },
  };
}
