import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ErrorCode } from '#contracts/errors/index.ts';
import { checkMediaSet } from '#core/media/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { nodeSignatureVerifier } from '#native/keys/index.ts';
import { aSigningKey, aTrustedKey } from '#test/support/trust.ts';
import { aTarget, someContent, writeSet } from '../../media/folders.ts';
import { aCopy, aVectorFolder } from './lab.ts';
import { blocking, type Vector, type VectorSuite } from './vector.ts';

const key = aSigningKey('ed25519');
const SIZES = [900, 40_000, 700_000];
const SIGNATURE = 'gantry/media-set.sigstore.json';
const INDEX = 'gantry/media-set.json';
const PARTS = 'gantry/parts';

let written: Promise<readonly string[]> | undefined;
/** A signed set on two sticks, and the first stick of another one. */
function sticks(): Promise<readonly string[]> {
  written ??= (async () => {
    const [one, two, other, third] = [
      await aVectorFolder(),
      await aVectorFolder(),
      await aVectorFolder(),
      await aVectorFolder(),
    ];
    await writeSet(someContent(SIZES), [one, two], 300_000, key);
    await writeSet(someContent(SIZES.map((size) => size + 7)), [other, third], 300_000, key);
    return [one, two, other];
  })();
  return written;
}

interface Change {
  readonly edit?: (first: string, second: string, other: string) => Promise<unknown>;
}

async function judge({ edit }: Change = {}): Promise<readonly string[]> {
  const [one = '', two = '', other = ''] = await Promise.all((await sticks()).map(aCopy));
  await edit?.(one, two, other);
  const keys = [aTrustedKey(key)];
  const media = [one, two].map((folder, at) => ({ name: `stick ${String(at + 1)}`, reader: aTarget(folder).reader }));
  const { findings } = await checkMediaSet(media, {
    hasher: nodeHasher,
    trust: { keys, verifier: nodeSignatureVerifier },
  });
  return blocking(findings);
}

async function firstPart(stick: string): Promise<string> {
  const [name = ''] = (await readdir(join(stick, PARTS))).sort();
  return join(stick, PARTS, name);
}

async function change(path: string, edit: (bytes: Buffer) => Buffer): Promise<void> {
  await writeFile(path, edit(await readFile(path)));
}

function flip(bytes: Buffer): Buffer {
  const at = bytes.length >> 1;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes;
}

const vector = (what: string, code: ErrorCode, changed: Change, ...also: ErrorCode[]): Vector => ({
  what,
  code,
  judge: () => judge(changed),
  also,
});

/** A signed media set on two sticks, as `gantry media check` and the import judge it. */
export const mediaSets: VectorSuite = {
  name: 'a signed media set on two sticks',
  judge,
  vectors: [
    vector('a part was deleted', 'MEDIA_PART_MISSING', { edit: async (one) => rm(await firstPart(one)) }),
    vector('a bit of a part is another', 'MEDIA_PART_DAMAGED', {
      edit: async (one) => change(await firstPart(one), flip),
    }),
    vector('a part is cut', 'MEDIA_PART_DAMAGED', {
      edit: async (one) => change(await firstPart(one), (bytes) => bytes.subarray(0, 100)),
    }),
    vector(
      'the index is of another set',
      'MEDIA_STICKS_DISAGREE',
      {
        edit: async (one, _two, other) => {
          for (const path of [INDEX, SIGNATURE]) await writeFile(join(one, path), await readFile(join(other, path)));
        },
      },
      'MEDIA_PART_MISSING',
      'MEDIA_PART_DAMAGED',
    ),
    vector(
      'the index is damaged',
      'MEDIA_INDEX_INVALID',
      {
        edit: (one) => change(join(one, INDEX), (bytes) => bytes.subarray(0, 50)),
      },
      'MEDIA_INDEX_SIGNATURE_INVALID',
      'MEDIA_PART_MISSING',
    ),
    vector('the index is not the one that was signed', 'MEDIA_INDEX_SIGNATURE_INVALID', {
      edit: async (one, two) => {
        for (const stick of [one, two])
          await change(join(stick, INDEX), (bytes) =>
            Buffer.from(bytes.toString().replace('line4/solder', 'line5/solder')),
          );
      },
    }),
    vector('the sticks are empty', 'MEDIA_NO_SET', {
      edit: async (one, two) => {
        for (const stick of [one, two]) await rm(join(stick, 'gantry'), { recursive: true });
      },
    }),
  ],
};
