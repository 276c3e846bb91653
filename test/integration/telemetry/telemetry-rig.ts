import { generateKeyPairSync, webcrypto } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Person } from '#contracts/site.ts';
import type { JobRunner } from '#core/jobs/ports.ts';
import type { SigningKey } from '#core/keys/ports.ts';
import type { StationStore } from '#core/storage/ports.ts';
import { ageContentCipher } from '#native/age/index.ts';
import { randomIds, systemClock } from '#native/clock/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { createKeyPair, nodeSignatureVerifier, signingKeyFromPem } from '#native/keys/index.ts';
import { inboxVolumeSource, nodeFolderOpener, nodeMediaAccess } from '#native/media/index.ts';
import { decodeMetrics } from '#native/otlp/index.ts';
import { openPointIndex, openStationStore } from '#native/sqlite/index.ts';
import { openTelemetryLog } from '#native/telemetry-log/index.ts';
import { createJobRunner } from '#station/jobs/create-job-runner.ts';
import { sealExports } from '#station/keys/seal-exports.ts';
import { createMediaService } from '#station/media/create-media-service.ts';
import type { MediaService } from '#station/media/service.ts';
import { createTelemetryService } from '#station/telemetry/create-telemetry-service.ts';
import type { TelemetryService } from '#station/telemetry/service.ts';

export const EVA: Person = { id: 'eva', name: 'Eva Field', role: 'operator' };

export interface TelemetryRig {
  readonly telemetry: TelemetryService;
  readonly media: MediaService;
  readonly jobs: JobRunner;
  readonly store: StationStore;
  readonly siteKey: SigningKey;
  close(): Promise<void>;
}

/** The telemetry of a station on real files and databases; the same folder again is a restart. */
export async function openTelemetry(folder: string, options: { segmentBytes?: number } = {}): Promise<TelemetryRig> {
  await mkdir(folder, { recursive: true });
  const clock = systemClock;
  const ids = randomIds(clock);
  const store = openStationStore({ path: join(folder, 'station.db'), clock, ids, hasher: nodeHasher });
  const jobs = createJobRunner({ store, clock, ids, concurrency: 1, logFailure: () => 'correlation-1' });
  const pkcs8 = generateKeyPairSync('x25519').privateKey.export({ type: 'pkcs8', format: 'der' });
  const cipher = ageContentCipher(
    await webcrypto.subtle.importKey('pkcs8', pkcs8, { name: 'X25519' }, false, ['deriveBits']),
  );
  const media = createMediaService({
    indexTrust: () => ({ keys: [], verifier: nodeSignatureVerifier }),
    sources: [inboxVolumeSource(join(folder, 'inbox'), 'Inbox')],
    opener: nodeFolderOpener,
    access: nodeMediaAccess,
    inspectLayout: () => Promise.resolve(null),
    store,
    hasher: nodeHasher,
    clock,
    onSourceFailure: () => undefined,
  });
  const siteKey = signingKeyFromPem(createKeyPair('ecdsa-p256').privateKeyPem);
  const log = await openTelemetryLog({ dir: join(folder, 'telemetry'), site: 'plant', ids, ...options });
  const index = openPointIndex(join(folder, 'telemetry', 'index.db'));
  const telemetry = await createTelemetryService({
    store,
    jobs,
    media: sealExports(media, { cipher, hasher: nodeHasher, recipients: () => [] }),
    clock,
    ids,
    log,
    index,
    vault: { open: () => Promise.resolve(siteKey) },
    decode: decodeMetrics,
    hasher: nodeHasher,
    site: { id: 'plant' },
  });
  jobs.start();
  return {
    telemetry,
    media,
    jobs,
    store,
    siteKey,
    close: async () => {
      await jobs.stop();
      await log.close();
      index.close();
      store.close();
    },
  };
}

/** An OTLP/JSON request with one counter point and one histogram point. */
export function aRequest(point: { endAt: number; requests: number; counts?: number[]; version?: string }): Uint8Array {
  const attributes = [
    { key: 'gantry.model.name', value: { stringValue: 'pcb' } },
    { key: 'gantry.model.version', value: { stringValue: point.version ?? '1.0.0' } },
  ];
  const times = {
    startTimeUnixNano: `${String(point.endAt - 1000)}000000`,
    timeUnixNano: `${String(point.endAt)}000000`,
    attributes,
  };
  const metrics = [
    {
      name: 'gantry.inference.requests',
      sum: { aggregationTemporality: 1, dataPoints: [{ ...times, asInt: String(point.requests) }] },
    },
    {
      name: 'gantry.inference.duration',
      histogram: {
        aggregationTemporality: 1,
        dataPoints: [
          {
            ...times,
            sum: 1,
            explicitBounds: [10, 20],
            bucketCounts: (point.counts ?? [point.requests, 0, 0]).map(String),
          },
        ],
      },
    },
  ];
  return new TextEncoder().encode(JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] }));
}
