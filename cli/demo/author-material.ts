import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { BundleSpec } from '#contracts/bundle.ts';
import { AppError, type Clock, type IdSource } from '#core/base/index.ts';
import type { SigningKey } from '#core/keys/ports.ts';
import { layoutInspector, type SourceBundle } from '#core/media/index.ts';
import type { BlobReader } from '#core/storage/ports.ts';
import { signLayout } from '#cli/authoring/sign-layout.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { createKeyPair, signingKeyFromPem } from '#native/keys/index.ts';
import { folderVolume, mediaTarget, nodeMediaAccess, writeMediaSet } from '#native/media/index.ts';
import { openLayout, packLayout } from '#native/oci/index.ts';
import type { Frame } from './line-feeder.ts';
import { chooseSource } from './choose-source.ts';
import type { DemoSourceChoice } from './demo-source.ts';
import type { DemoBundle, DemoMaterial } from './story.ts';

/** Small parts, so that a few megabytes still show what a set of parts is. */
const PART_BYTES = 1024 * 1024;

/**
 * What happens outside the plant: a publisher makes a key, packs and signs three versions, and writes them to a stick. The key lives
 * in this call only, so nothing can be signed with it afterwards.
 */
export async function authorMaterial(options: {
  workDir: string;
  clock: Clock;
  ids: IdSource;
  source: DemoSourceChoice;
}): Promise<{ material: DemoMaterial; frames: readonly Frame[] }> {
  const workshop = join(options.workDir, 'workshop');
  const stickFolder = join(options.workDir, 'stick');
  for (const folder of [workshop, stickFolder]) await mkdir(folder, { recursive: true });
  const source = await chooseSource(workshop, options.source);
  const pair = createKeyPair('ecdsa-p256');
  const key = signingKeyFromPem(pair.privateKeyPem, null);
  const layouts: AuthoredLayout[] = [];
  for (const specPath of [source.specs.first, source.specs.better, source.specs.bad])
    layouts.push(await packAndSign(specPath, key, options.clock));
  await writeStick(layouts, stickFolder, options);
  const [first, better, bad] = layouts;
  if (first === undefined || better === undefined || bad === undefined)
    throw new AppError('INTERNAL', 'the workshop made fewer than three versions', {});
  const { builder, source: buildSource } = layouts[0]?.provenance ?? { builder: '', source: '' };
  const publisher = { publisherName: 'Demonstration publisher', publicKeyPem: key.publicKeyPem, builder, buildSource };
  return {
    frames: source.frames,
    material: {
      source: source.kind,
      ...publisher,
      stickFolder,
      first: first.bundle,
      better: better.bundle,
      bad: bad.bundle,
    },
  };
}

interface AuthoredLayout {
  readonly dir: string;
  readonly bundle: DemoBundle;
  readonly provenance: BundleSpec['provenance'];
}

async function packAndSign(specPath: string, key: SigningKey, clock: Clock): Promise<AuthoredLayout> {
  const spec = BundleSpec.parse(parse(await readFile(specPath, 'utf8')));
  const dir = `${specPath.replace(/\.ya?ml$/, '')}-layout`;
  const digest = await packLayout({ spec, specDir: dirname(specPath), outDir: dir, hasher: nodeHasher });
  await signLayout({ dir, key, now: clock.now() });
  return { dir, bundle: { digest, version: spec.version }, provenance: spec.provenance };
}

async function writeStick(
  layouts: readonly AuthoredLayout[],
  stickFolder: string,
  options: { clock: Clock; ids: IdSource },
): Promise<void> {
  const bundles: SourceBundle[] = [];
  for (const { dir } of layouts) {
    const inspected = await layoutInspector(nodeHasher)(nodeMediaAccess.reader(await folderVolume(dir)));
    bundles.push(...(inspected?.source?.bundles ?? []));
  }
  const target = await mediaTarget(stickFolder);
  const blobs = firstThatHas(await Promise.all(layouts.map(({ dir }) => openLayout(dir))));
  await writeMediaSet({
    bundles,
    blobs,
    targets: [target],
    partBytes: PART_BYTES,
    clock: options.clock,
    ids: options.ids,
  });
}

/** Several layouts as one reader: a blob is the same wherever it lies. */
function firstThatHas(readers: readonly BlobReader[]): BlobReader {
  const holder = async (digest: Parameters<BlobReader['size']>[0]): Promise<BlobReader> => {
    for (const reader of readers) if ((await reader.size(digest)) !== undefined) return reader;
    throw new AppError('BUNDLE_BLOB_MISSING', `no layout holds ${digest}`, { digest });
  };
  return {
    size: async (digest) => (await holder(digest)).size(digest),
    read: async (digest, limitBytes) => (await holder(digest)).read(digest, limitBytes),
    async *stream(digest, range) {
      yield* (await holder(digest)).stream(digest, range);
    },
  };
}
