import { z } from 'zod';
import { Person, type SiteOverview } from '#contracts/site.ts';
import { AppError } from '#core/base/index.ts';
import type { SiteDeps } from './site-deps.ts';
import { isEmptySite } from './overview.ts';

const DEMO_KIND = 'demo';
const DEMO_SUBJECT = 'demo';
const DemoPayload = z.object({ person: Person });

/** The demonstration as a durable job, offered on an empty site only. */
export interface SiteDemo {
  state(): SiteOverview['demo'];
  start(person: Person): { jobId: string };
}

export function createDemo(deps: SiteDeps): SiteDemo {
  const { demo } = deps;
  if (demo !== null) {
    deps.jobs.register({
      kind: DEMO_KIND,
      payload: DemoPayload,
      title: () => 'demonstration',
      run: async ({ person }, context) => {
        await demo.run(person, context);
        return { status: 'done' };
      },
    });
  }

  function state(): SiteOverview['demo'] {
    if (demo === null) return 'unavailable';
    const runs = deps.jobs.list().filter((job) => job.kind === DEMO_KIND);
    if (runs.some((job) => ['queued', 'running', 'blocked'].includes(job.state))) return 'running';
    if (runs.some((job) => job.state === 'done')) return 'done';
    return isEmptySite(deps) ? 'offered' : 'unavailable';
  }

  return {
    state,
    start: (person) => {
      if (state() !== 'offered')
        throw new AppError('CONFLICT', 'the demonstration needs an empty site', { state: state() });
      return {
        jobId: deps.jobs.enqueue({
          kind: DEMO_KIND,
          payload: { person },
          subject: DEMO_SUBJECT,
          exclusiveKey: DEMO_KIND,
        }),
      };
    },
  };
}
