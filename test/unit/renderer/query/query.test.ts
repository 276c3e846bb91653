import { describe, expect, it } from 'vitest';
import type { JobView } from '#contracts/jobs.ts';
import { rootsOfChange } from '#renderer/query/invalidation.ts';
import { withJob } from '#renderer/query/job-list.ts';
import { copyableError, errorWords } from '#renderer/query/wire-error.ts';

const aJob = (id: string, createdAt: number, state: JobView['state'] = 'running'): JobView => ({
  id,
  kind: 'import',
  title: id,
  state,
  subject: 's',
  createdAt,
  updatedAt: createdAt,
});

describe('rootsOfChange', () => {
  it('always refreshes the site counts and the audit list', () => {
    for (const stream of ['import', 'rollout', 'device', 'review'])
      expect(rootsOfChange(stream)).toEqual(expect.arrayContaining(['site', 'audit']));
  });

  it('refreshes everything for a stream it does not know', () => {
    expect(rootsOfChange('of-a-newer-station')).toEqual(
      expect.arrayContaining(['imports', 'fleet', 'rollouts', 'review', 'telemetry']),
    );
  });
});

describe('withJob', () => {
  it('keeps each job once, newest first', () => {
    const jobs = [aJob('a', 1), aJob('b', 2)].reduce<JobView[]>(withJob, []);

    const next = withJob(jobs, aJob('a', 1, 'done'));

    expect(next.map((job) => [job.id, job.state])).toEqual([
      ['b', 'running'],
      ['a', 'done'],
    ]);
  });
});

describe('errorWords', () => {
  it('reads a code of a newer station as an unforeseen failure', () => {
    expect(errorWords('NOT_YET_INVENTED')).toEqual(errorWords('INTERNAL'));
  });
});

describe('copyableError', () => {
  it('carries code, correlation id and every detail', () => {
    const text = copyableError(
      {
        code: 'MEDIA_PART_DAMAGED',
        message: 'part-0001.bin',
        details: { stick: 2, parts: ['a', 'b'] },
        correlationId: 'c-17',
      },
      '2026-03-29T00:00:00.000Z',
    );

    expect(text).toContain('code: MEDIA_PART_DAMAGED');
    expect(text).toContain('correlation id: c-17');
    expect(text).toContain('stick: 2');
    expect(text).toContain('parts: ["a","b"]');
  });
});
