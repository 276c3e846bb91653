import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AppError, type Clock } from '#core/base/index.ts';
import { systemClock } from '#native/clock/index.ts';
import { gate, openJobs, untilOpen, type CopyWork, type JobRig } from './job-rig.ts';

let folder: string;
let rig: JobRig;
const done: CopyWork = () => Promise.resolve({ status: 'done' });
const reopen = async (work: CopyWork): Promise<void> => {
  await rig.close();
  rig = openJobs(folder, work);
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gantry-jobs-'));
});
afterEach(async () => {
  await rig.close();
  await rm(folder, { recursive: true });
});

describe('a job', () => {
  it('runs, tells its progress, and is done', async () => {
    rig = openJobs(folder, (_, context) => {
      context.report({ done: 3, total: 3, unit: 'items' });
      return Promise.resolve({ status: 'done' });
    });

    const id = rig.enqueue('a');

    expect(rig.jobs.get(id)).toMatchObject({ state: 'queued', title: 'copy a', subject: 'a' });
    await rig.reach(id, 'done');
    expect(rig.jobs.get(id)?.progress).toEqual({ done: 3, total: 3, unit: 'items' });
  });

  it('is not queued when the transaction that queued it is rolled back', async () => {
    rig = openJobs(folder, done);

    expect(() =>
      rig.store.transaction(() => {
        rig.enqueue('never');
        throw new Error('undo');
      }),
    ).toThrow('undo');

    await systemClock.sleep(20);
    expect(rig.jobs.list()).toEqual([]);
    expect(rig.began).toEqual([]);
  });

  it('is refused when its kind is unknown or its payload has another form', () => {
    rig = openJobs(folder, done);

    expect(() => rig.jobs.enqueue({ kind: 'fly', payload: {}, subject: 'x' })).toThrow(
      expect.objectContaining({ code: 'NOT_FOUND' }),
    );
    expect(() => rig.jobs.enqueue({ kind: 'copy', payload: { name: 7 }, subject: 'x' })).toThrow(
      expect.objectContaining({ code: 'INPUT_MALFORMED' }),
    );
    expect(rig.jobs.list()).toEqual([]);
  });

  it('fails with code and correlation id when its run throws, and lets the next one go on', async () => {
    rig = openJobs(
      folder,
      (name) =>
        name === 'bad'
          ? Promise.reject(new AppError('DISK_FULL', 'no room', { neededBytes: 9 }))
          : Promise.resolve({ status: 'done' }),
      { concurrency: 1 },
    );

    const bad = rig.enqueue('bad');
    const good = rig.enqueue('good');

    await rig.reach(good, 'done');
    expect(rig.jobs.get(bad)).toMatchObject({
      state: 'failed',
      error: { code: 'DISK_FULL', details: { neededBytes: 9 }, correlationId: 'correlation-1' },
    });
  });
});

describe('several jobs', () => {
  it('run side by side up to the limit', async () => {
    const hold = gate();
    rig = openJobs(
      folder,
      async (_, { signal }) => {
        await untilOpen(hold.passed, signal);
        return { status: 'done' };
      },
      { concurrency: 2 },
    );

    const ids = ['a', 'b', 'c'].map((name) => rig.enqueue(name));
    await rig.reach(ids[1] ?? '', 'running');

    expect(ids.map((id) => rig.jobs.get(id)?.state)).toEqual(['running', 'running', 'queued']);
    hold.open();
    await rig.reach(ids[2] ?? '', 'done');
  });

  it('of one exclusive key run one after the other, and hold up nobody else', async () => {
    const hold = gate();
    let inside = 0;
    let most = 0;
    rig = openJobs(
      folder,
      async (name, { signal }) => {
        if (name === 'other') return { status: 'done' };
        inside += 1;
        most = Math.max(most, inside);
        await untilOpen(hold.passed, signal);
        inside -= 1;
        return { status: 'done' };
      },
      { concurrency: 3 },
    );

    const stick = ['a', 'b', 'c'].map((name) => rig.enqueue(name, 'stick-1'));
    await rig.reach(rig.enqueue('other', 'stick-2'), 'done');
    hold.open();
    for (const id of stick) await rig.reach(id, 'done');

    expect(most).toBe(1);
  });

  it('wait for the end of a cancelled run of their key', async () => {
    const slowEnd = gate();
    rig = openJobs(folder, async (name) => {
      if (name === 'slow to stop') await slowEnd.passed;
      return { status: 'done' };
    });
    const first = rig.enqueue('slow to stop', 'stick');
    await rig.reach(first, 'running');
    const second = rig.enqueue('next', 'stick');

    rig.jobs.cancel(first);
    await systemClock.sleep(20);
    expect(rig.jobs.get(second)?.state).toBe('queued');

    slowEnd.open();
    await rig.reach(second, 'done');
    expect(rig.jobs.get(first)?.state).toBe('cancelled');
  });
});

