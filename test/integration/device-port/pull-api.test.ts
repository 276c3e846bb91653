import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { request, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MEDIA_TYPES } from '#contracts/bundle.ts';
import type { BlobStore } from '#core/storage/ports.ts';
import { systemClock } from '#native/clock/index.ts';
import { startPlainMirror, type PlainMirror } from '#native/device-port/index.ts';
import { folderBlobStore } from '#native/fs/index.ts';
import { createMirrorCatalogue } from '#station/mirror/create-mirror-catalogue.ts';
import { acceptedBundles, aSmallBundle, putBundle, type SmallBundle } from '#test/support/small-bundle.ts';

let dir: string;
let store: BlobStore;
let mirror: PlainMirror;
const bundle = aSmallBundle({ version: '1.0.0' });
const second = aSmallBundle({ version: '1.1.0', weights: Buffer.from('second') });
const third = aSmallBundle({ version: '2.0.0', weights: Buffer.from('third') });
const foreign = aSmallBundle({ model: 'other', version: '1.0.0', weights: Buffer.from('foreign') });
/** Accepted once, but its signature was lost: it must not be visible. */
const torn = aSmallBundle({ model: 'torn', version: '1.0.0', weights: Buffer.from('torn') });

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gantry-mirror-'));
  store = await folderBlobStore(dir);
  for (const each of [bundle, second, third, foreign, torn]) await putBundle(store, each);
  await store.delete(torn.signature);
  mirror = await startPlainMirror({
    catalogue: catalogueOf([third, bundle, foreign, second, torn]),
    blobs: store,
    port: 0,
  });
});
afterAll(async () => {
  await mirror.close();
  await rm(dir, { recursive: true });
});

function catalogueOf(bundles: readonly SmallBundle[]) {
  return createMirrorCatalogue({ bundles: acceptedBundles(bundles), blobs: store, clock: systemClock });
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** The raw path goes out as it is: a URL object would repair hostile ones. */
function ask(
  path: string,
  options: { method?: string; headers?: Record<string, string | string[]>; body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port: mirror.port, path, method: options.method ?? 'GET', headers: options.headers ?? {} },
      (response) => {
        const blocks: Buffer[] = [];
        response.on('data', (block: Buffer) => blocks.push(block));
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(blocks) });
        });
        response.on('error', reject);
      },
    );
    sent.on('error', reject);
    sent.end(options.body);
  });
}

const json = (answer: Answer): unknown => JSON.parse(answer.body.toString('utf8'));
const errorCode = (answer: Answer): unknown => (json(answer) as { errors: { code: string }[] }).errors[0]?.code;
const sha256 = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const REPO = '/v2/plant/defects';
const ABSENT = `sha256:${'0'.repeat(64)}`;

