import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TelemetryRecord } from '#core/telemetry/index.ts';
import { randomIds, systemClock } from '#native/clock/index.ts';
import { openTelemetryLog } from '#native/telemetry-log/index.ts';

const identity = { site: 'plant', ids: randomIds(systemClock) };
const bytes = (text: string) => new TextEncoder().encode(text);
const texts = async (records: AsyncIterable<TelemetryRecord>) => {
  const found: string[] = [];
  for await (const { signal, payload } of records) found.push(`${signal} ${new TextDecoder().decode(payload)}`);
  return found;
};

describe('the telemetry log', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'gantry-telemetry-'));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  async function fill(count: number, segmentBytes?: number): Promise<void> {
    const log = await openTelemetryLog({ dir, ...identity, ...(segmentBytes === undefined ? {} : { segmentBytes }) });
    await Promise.all(Array.from({ length: count }, (_, at) => log.append(bytes(`record ${String(at)}`))));
    await log.close();
  }

  const newestSegment = async () => join(dir, (await readdir(dir)).sort().at(-1) ?? '');

  describe('when it is opened again', () => {
    it('gives every record in order and goes on with the next sequence', async () => {
      await fill(50);

      const log = await openTelemetryLog({ dir, ...identity });
      const seq = await log.append(bytes('after'));

      expect(seq).toBe(51);
      expect(await texts(log.read(49))).toEqual(['metrics record 49', 'metrics after']);
      await log.close();
    });
  });

  describe('when its last frame was torn by a power cut', () => {
    it('cuts the tail and keeps everything before it', async () => {
      await fill(10);
      const path = await newestSegment();
      await truncate(path, (await readFile(path)).length - 3);

      const log = await openTelemetryLog({ dir, ...identity });

      expect(await texts(log.read(0))).toHaveLength(9);
      expect(log.gaps).toBe(0);
      await log.close();
    });
  });

  describe('when a middle frame is damaged', () => {
    it('loses that record only, and states the gap once for all later openings', async () => {
      await fill(10);
      const path = await newestSegment();
      const content = await readFile(path);
      content[Math.floor(content.length / 2)] = (content[Math.floor(content.length / 2)] ?? 0) ^ 0xff;
      await writeFile(path, content);

      for (let opening = 0; opening < 3; opening += 1) await (await openTelemetryLog({ dir, ...identity })).close();
      const log = await openTelemetryLog({ dir, ...identity });
      const records = await texts(log.read(0));

      expect(records.filter((record) => record.startsWith('metrics'))).toHaveLength(9);
      expect(records.filter((record) => record.startsWith('gap'))).toHaveLength(1);
      expect(log.gaps).toBe(1);
      await log.close();
    });
  });

  describe('when segments are small', () => {
    it('begins new ones and names sealed ranges without holes', async () => {
      for (let round = 0; round < 20; round += 1) await fill(5, 200);

      const log = await openTelemetryLog({ dir, ...identity });
      const segments = await log.seal();

      expect(segments.length).toBeGreaterThan(5);
      expect(segments.reduce((next, segment) => (segment.firstSeq === next ? segment.lastSeq + 1 : -1), 1)).toBe(101);
      await log.close();
    });
  });
});