describe('a restart', () => {
  it('runs again what was broken off, with its payload, and what was never begun', async () => {
    rig = openJobs(
      folder,
      async (_, { signal }) => {
        await untilOpen(gate().passed, signal);
        return { status: 'done' };
      },
      { concurrency: 1 },
    );
    const [first = '', second = ''] = ['a', 'b'].map((name) => rig.enqueue(name));
    await rig.reach(first, 'running');

    await reopen(done);

    await rig.reach(second, 'done');
    expect(rig.began).toEqual(['a', 'b']);
    expect(rig.failures).toEqual([]);
  });

  it('does not repeat what ended while the station stopped', async () => {
    const hold = gate();
    rig = openJobs(folder, async () => {
      await hold.passed;
      return { status: 'done' };
    });
    const id = rig.enqueue('a');
    await rig.reach(id, 'running');

    setTimeout(() => {
      hold.open();
    }, 10);
    await reopen(done);

    expect(rig.jobs.get(id)?.state).toBe('done');
    expect(rig.began).toEqual([]);
  });

  it('does not bring a cancelled job back', async () => {
    rig = openJobs(folder, async (_, { signal }) => {
      await untilOpen(gate().passed, signal);
      return { status: 'done' };
    });
    const id = rig.enqueue('a');
    await rig.reach(id, 'running');
    rig.jobs.cancel(id);

    await reopen(done);

    await systemClock.sleep(20);
    expect(rig.jobs.get(id)?.state).toBe('cancelled');
    expect(rig.began).toEqual([]);
  });

  it('ends when the disk takes its end, after it refused that once', async () => {
    let refusals = 0;
    rig = openJobs(folder, done, {
      refuses: (job) => z.object({ state: z.literal('done') }).safeParse(job).success && (refusals += 1) === 1,
    });

    const id = rig.enqueue('a');

    await rig.reach(id, 'done');
    expect(rig.failures).toMatchObject([{ code: 'DISK_FAILED' }]);
    expect(refusals).toBe(2);
  });

  it('writes a failure that the job itself tells to the log too, where its id finds it', async () => {
    const error = { code: 'DISK_FAILED', message: '/site: EIO', details: {} };
    rig = openJobs(folder, () => Promise.resolve({ status: 'failed', error }));

    const id = rig.enqueue('a');

    await rig.reach(id, 'failed');
    expect(rig.jobs.get(id)?.error).toMatchObject({ ...error, correlationId: 'correlation-1' });
    expect(rig.failures).toMatchObject([{ code: 'DISK_FAILED', message: '/site: EIO' }]);
  });

  it('fails a job whose payload this release cannot read, and does not try it again', async () => {
    rig = openJobs(folder, done, { isStarted: false });
    const id = rig.enqueue('a');
    const stored = rig.store.documents('jobs', z.record(z.string(), z.unknown()));
    stored.put(id, { ...stored.get(id), payload: { title: 'from another release' } });

    await reopen(done);

    await rig.reach(id, 'failed');
    expect(rig.jobs.get(id)?.error?.code).toBe('INPUT_MALFORMED');
    expect(rig.failures).toHaveLength(1);
  });
});

