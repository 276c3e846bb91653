import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ANNOTATIONS, MEDIA_TYPES } from '#contracts/bundle.ts';
import { canonicalJson, digestHex, MIB, type Json } from '#core/base/index.ts';
import { folderBlobStore } from '#native/fs/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { tarOf } from '#test/support/tar-bytes.ts';
import { aFolder, someBytes } from '../media/folders.ts';

const CHILD = fileURLToPath(new URL('../imports/import-child.ts', import.meta.url));
const WEIGHTS = 120_000_000;
const REREAD_LIMIT = 16 * MIB;
/** Too short for the whole archive at the pace of the child; longer each time, for a busy machine. */
const killAfterMs = (kills: number): number => 300 + kills * 200;
const MOST_KILLS = 20;

interface Made {
  readonly json: Json;
  readonly bytes: Uint8Array;
}

const blobOf = (bytes: Uint8Array, mediaType: string): Made => ({
  bytes,
  json: { mediaType, digest: nodeHasher.sha256(bytes), size: bytes.length },
});
const document = (value: Json, mediaType: string): Made =>
  blobOf(new TextEncoder().encode(canonicalJson(value)), mediaType);

/** A tar of a layout whose weights take most of it, and the digests in it. */
function anArchive(): { bytes: Buffer; digests: string[]; bundle: string } {
  const weights = blobOf(someBytes(WEIGHTS, 1), MEDIA_TYPES.modelWeights);
  const config = document({}, MEDIA_TYPES.emptyJson);
  const manifest = document(
    { schemaVersion: 2, mediaType: MEDIA_TYPES.ociManifest, config: config.json, layers: [weights.json] },
    MEDIA_TYPES.ociManifest,
  );
  const index = document(
    { schemaVersion: 2, mediaType: MEDIA_TYPES.ociIndex, artifactType: MEDIA_TYPES.bundle, manifests: [manifest.json] },
    MEDIA_TYPES.ociIndex,
  );
  const listing = {
    schemaVersion: 2,
    manifests: [
      {
        ...(index.json as Record<string, Json>),
        annotations: { [ANNOTATIONS.model]: 'line4/solder', [ANNOTATIONS.version]: '1.0.0' },
      },
    ],
  };
  const blobs = [index, manifest, config, weights].map(({ bytes }) => ({ bytes, digest: nodeHasher.sha256(bytes) }));
  return {
    bundle: nodeHasher.sha256(index.bytes),
    digests: blobs.map(({ digest }) => digest).sort(),
    bytes: tarOf(
      { name: 'oci-layout', content: '{"imageLayoutVersion":"1.0.0"}' },
      { name: 'index.json', content: canonicalJson(listing) },
      ...blobs.map(({ bytes, digest }) => ({ name: `blobs/sha256/${digestHex(digest)}`, content: bytes })),
    ),
  };
}

/** Runs the child and kills it a while after it began to import; whether it had ended before. */
async function runAndKill(args: readonly string[], afterMs: number): Promise<'killed' | 'done'> {
  const child = spawn(process.execPath, [CHILD, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<number | null>((resolve) => {
    child.on('exit', resolve);
  });
  child.stdout.once('data', () => setTimeout(() => child.kill('SIGKILL'), afterMs));
  return (await ended) === 0 ? 'done' : 'killed';
}

describe('an import of a plain tar that is killed', () => {
  it('goes on where it stopped, re-reading at most 16 MiB for each kill', async () => {
    const { bytes, digests, bundle } = anArchive();
    const folder = await aFolder();
    const archive = join(await aFolder(), 'bundle.tar');
    await writeFile(archive, bytes);
    const readLog = join(await aFolder(), 'reads');
    await writeFile(readLog, '');

    let kills = 0;
    const args = [folder, archive, bundle, readLog];
    while (kills < MOST_KILLS && (await runAndKill(args, killAfterMs(kills))) === 'killed') kills += 1;

    const read = (await readFile(readLog, 'utf8')).split('\n').reduce((sum, line) => sum + Number(line), 0);
    const store = await folderBlobStore(join(folder, 'store'));
    const stored: string[] = [];
    for await (const digest of store.list()) stored.push(digest);
    expect(stored.sort()).toEqual(digests);
    expect([kills > 0, kills < MOST_KILLS]).toEqual([true, true]);
    expect(read).toBeLessThanOrEqual(bytes.length + kills * REREAD_LIMIT);
  }, 120_000);
});
