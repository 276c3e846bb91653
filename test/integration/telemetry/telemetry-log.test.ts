import { mkdtemp, open, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TelemetryLog } from '#core/telemetry/index.ts';
import { randomIds, systemClock } from '#native/clock/index.ts';
import { openTelemetryLog } from '#native/telemetry-log/index.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

let dir: string;
let log: TelemetryLog;
const openLog = async (segmentBytes?: number): Promise<TelemetryLog> => {
  const sized = segmentBytes === undefined ? {} : { segmentBytes };
  log = await openTelemetryLog({ dir, site: 'plant', ids: randomIds(systemClock), ...sized });
  return log;
};

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gantry-telemetry-'));
});
afterEach(async () => {
  await log.close();
  await rm(dir, { recursive: true, force: true });
});

async function texts(afterSeq = 0): Promise<string[]> {
  const found: string[] = [];
  for await (const { seq, signal, payload } of log.read(afterSeq)) {
    const text = new TextDecoder().decode(payload);
    found.push(signal === 'gap' ? `gap ${text}` : `${String(seq)} ${text}`);
  }
  return found;
}

/** A closed log with so many records; `r1` has sequence 1. */
async function fill(count: number, segmentBytes?: number): Promise<void> {
  await openLog(segmentBytes);
  for (let n = 1; n <= count; n += 1) await log.append(bytes(`r${String(n)}`));
  await log.close();
}

const segmentPaths = async (): Promise<string[]> =>
  (await readdir(dir))
    .filter((name) => name.endsWith('.log'))
    .sort()
    .map((name) => join(dir, name));

async function damage(path: string, at: number, length = 1): Promise<void> {
  const content = await readFile(path);
  for (let offset = at; offset < at + length; offset += 1) content[offset] = (content[offset] ?? 0) ^ 0xff;
  await writeFile(path, content);
}

/** Where the frame of a sequence begins in a segment. */
async function placeOf(path: string, seq: number): Promise<number> {
  const content = await readFile(path);
  const wanted = Buffer.alloc(8);
  wanted.writeBigUInt64LE(BigInt(seq));
  return content.indexOf(wanted, content.indexOf('}\n')) - 8;
}

describe('the telemetry log', () => {
  it('gives every record in order over restarts and goes on with the next sequence', async () => {
    await fill(3);
    await openLog();

    const seqs = await Promise.all(['a', 'b', 'c'].map((text) => log.append(bytes(text))));

    expect(seqs).toEqual([4, 5, 6]);
    expect(await texts(2)).toEqual(['3 r3', '4 a', '5 b', '6 c']);
    expect(log.gaps).toBe(0);
  });

  it('links each segment to the one before, in one epoch', async () => {
    await fill(30, 300);
    const paths = await segmentPaths();

    await openLog(300);
    const segments = log.segments();

    expect(segments.length).toBeGreaterThan(3);
    expect(new Set(segments.map(({ epoch }) => epoch)).size).toBe(1);
    for (const [at, path] of paths.entries()) {
      const header = JSON.parse((await readFile(path, 'latin1')).split('\n')[1] ?? '') as Record<string, unknown>;
      expect(header['previous']).toBe(at === 0 ? null : segments[at - 1]?.digest);
      expect(header['firstSeq']).toBe(at === 0 ? 1 : (segments[at - 1]?.lastSeq ?? 0) + 1);
    }
  });

  it('counts a record as one, whatever shares its commit', async () => {
    await openLog();

    await Promise.all(Array.from({ length: 500 }, (_, n) => log.append(bytes(String(n)))));

    expect(log.segments().reduce((sum, { records }) => sum + records, 0)).toBe(500);
    expect(await texts()).toHaveLength(500);
  });

  it('seals while others append, and loses nothing', async () => {
    await openLog();

    await Promise.all(Array.from({ length: 60 }, (_, n) => (n % 6 === 5 ? log.seal() : log.append(bytes(String(n))))));

    expect(await texts()).toHaveLength(50);
  });

  it('asks the sender to come back when too much waits', async () => {
    await openLog();

    const results = await Promise.allSettled(Array.from({ length: 2_100 }, () => log.append(bytes('x'))));

    const refused = results
      .filter((result) => result.status === 'rejected')
      .map(({ reason }) => reason as { code: string });
    expect(refused.length).toBeGreaterThan(0);
    expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(['TELEMETRY_BACKPRESSURE']));
    expect(await texts()).toHaveLength(2_100 - refused.length);
  });

  it('refuses a record after it was closed', async () => {
    await openLog();
    await log.close();

    await expect(log.append(bytes('late'))).rejects.toMatchObject({ code: 'RPC_CLOSED' });
  });
});