describe('pull API of the mirror (distribution-spec 1.1)', () => {
  it('answers the version check', async () => {
    expect((await ask('/v2/')).status).toBe(200);
  });

  it('lists its repositories, without the one whose closure is torn', async () => {
    expect(json(await ask('/v2/_catalog'))).toEqual({ repositories: ['other', 'plant/defects'] });
    expect((await ask('/v2/torn/manifests/1.0.0')).status).toBe(404);
  });

  describe('manifests', () => {
    it.each([
      ['the bundle by tag', '1.0.0', bundle.digest, MEDIA_TYPES.ociIndex, bundle.indexBytes],
      ['the bundle by digest', bundle.digest, bundle.digest, MEDIA_TYPES.ociIndex, bundle.indexBytes],
      ['a variant by digest', bundle.manifest, bundle.manifest, MEDIA_TYPES.ociManifest, bundle.manifestBytes],
      [
        'a referrer by digest',
        bundle.signature,
        bundle.signature,
        MEDIA_TYPES.ociManifest,
        bundle.blobs.get(bundle.signature),
      ],
    ])('gives %s byte for byte', async (_name, reference, digest, mediaType, bytes) => {
      const answer = await ask(`${REPO}/manifests/${reference}`);

      expect(answer.status).toBe(200);
      expect(answer.body.equals(bytes ?? Buffer.alloc(0))).toBe(true);
      expect(answer.headers['content-type']).toBe(mediaType);
      expect(answer.headers['content-length']).toBe(String(bytes?.length));
      expect(answer.headers['docker-content-digest']).toBe(digest);
      expect(sha256(answer.body)).toBe(digest);
    });

    it('answers HEAD with the same headers and no body', async () => {
      const head = await ask(`${REPO}/manifests/1.0.0`, { method: 'HEAD' });

      expect([
        head.status,
        head.body.length,
        head.headers['content-length'],
        head.headers['docker-content-digest'],
      ]).toEqual([200, 0, String(bundle.indexBytes.length), bundle.digest]);
      expect((await ask(`${REPO}/manifests/none`, { method: 'HEAD' })).status).toBe(404);
    });

    it.each([
      ['a list that names it', `application/vnd.docker.distribution.manifest.v2+json, ${MEDIA_TYPES.ociIndex}`, 200],
      ['everything', '*/*', 200],
      ['only what it is not', 'application/vnd.docker.distribution.manifest.v2+json', 404],
    ])('honours an Accept header with %s', async (_name, accept, status) => {
      expect((await ask(`${REPO}/manifests/1.0.0`, { headers: { Accept: accept } })).status).toBe(status);
    });

    it.each([
      ['an unknown tag', `${REPO}/manifests/9.9.9`, 'MANIFEST_UNKNOWN'],
      ['an unknown digest', `${REPO}/manifests/${ABSENT}`, 'MANIFEST_UNKNOWN'],
      ['an unknown repository', '/v2/nowhere/manifests/1.0.0', 'NAME_UNKNOWN'],
      ['the manifest of another repository', `${REPO}/manifests/${foreign.manifest}`, 'MANIFEST_UNKNOWN'],
    ])('answers %s with 404 and a JSON body', async (_name, path, code) => {
      const answer = await ask(path);

      expect([answer.status, errorCode(answer)]).toEqual([404, code]);
      expect(answer.headers['content-type']).toBe('application/json');
    });

    it('answers a malformed digest with 400', async () => {
      expect((await ask(`${REPO}/manifests/sha256:baddigeststring`)).status).toBe(400);
    });
  });

  describe('blobs', () => {
    it('gives a blob byte for byte, and its headers alone to HEAD', async () => {
      const answer = await ask(`${REPO}/blobs/${bundle.weights}`);
      const head = await ask(`${REPO}/blobs/${bundle.weights}`, { method: 'HEAD' });

      expect(answer.body.equals(bundle.weightBytes)).toBe(true);
      for (const { status, headers } of [answer, head]) {
        expect([status, headers['content-length'], headers['docker-content-digest'], headers['accept-ranges']]).toEqual(
          [200, '3000', bundle.weights, 'bytes'],
        );
      }
      expect(head.body.length).toBe(0);
    });

    it('gives an empty blob', async () => {
      const answer = await ask(`${REPO}/blobs/${bundle.empty}`);

      expect([answer.status, answer.headers['content-length'], answer.body.length]).toEqual([200, '0', 0]);
    });

    it.each([
      ['an unknown blob', `${REPO}/blobs/${ABSENT}`, 404, 'BLOB_UNKNOWN'],
      ['a blob of another repository', `${REPO}/blobs/${foreign.weights}`, 404, 'BLOB_UNKNOWN'],
      ['an unknown repository', `/v2/nowhere/blobs/${ABSENT}`, 404, 'NAME_UNKNOWN'],
      [
        'a digest of an algorithm that the store does not hold',
        `${REPO}/blobs/sha512:${'a'.repeat(128)}`,
        404,
        'DIGEST_INVALID',
      ],
      ['a malformed digest', `${REPO}/blobs/sha256:zz`, 400, 'DIGEST_INVALID'],
    ])('refuses %s', async (_name, path, status, code) => {
      const answer = await ask(path);

      expect([answer.status, errorCode(answer)]).toEqual([status, code]);
    });

    it.each([
      ['bytes=500-1499', 500, 1500],
      ['bytes=500-', 500, 3000],
      ['bytes=-500', 2500, 3000],
      ['bytes=2000-5000', 2000, 3000],
    ])('answers %s with 206 and exactly these bytes', async (range, start, end) => {
      const answer = await ask(`${REPO}/blobs/${bundle.weights}`, { headers: { Range: range } });

      expect([answer.status, answer.headers['content-range'], answer.headers['content-length']]).toEqual([
        206,
        `bytes ${String(start)}-${String(end - 1)}/3000`,
        String(end - start),
      ]);
      expect(answer.body.equals(bundle.weightBytes.subarray(start, end))).toBe(true);
    });

    it.each(['bytes=500-0', 'bytes=5000-10000'])('answers %s with 416 and the size', async (range) => {
      const answer = await ask(`${REPO}/blobs/${bundle.weights}`, { headers: { Range: range } });

      expect([
        answer.status,
        answer.headers['content-range'],
        answer.headers['content-length'],
        answer.body.length,
      ]).toEqual([416, 'bytes */3000', '0', 0]);
    });

    it('ignores a range whose If-Range names other content', async () => {
      const etag = (await ask(`${REPO}/blobs/${bundle.weights}`, { method: 'HEAD' })).headers.etag ?? '';

      expect(
        (await ask(`${REPO}/blobs/${bundle.weights}`, { headers: { Range: 'bytes=1-2', 'If-Range': etag } })).status,
      ).toBe(206);
      expect(
        (await ask(`${REPO}/blobs/${bundle.weights}`, { headers: { Range: 'bytes=1-2', 'If-Range': '"other"' } }))
          .status,
      ).toBe(200);
    });
  });

  describe('tags', () => {
    it('lists them sorted', async () => {
      expect(json(await ask(`${REPO}/tags/list`))).toEqual({
        name: 'plant/defects',
        tags: ['1.0.0', '1.1.0', '2.0.0'],
      });
    });

    it('pages with n, last and a link to the next page', async () => {
      const first = await ask(`${REPO}/tags/list?n=2`);
      const next = /<([^>]+)>; rel="next"/.exec(String(first.headers.link))?.[1] ?? '';
      const rest = await ask(next);

      expect(json(first)).toMatchObject({ tags: ['1.0.0', '1.1.0'] });
      expect(json(rest)).toMatchObject({ tags: ['2.0.0'] });
      expect(rest.headers.link).toBeUndefined();
      expect(json(await ask(`${REPO}/tags/list?last=1.0.0`))).toMatchObject({ tags: ['1.1.0', '2.0.0'] });
    });

    it('gives an empty list without a link for n=0, 404 for an unknown repository and 400 for no count', async () => {
      const none = await ask(`${REPO}/tags/list?n=0`);

      expect([json(none), none.headers.link]).toEqual([{ name: 'plant/defects', tags: [] }, undefined]);
      expect((await ask('/v2/nowhere/tags/list')).status).toBe(404);
      expect((await ask(`${REPO}/tags/list?n=x`)).status).toBe(400);
    });
  });

  describe('referrers', () => {
    const manifestsOf = (
      answer: Answer,
    ): {
      digest: string;
      artifactType: string;
      annotations: Record<string, string>;
      size: number;
      mediaType: string;
    }[] => (json(answer) as { manifests: never[] }).manifests;

    it('lists every referrer with artifact type and annotations, falling back to the config type', async () => {
      const answer = await ask(`${REPO}/referrers/${bundle.digest}`);
      const byDigest = new Map(manifestsOf(answer).map((each) => [each.digest, each]));

      expect([answer.status, answer.headers['content-type']]).toEqual([200, MEDIA_TYPES.ociIndex]);
      expect([...byDigest.keys()].sort()).toEqual([bundle.signature, bundle.sbom].sort());
      expect(byDigest.get(bundle.signature)).toMatchObject({
        artifactType: MEDIA_TYPES.sigstoreBundle,
        annotations: { 'dev.sigstore.bundle.predicateType': 'signature' },
        size: bundle.blobs.get(bundle.signature)?.length,
      });
      expect(byDigest.get(bundle.sbom)).toMatchObject({ artifactType: 'application/vnd.example.sbom.config' });
    });

    it('gives an empty index for a digest that nothing refers to, also an unknown one', async () => {
      for (const digest of [bundle.manifest, ABSENT]) {
        const answer = await ask(`${REPO}/referrers/${digest}`);

        expect([answer.status, manifestsOf(answer)]).toEqual([200, []]);
      }
    });

    it('filters by artifact type and says so', async () => {
      const answer = await ask(
        `${REPO}/referrers/${bundle.digest}?artifactType=${encodeURIComponent(MEDIA_TYPES.sigstoreBundle)}`,
      );

      expect(manifestsOf(answer).map((each) => each.digest)).toEqual([bundle.signature]);
      expect(answer.headers['oci-filters-applied']).toBe('artifactType');
      expect((await ask(`${REPO}/referrers/${bundle.digest}`)).headers['oci-filters-applied']).toBeUndefined();
    });

    it('answers a malformed digest with 400 and an unknown repository with 404', async () => {
      expect((await ask(`${REPO}/referrers/sha256:zz`)).status).toBe(400);
      expect((await ask(`/v2/nowhere/referrers/${bundle.digest}`)).status).toBe(404);
    });

    it('serves the same index under the referrers tag, which no tag list shows', async () => {
      const byTag = await ask(`${REPO}/manifests/${bundle.digest.replace(':', '-')}`);

      expect([byTag.status, byTag.headers['content-type']]).toEqual([200, MEDIA_TYPES.ociIndex]);
      expect(byTag.body.equals((await ask(`${REPO}/referrers/${bundle.digest}`)).body)).toBe(true);
      expect(byTag.headers['docker-content-digest']).toBe(sha256(byTag.body));
      expect((await ask(`${REPO}/manifests/${ABSENT.replace(':', '-')}`)).status).toBe(404);
      expect(JSON.stringify(json(await ask(`${REPO}/tags/list`)))).not.toContain('sha256-');
    });
  });

  describe('names', () => {
    it.each([
      ['a climb out of the store', '/v2/../../etc/passwd/manifests/1'],
      ['upper case', '/v2/Plant/manifests/1'],
      ['an encoded slash', '/v2/plant%2fdefects/manifests/1.0.0'],
      ['an encoded climb', '/v2/%2e%2e/manifests/1'],
      ['an encoded NUL', '/v2/plant%00/manifests/1'],
      ['a name of 256 characters', `/v2/${'a'.repeat(256)}/manifests/1`],
      ['a tag of 129 characters', `${REPO}/manifests/${'t'.repeat(129)}`],
      ['a digest that climbs', `${REPO}/blobs/sha256:..%2f..%2fetc`],
    ])('refuses %s', async (_name, path) => {
      const answer = await ask(path);

      expect([400, 404]).toContain(answer.status);
      expect(errorCode(answer)).toMatch(/INVALID|UNSUPPORTED/);
    });
  });

  describe('when somebody writes', () => {
    it('refuses 1,000 mutating requests and leaves every byte of the store as it was', async () => {
      const before = await fingerprintOf(dir);
      const requests = Array.from({ length: 1000 }, (_, at) => {
        const method = ['POST', 'PUT', 'PATCH', 'DELETE'][at % 4] ?? 'POST';
        const path =
          [
            `${REPO}/blobs/uploads/`,
            `${REPO}/manifests/1.0.0`,
            `${REPO}/blobs/${bundle.weights}`,
            `${REPO}/blobs/uploads/?mount=${bundle.weights}&from=other`,
            '/v2/',
            `${REPO}/manifests/${bundle.digest}`,
          ][at % 6] ?? '/v2/';
        return { method, path };
      });

      const statuses = new Set<string>();
      for (let at = 0; at < requests.length; at += 50) {
        const answers = await Promise.all(
          requests.slice(at, at + 50).map(({ method, path }) =>
            ask(path, {
              method,
              body: 'changed',
              headers: { 'Content-Type': 'application/octet-stream', 'Content-Length': '7' },
            }),
          ),
        );
        for (const answer of answers)
          statuses.add(`${String(answer.status)} ${String(errorCode(answer))} ${String(answer.headers.allow)}`);
      }

      expect([...statuses]).toEqual(['405 UNSUPPORTED GET, HEAD']);
      expect(await fingerprintOf(dir)).toBe(before);
    });
  });
});

/** Names and content of every file of the store. */
async function fingerprintOf(folder: string): Promise<string> {
  const hash = createHash('sha256');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.sort()) hash.update(file).update(await readFile(file));
  return `${String(files.length)} ${hash.digest('hex')}`;
}
