import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TELEMETRY_EXPORT_TYPE, TelemetryExportManifest, type SeriesQuery } from '#contracts/telemetry.ts';
import { openDocument } from '#core/signing/index.ts';
import { systemClock } from '#native/clock/index.ts';
import { nodeSignatureVerifier } from '#native/keys/index.ts';
import { aRequest, EVA, openTelemetry, type TelemetryRig } from './telemetry-rig.ts';

const JSON_TYPE = 'application/json';
const T0 = 1_700_000_000_000;
const QUERY: SeriesQuery = { metric: 'requests', from: T0, to: T0 + 4_000, stepMs: 1_000, groupBy: 'version' };

let folder: string;
let rig: TelemetryRig;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gantry-telemetry-'));
  rig = await openTelemetry(join(folder, 'site'), { segmentBytes: 600 });
});
afterEach(async () => {
  await rig.close();
  await rm(folder, { recursive: true });
});
const restart = async (): Promise<void> => {
  await rig.close();
  rig = await openTelemetry(join(folder, 'site'), { segmentBytes: 600 });
};
const receive = (device: string, ...args: Parameters<typeof aRequest>): Promise<void> =>
  rig.telemetry.receive(device, JSON_TYPE, aRequest(...args));

describe('telemetry of devices', () => {
  it('is charted per model version, with gaps as gaps', async () => {
    await receive('gw-1', { endAt: T0 + 500, requests: 3 });
    await receive('gw-2', { endAt: T0 + 600, requests: 4 });
    await receive('gw-1', { endAt: T0 + 3_500, requests: 9, version: '1.1.0' });

    expect(rig.telemetry.series(QUERY).series.map(({ name, values }) => [name, values])).toEqual([
      ['pcb 1.0.0', [7, null, null, null]],
      ['pcb 1.1.0', [null, null, null, 9]],
    ]);
    expect(rig.telemetry.series({ ...QUERY, devices: ['gw-2'] }).series[0]?.values).toEqual([4, null, null, null]);
  });

  it('gives the percentile of everything that a version served', async () => {
    await receive('gw-1', { endAt: T0 + 500, requests: 10, counts: [0, 10, 0] });
    await receive('gw-2', { endAt: T0 + 500, requests: 10, counts: [10, 0, 0] });

    expect(rig.telemetry.series({ ...QUERY, metric: 'latency.p50' }).series[0]?.values[0]).toBe(10);
    expect(rig.telemetry.series({ ...QUERY, metric: 'latency.p99' }).series[0]?.values[0]).toBeCloseTo(19.8, 9);
  });

  it('counts a request that was sent twice once', async () => {
    await receive('gw-1', { endAt: T0 + 500, requests: 3 });
    await receive('gw-1', { endAt: T0 + 500, requests: 3 });

    expect(rig.telemetry.series(QUERY).series[0]?.values[0]).toBe(3);
    expect(rig.telemetry.status()).toMatchObject({ records: 2, points: 2 });
  });

  it('is refused when it cannot be read, and nothing of it is kept', async () => {
    await expect(rig.telemetry.receive('gw-1', JSON_TYPE, new TextEncoder().encode('{'))).rejects.toMatchObject({
      code: 'TELEMETRY_MALFORMED',
    });

    expect(rig.telemetry.status()).toMatchObject({ records: 0, points: 0, oldestAt: null });
  });

  it('refuses a window that ends before it begins', () => {
    expect(() => rig.telemetry.series({ ...QUERY, to: T0 })).toThrow(
      expect.objectContaining({ code: 'USAGE_INVALID' }),
    );
  });

  it('is marked with what happened to the models', async () => {
    const now = systemClock.now();
    rig.store.events.append({
      actor: { kind: 'person', id: 'eva', name: 'Eva' },
      stream: 'rollout',
      type: 'rollout.started',
      subject: 'r1',
      ticket: 'CHG-7',
      payload: {},
    });
    await receive('gw-1', { endAt: now, requests: 1 });

    const { markers } = rig.telemetry.series({ ...QUERY, from: now - 10_000, to: now + 10_000 });

    expect(markers).toMatchObject([{ kind: 'rollout.started', text: 'CHG-7' }]);
  });
});