describe('a segment that the last run did not seal', () => {
  /** As a kill leaves it: no footer, and of the last frame only a part. */
  async function tear(lostBytes: number): Promise<void> {
    const path = (await segmentPaths()).at(-1) ?? '';
    await truncate(path, (await stat(path)).size - 68 - lostBytes);
  }

  it.each([0, 1, 8, 20])('is cut at its last whole frame, %i bytes torn off', async (lostBytes) => {
    await fill(10);
    await tear(lostBytes);

    await openLog();

    const kept = lostBytes === 0 ? 10 : 9;
    expect(await texts()).toHaveLength(kept);
    expect(await log.append(bytes('next'))).toBe(kept + 1);
    expect(log.gaps).toBe(0);
    await log.close();
    await openLog();
    expect((await texts()).at(-1)).toBe(`${String(kept + 1)} next`);
  });

  it('is removed when nothing was acknowledged in it', async () => {
    await openLog();
    await log.append(bytes('r1'));
    await log.close();
    await tear(1);

    await openLog();

    expect(await segmentPaths()).toEqual([]);
    expect(await log.append(bytes('again'))).toBe(1);
  });

  it.each([0, 10, 100])('is removed when the kill came after %i bytes of its header', async (length) => {
    await fill(3);
    const header = (await readFile((await segmentPaths())[0] ?? '')).subarray(0, length);
    await writeFile(join(dir, 'segment-0000000000000004.log'), header);

    await openLog();

    expect(await log.append(bytes('next'))).toBe(4);
    expect(log.gaps).toBe(0);
  });

  it('is read up to garbage that was never a frame', async () => {
    await fill(5);
    await tear(0);
    const file = await open((await segmentPaths())[0] ?? '', 'a');
    await file.write(Buffer.from(Array.from({ length: 5_000 }, (_, n) => (n * 7) & 0xff)));
    await file.close();

    await openLog();

    expect(await texts()).toEqual(['1 r1', '2 r2', '3 r3', '4 r4', '5 r5']);
  });
});

describe('a damaged log', () => {
  it('loses the record on the damaged place only, and tells it once for all later openings', async () => {
    await fill(10);
    const path = (await segmentPaths())[0] ?? '';
    await damage(path, (await placeOf(path, 6)) + 20);

    await openLog();
    expect(await texts()).toEqual([1, 2, 3, 4, 5, 7, 8, 9, 10].map((n) => `${String(n)} r${String(n)}`));
    for (let opening = 0; opening < 3; opening += 1) {
      await log.close();
      await openLog();
      await texts();
    }

    expect((await texts()).filter((text) => text.startsWith('gap'))).toEqual([
      'gap {"from":6,"to":6,"cause":"frame-damaged"}',
    ]);
    expect(log.gaps).toBe(1);
  });

  it('loses the records of one damaged sector only', async () => {
    await fill(400);
    const path = (await segmentPaths())[0] ?? '';
    await damage(path, 4_096, 512);

    await openLog();
    const kept = (await texts()).length;

    expect(kept).toBeGreaterThan(370);
    expect(kept).toBeLessThan(400);
    expect(log.gaps).toBe(1);
  });

  it('tells a segment that is missing, and begins a new epoch', async () => {
    await fill(30, 300);
    const before = (await openLog(300)).segments();
    await log.close();
    await rm(join(dir, before[1]?.name ?? ''));

    await openLog(300);

    expect((await texts()).filter((text) => text.startsWith('gap'))).toEqual([
      `gap ${JSON.stringify({ from: before[1]?.firstSeq, to: before[1]?.lastSeq, cause: 'segment-missing' })}`,
    ]);
    expect(log.segments().at(-1)?.epoch).not.toBe(before[0]?.epoch);
  });

  it('reads the records of a segment whose header is damaged', async () => {
    await fill(5);
    await damage((await segmentPaths())[0] ?? '', 3);

    await openLog();

    expect(await texts()).toHaveLength(5);
  });

  it('keeps a file without a single whole frame aside and tells the loss', async () => {
    await fill(3);
    const path = (await segmentPaths())[0] ?? '';
    await writeFile(path, Buffer.alloc(3_000, 0x5a));

    await openLog();
    const seq = await log.append(bytes('after'));

    expect(await readdir(dir)).toContain('segment-0000000000000001.log.damaged');
    expect(seq).toBe(3);
    expect(log.gaps).toBe(1);
  });
});