describe('a blocked job', () => {
  it('runs again when its reason is gone, and not for another one', async () => {
    let isPlugged = false;
    rig = openJobs(folder, () =>
      Promise.resolve(isPlugged ? { status: 'done' } : { status: 'blocked', on: 'media-removed' }),
    );
    const id = rig.enqueue('a');
    await rig.reach(id, 'blocked');
    expect(rig.jobs.get(id)?.blockedOn).toBe('media-removed');

    rig.jobs.wake('device-unreachable');
    expect(rig.jobs.get(id)?.state).toBe('blocked');
    isPlugged = true;
    rig.jobs.wake('media-removed');

    await rig.reach(id, 'done');
    expect(rig.jobs.get(id)?.blockedOn).toBeUndefined();
  });

  it('tries again after a pause that doubles', async () => {
    const pauses: number[] = [];
    const clock: Clock = {
      ...systemClock,
      sleep: (ms) => {
        pauses.push(ms);
        return Promise.resolve();
      },
    };
    let tries = 0;
    rig = openJobs(
      folder,
      () => Promise.resolve((tries += 1) < 4 ? { status: 'retry', afterMs: 100 } : { status: 'done' }),
      { clock },
    );

    await rig.reach(rig.enqueue('a'), 'done');

    expect(pauses).toEqual([100, 200, 400]);
  });
});

describe('cancel', () => {
  it('ends the run by its signal and is no failure', async () => {
    const reasons: unknown[] = [];
    rig = openJobs(folder, async (_, { signal }) => {
      await untilOpen(gate().passed, signal).catch((reason: unknown) => {
        reasons.push(reason);
        throw reason;
      });
      return { status: 'done' };
    });
    const id = rig.enqueue('a');
    await rig.reach(id, 'running');

    rig.jobs.cancel(id);

    await systemClock.sleep(10);
    expect(reasons).toHaveLength(1);
    expect(rig.jobs.get(id)).toMatchObject({ state: 'cancelled' });
    expect(rig.jobs.get(id)?.error).toBeUndefined();
    expect(rig.failures).toEqual([]);
  });

  it('is refused for a job that has ended, and for one that never was', async () => {
    rig = openJobs(folder, done);
    const id = rig.enqueue('a');
    await rig.reach(id, 'done');

    expect(() => {
      rig.jobs.cancel(id);
    }).toThrow(expect.objectContaining({ code: 'JOB_NOT_CANCELLABLE' }));
    expect(() => {
      rig.jobs.cancel('nobody');
    }).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
  });
});

describe('watch', () => {
  it('tells each change in order and goes on after a sequence', async () => {
    rig = openJobs(folder, done);
    const stop = new AbortController();
    const id = rig.enqueue('a');
    await rig.reach(id, 'done');
    const seen: { sequence: number; state: string }[] = [];
    const read = async (after: number, until: number): Promise<void> => {
      for await (const { sequence, job } of rig.jobs.watch(after, stop.signal)) {
        seen.push({ sequence, state: job.state });
        if (seen.length === until) break;
      }
    };

    await read(0, 2);
    await read(seen.at(-1)?.sequence ?? 0, 3);

    expect(seen.map(({ state }) => state)).toEqual(['queued', 'running', 'done']);
    expect(seen.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    stop.abort();
  });

  it('begins anew for a page that remembers a sequence from before a restart', async () => {
    rig = openJobs(folder, done);
    await rig.reach(rig.enqueue('a'), 'done');

    for await (const { sequence } of rig.jobs.watch(9_000, new AbortController().signal)) {
      expect(sequence).toBe(1);
      break;
    }
  });

  it('ends when its reader goes away', async () => {
    rig = openJobs(folder, done);
    const stop = new AbortController();
    const reading = (async () => {
      let count = 0;
      for await (const change of rig.jobs.watch(0, stop.signal)) count += change.sequence;
      return count;
    })();

    stop.abort();

    expect(await reading).toBe(0);
  });
});