describe('a restart', () => {
  it('has everything, in the log and in the chart', async () => {
    for (let n = 0; n < 20; n += 1) await receive('gw-1', { endAt: T0 + 100 + n, requests: 1 });
    const before = rig.telemetry.status();

    await restart();

    expect(rig.telemetry.status()).toMatchObject({ records: 20, points: before.points, gaps: 0 });
    expect(rig.telemetry.series(QUERY).series[0]?.values[0]).toBe(20);
  });

  it.each([
    ['lost', (path: string) => rm(path)],
    ['damaged', (path: string) => writeFile(path, 'no database')],
  ])('builds a %s index again from the log', async (_, hurt) => {
    for (let n = 0; n < 20; n += 1) await receive('gw-1', { endAt: T0 + 100 + n, requests: 1 });
    await rig.close();
    const index = join(folder, 'site', 'telemetry', 'index.db');
    await hurt(index);
    for (const suffix of ['-wal', '-shm']) await rm(`${index}${suffix}`, { force: true });

    rig = await openTelemetry(join(folder, 'site'), { segmentBytes: 600 });

    expect(rig.telemetry.series(QUERY).series[0]?.values[0]).toBe(20);
  });
});

describe('an export', () => {
  async function exported(): Promise<string> {
    await mkdir(join(folder, 'stick'), { recursive: true });
    const { id } = await rig.media.openFolder(join(folder, 'stick'));
    const { jobId } = await rig.telemetry.export({ volumeId: id }, EVA);
    while (!['done', 'failed'].includes(rig.jobs.get(jobId)?.state ?? '')) await systemClock.sleep(5);
    expect(rig.jobs.get(jobId)).toMatchObject({ state: 'done' });
    const outbox = join(folder, 'stick', 'gantry', 'outbox', 'telemetry');
    return join(outbox, (await readdir(outbox)).sort().at(-1) ?? '');
  }

  it('carries every sealed segment, and a manifest signed by the site that names each by digest', async () => {
    for (let n = 0; n < 20; n += 1) await receive('gw-1', { endAt: T0 + 100 + n, requests: 1 });

    const out = await exported();

    const envelope: unknown = JSON.parse(await readFile(join(out, 'manifest.dsse.json'), 'utf8'));
    const manifest = openDocument(envelope, {
      payloadType: TELEMETRY_EXPORT_TYPE,
      schema: TelemetryExportManifest,
      publicKeyPem: rig.siteKey.publicKeyPem,
      verifier: nodeSignatureVerifier,
    });
    expect(manifest).toMatchObject({ site: 'plant', totals: { records: 20, gaps: 0 } });
    expect(manifest.segments.length).toBeGreaterThan(2);
    for (const { name, digest, bytes } of manifest.segments) {
      const content = await readFile(join(out, name));
      expect([content.length, `sha256:${createHash('sha256').update(content).digest('hex')}`]).toEqual([bytes, digest]);
    }
    expect(JSON.parse(await readFile(join(out, 'manifest.json'), 'utf8'))).toEqual(manifest);
    expect(manifest.segments.map(({ firstSeq }) => firstSeq)).toEqual(
      manifest.segments.map((_, at) => (at === 0 ? 1 : (manifest.segments[at - 1]?.lastSeq ?? 0) + 1)),
    );
  });

  it('is recorded with who asked for it, and deletes nothing', async () => {
    await receive('gw-1', { endAt: T0 + 500, requests: 1 });

    await exported();

    expect(rig.store.events.readBack(1_000, 1, { stream: 'telemetry' })[0]).toMatchObject({
      type: 'telemetry.exported',
      actor: { id: 'eva' },
      payload: { records: 1 },
    });
    expect(rig.telemetry.status().records).toBe(1);
    await receive('gw-1', { endAt: T0 + 600, requests: 1 });
    expect(rig.telemetry.status().records).toBe(2);
  });

  it('is refused for a medium that is not there', async () => {
    await expect(rig.telemetry.export({ volumeId: 'nothing' }, EVA)).rejects.toMatchObject({ code: 'VOLUME_UNKNOWN' });
  });
});
