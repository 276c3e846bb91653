import type { Person } from '#contracts/site.ts';
import type { JobContext } from '#core/jobs/ports.ts';

/** Tells the demonstration story on a site; given by the composition root where gateways can be started. */
export interface DemoRunner {
  run(person: Person, context: JobContext): Promise<void>;
}
