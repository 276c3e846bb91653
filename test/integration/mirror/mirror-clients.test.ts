import { execFile, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestHex, MIB, type Digest } from '#core/base/index.ts';
import type { BlobStore } from '#core/storage/ports.ts';
import { systemClock } from '#native/clock/index.ts';
import { startPlainMirror, type PlainMirror } from '#native/device-port/index.ts';
import { folderBlobStore } from '#native/fs/index.ts';
import { createMirrorCatalogue } from '#station/mirror/create-mirror-catalogue.ts';
import { acceptedBundles, aSmallBundle, putBundle } from '#test/support/small-bundle.ts';

const run = promisify(execFile);
const hasSkopeo = spawnSync('skopeo', ['--version']).status === 0;
const WEIGHT_BYTES = 16 * MIB;
const RANGED_PULLS = 100;
const DISCONNECTS = 50;

let dir: string;
let store: BlobStore;
let mirror: PlainMirror;
const bundle = aSmallBundle({ weights: randomBytes(WEIGHT_BYTES) });

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gantry-clients-'));
  store = await folderBlobStore(join(dir, 'store'));
  await putBundle(store, bundle);
  mirror = await startPlainMirror({
    catalogue: createMirrorCatalogue({ bundles: acceptedBundles([bundle]), blobs: store, clock: systemClock }),
    blobs: store,
    port: 0,
  });
});
afterAll(async () => {
  await mirror.close();
  await rm(dir, { recursive: true });
});

/** Pulls `[start, end)` and cuts the connection after `cutAfter` bytes; gives what arrived until then. */
function pull(start: number, end: number, cutAfter: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port: mirror.port,
        path: `/v2/plant/defects/blobs/${bundle.weights}`,
        headers: { Range: `bytes=${String(start)}-${String(end - 1)}` },
      },
      (response) => {
        const blocks: Buffer[] = [];
        let size = 0;
        response.on('data', (block: Buffer) => {
          blocks.push(block);
          size += block.length;
          if (size >= cutAfter) response.destroy();
        });
        response.on('error', () => undefined);
        response.on('close', () => {
          resolve(Buffer.concat(blocks));
        });
      },
    );
    sent.on('error', (error) => {
      if (!sent.destroyed) reject(error);
    });
    sent.end();
  });
}

describe('mirror', () => {
  describe('when connections break while a blob is pulled in ranges', () => {
    it('gives the whole blob after 100 ranged pulls of which 50 were cut', async () => {
      const content = Buffer.alloc(WEIGHT_BYTES);
      let position = 0;
      let pulls = 0;
      let cuts = 0;
      const step = Math.ceil(WEIGHT_BYTES / (RANGED_PULLS - DISCONNECTS));
      while (position < WEIGHT_BYTES) {
        const end = Math.min(position + step, WEIGHT_BYTES);
        const isCut = pulls % 2 === 0 && cuts < DISCONNECTS;
        const bytes = (await pull(position, end, isCut ? 1 : Infinity)).subarray(0, isCut ? 1024 : undefined);
        bytes.copy(content, position);
        position += bytes.length;
        pulls += 1;
        cuts += isCut ? 1 : 0;
      }
      while (pulls < RANGED_PULLS) {
        const at = (pulls * 7919) % WEIGHT_BYTES;
        const bytes = await pull(at, Math.min(at + 4096, WEIGHT_BYTES), Infinity);
        expect(bytes.equals(content.subarray(at, at + bytes.length))).toBe(true);
        pulls += 1;
      }

      expect(cuts).toBe(DISCONNECTS);
      expect(`sha256:${createHash('sha256').update(content).digest('hex')}`).toBe(bundle.weights);
    });

    it('serves many at once while others leave', async () => {
      const results = await Promise.all(
        Array.from({ length: 40 }, (_, at) => pull(0, WEIGHT_BYTES, at % 2 === 0 ? 1 : Infinity)),
      );

      const whole = results.filter((_, at) => at % 2 === 1);
      expect(whole.every((bytes) => bytes.equals(bundle.weightBytes))).toBe(true);
    });

    it('keeps no file of a pull that ended', async () => {
      const { stdout } = await run('ls', ['-l', `/proc/${String(process.pid)}/fd`]).catch(() => ({ stdout: '' }));

      expect(stdout).not.toContain(digestHex(bundle.weights));
    });
  });

  describe.skipIf(!hasSkopeo)(`skopeo as a client${hasSkopeo ? '' : ' (skipped: skopeo is not installed)'}`, () => {
    it('copies the bundle byte for byte into an OCI layout', async () => {
      const layout = join(dir, 'copied');
      await run('skopeo', [
        'copy',
        '--all',
        '--preserve-digests',
        '--insecure-policy',
        '--src-tls-verify=false',
        `docker://127.0.0.1:${String(mirror.port)}/plant/defects:1.0.0`,
        `oci:${layout}:1.0.0`,
      ]);

      const index = JSON.parse(await readFile(join(layout, 'index.json'), 'utf8')) as {
        manifests: { digest: Digest }[];
      };
      expect(index.manifests.map((each) => each.digest)).toEqual([bundle.digest]);
      // skopeo follows no referrers; everything below the index must be there.
      for (const digest of [bundle.digest, bundle.manifest, bundle.weights, bundle.empty]) {
        const copied = await readFile(join(layout, 'blobs', 'sha256', digestHex(digest)));
        expect(copied.equals(bundle.blobs.get(digest) ?? Buffer.alloc(0))).toBe(true);
      }
    });

    it('lists the tags and inspects the raw index', async () => {
      const at = `docker://127.0.0.1:${String(mirror.port)}/plant/defects`;
      const tags = await run('skopeo', ['list-tags', '--tls-verify=false', at]);
      const raw = await run('skopeo', ['inspect', '--raw', '--tls-verify=false', `${at}:1.0.0`]);

      expect(JSON.parse(tags.stdout)).toMatchObject({ Tags: ['1.0.0'] });
      expect(Buffer.from(raw.stdout).equals(bundle.indexBytes)).toBe(true);
    });
  });

  describe('when a blob of the closure is missing', () => {
    it('does not show the bundle until the blob is back', async () => {
      const torn = aSmallBundle({ model: 'short', weights: Buffer.from('short weights') });
      const folder = await folderBlobStore(join(dir, 'torn'));
      await putBundle(folder, torn);
      const catalogue = createMirrorCatalogue({ bundles: acceptedBundles([torn]), blobs: folder, clock: systemClock });
      await folder.delete(torn.weights);

      expect(await catalogue.repositories()).toEqual([]);
      await putBundle(folder, torn);
      expect(await catalogue.repositories()).toEqual(['short']);
    });
  });
});
