import { generateKeyPairSync, webcrypto } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import type { SampleUpload } from '#contracts/device.ts';
import type { Person } from '#contracts/site.ts';
import { layoutInspector } from '#core/media/index.ts';
import { ageContentCipher } from '#native/age/index.ts';
import { randomIds, systemClock } from '#native/clock/index.ts';
import { folderBlobStore } from '#native/fs/index.ts';
import { createKeyPair, nodeSignatureVerifier, signingKeyFromPem } from '#native/keys/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { inboxVolumeSource, nodeFolderOpener, nodeMediaAccess } from '#native/media/index.ts';
import { openStationStore } from '#native/sqlite/index.ts';
import { createJobRunner } from '#station/jobs/create-job-runner.ts';
import { sealExports } from '#station/keys/seal-exports.ts';
import { createMediaService } from '#station/media/create-media-service.ts';
import { createReviewService } from '#station/review/create-review-service.ts';

export const quinn: Person = { id: 'quinn', name: 'Quinn Quality', role: 'quality' };
export const ola: Person = { id: 'ola', name: 'Ola Other', role: 'quality' };

/** The review side of a station on a real folder and database. */
export async function openDesk(folder: string) {
  await mkdir(folder, { recursive: true });
  const clock = systemClock;
  const ids = randomIds(clock);
  const store = openStationStore({ path: join(folder, 'station.db'), clock, ids, hasher: nodeHasher });
  const blobs = await folderBlobStore(join(folder, 'store'));
  const failures: unknown[] = [];
  const onFailure = (error: unknown): void => {
    failures.push(error);
  };
  const jobs = createJobRunner({
    store,
    clock,
    ids,
    concurrency: 1,
    logFailure: (error) => {
      onFailure(error);
      return 'none';
    },
  });
  const pkcs8 = generateKeyPairSync('x25519').privateKey.export({ type: 'pkcs8', format: 'der' });
  const cipher = ageContentCipher(
    await webcrypto.subtle.importKey('pkcs8', pkcs8, { name: 'X25519' }, false, ['deriveBits']),
  );
  const media = createMediaService({
    indexTrust: () => ({ keys: [], verifier: nodeSignatureVerifier }),
    sources: [inboxVolumeSource(join(folder, 'inbox'), 'Inbox')],
    opener: nodeFolderOpener,
    access: nodeMediaAccess,
    inspectLayout: layoutInspector(nodeHasher),
    store,
    hasher: nodeHasher,
    clock,
    onSourceFailure: onFailure,
  });
  const { privateKeyPem } = createKeyPair('ed25519');
  const review = createReviewService({
    store,
    blobs,
    media: sealExports(media, { cipher, hasher: nodeHasher, recipients: () => [] }),
    jobs,
    hasher: nodeHasher,
    clock,
    vault: { open: () => Promise.resolve(signingKeyFromPem(privateKeyPem)) },
    lineOf: () => 'line4',
    classesOf: () => Promise.resolve(['bridge', 'short']),
  });
  jobs.start();
  return {
    review,
    media,
    jobs,
    store,
    blobs,
    failures,
    publicKey: () => Promise.resolve(signingKeyFromPem(privateKeyPem).publicKeyPem),
    close: async () => {
      await jobs.stop();
      store.close();
    },
  };
}

/** A grey picture as PNG (signature, IHDR, IDAT, IEND), different for every shade. */
function aPng(width: number, height: number, shade: number): Buffer {
  const rows = Buffer.alloc((width + 1) * height, shade);
  for (let row = 0; row < height; row += 1) rows[row * (width + 1)] = 0;
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head[8] = 8;
  return Buffer.concat([
    Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** A doubtful picture from gateway 1. */
export function anUpload(number: number, over: Partial<SampleUpload> = {}): SampleUpload {
  return {
    v: 1,
    device: 'gw-1',
    sampleId: `sample-${String(number).padStart(4, '0')}`,
    takenAt: 1_700_000_000_000 + number,
    model: {
      repository: 'line4/solder',
      version: '1.0.0',
      bundleDigest: `sha256:${'a'.repeat(64)}`,
      variantDigest: `sha256:${'b'.repeat(64)}`,
    },
    reason: 'low-confidence',
    score: 0.5,
    content: {
      kind: 'image',
      mediaType: 'image/png',
      width: 8,
      height: 6,
      dataBase64: aPng(8, 6, number % 256).toString('base64'),
    },
    outputs: [],
    ...over,
  };
}
