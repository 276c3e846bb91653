import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SiteConfig } from '#contracts/site.ts';
import type { JobRunner } from '#core/jobs/ports.ts';
import type { StationStore } from '#core/storage/ports.ts';
import { randomIds, systemClock } from '#native/clock/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { openStationStore } from '#native/sqlite/index.ts';
import { createJobRunner } from '#station/jobs/create-job-runner.ts';
import { createSiteService } from '#station/site/create-site-service.ts';
import type { DemoRunner } from '#station/site/demo-runner.ts';
import type { SiteDeps } from '#station/site/site-deps.ts';
import type { SiteService } from '#station/site/service.ts';

const EVA = { id: 'eva', name: 'Eva Field', role: 'admin' } as const;
const CONFIG: SiteConfig = { v: 1, id: 'plant', name: 'Plant North', createdAt: 1, administrator: EVA };

/** What the overview reads of the other features. */
interface World {
  devices: unknown[];
  bundles: unknown[];
  imports: { id: string; state: string; model: string; version: string; updatedAt: number }[];
  rollouts: { id: string; state: string; repository: string; version: string; updatedAt: number; reason?: string }[];
  waiting: number;
}

let folder: string;
let store: StationStore;
let jobs: JobRunner;
let world: World;

function openSite(demo: DemoRunner | null = null): SiteService {
  const services = {
    fleet: { list: () => world.devices },
    bundles: { list: () => world.bundles },
    imports: { list: () => world.imports },
    rollouts: { list: () => world.rollouts },
    review: { queue: () => ({ counts: { waiting: world.waiting } }) },
  };
  return createSiteService({
    config: CONFIG,
    store,
    jobs,
    clock: systemClock,
    demo,
    trustAlarms: () => [],
    services: () => services as unknown as ReturnType<SiteDeps['services']>,
  });
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gantry-site-'));
  const ids = randomIds(systemClock);
  store = openStationStore({ path: join(folder, 'station.db'), clock: systemClock, ids, hasher: nodeHasher });
  jobs = createJobRunner({ store, clock: systemClock, ids, concurrency: 1, logFailure: () => 'correlation-1' });
  world = { devices: [], bundles: [], imports: [], rollouts: [], waiting: 0 };
});
afterEach(async () => {
  await jobs.stop();
  store.close();
  await rm(folder, { recursive: true });
});

describe('the overview', () => {
  it('says that a new site is empty', async () => {
    const overview = await openSite().overview();

    expect(overview).toMatchObject({
      site: { name: 'Plant North' },
      mode: 'offline',
      isEmpty: true,
      demo: 'unavailable',
      lines: [],
      alarms: [],
    });
  });

  it('counts what is open, and puts the most urgent alarm first', async () => {
    world.imports = [
      { id: 'i1', state: 'awaiting-decision', model: 'pcb', version: '2', updatedAt: 9 },
      { id: 'i2', state: 'accepted', model: 'pcb', version: '1', updatedAt: 8 },
    ];
    world.rollouts = [
      { id: 'r1', state: 'held', repository: 'pcb', version: '2', updatedAt: 5, reason: 'p99 too high' },
      { id: 'r2', state: 'finished', repository: 'pcb', version: '1', updatedAt: 4 },
    ];
    world.waiting = 12;

    const overview = await openSite().overview();

    expect(overview.counts).toMatchObject({ openImports: 1, openRollouts: 1, waitingSamples: 12 });
    expect(overview.alarms.map(({ subject, priority }) => [subject, priority])).toEqual([
      ['r1', 'high'],
      ['i1', 'low'],
    ]);
    expect(overview.alarms[0]?.text).toContain('p99 too high');
  });
});

describe('the demonstration', () => {
  const telling = (run: DemoRunner['run'] = () => Promise.resolve()): DemoRunner => ({
    run,
    revive: () => Promise.resolve(),
    stop: () => Promise.resolve(),
  });

  it('is offered on an empty site, runs as a job, and is not offered again', async () => {
    const site = openSite(telling());
    jobs.start();
    expect((await site.overview()).demo).toBe('offered');

    const { jobId } = site.startDemo(EVA);
    expect((await site.overview()).demo).toBe('running');
    while (jobs.get(jobId)?.state !== 'done') await systemClock.sleep(2);

    expect((await site.overview()).demo).toBe('done');
    expect(() => site.startDemo(EVA)).toThrow(expect.objectContaining({ code: 'CONFLICT' }));
  });

  it('is not offered on a site that is in use', async () => {
    world.bundles = [{}];
    const site = openSite(telling());

    expect((await site.overview()).demo).toBe('unavailable');
    expect(() => site.startDemo(EVA)).toThrow(expect.objectContaining({ code: 'CONFLICT' }));
  });
});

describe('changes', () => {
  const append = (subject: string): void => {
    store.events.append({
      actor: { kind: 'station', id: 'plant', name: 'Plant' },
      stream: 'fleet',
      type: 'device.seen',
      subject,
      payload: {},
    });
  };
  async function take(site: SiteService, afterSeq: number, count: number, meanwhile?: () => void): Promise<string[]> {
    const seen: string[] = [];
    const reading = (async () => {
      for await (const { subject } of site.changes(afterSeq, new AbortController().signal)) {
        seen.push(subject);
        if (seen.length === count) return;
      }
    })();
    await systemClock.sleep(1);
    meanwhile?.();
    await reading;
    return seen;
  }

  it('are told from now on to a new page, and from where it was to one that comes back', async () => {
    const site = openSite();
    append('a');
    append('b');

    expect(
      await take(site, 0, 1, () => {
        append('c');
      }),
    ).toEqual(['c']);
    expect(
      await take(site, 1, 3, () => {
        append('d');
      }),
    ).toEqual(['b', 'c', 'd']);
  });

  it('end when the page goes away', async () => {
    const stop = new AbortController();
    const reading = (async () => {
      const seen: unknown[] = [];
      for await (const change of openSite().changes(0, stop.signal)) seen.push(change);
      return seen;
    })();

    await systemClock.sleep(1);
    stop.abort();

    expect(await reading).toEqual([]);
  });
});
