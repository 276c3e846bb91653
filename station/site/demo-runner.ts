import type { Person } from '#contracts/site.ts';
import type { JobContext } from '#core/jobs/ports.ts';

/** Tells the demonstration story on a site; given by the composition root where gateways can be started. */
export interface DemoRunner {
  run(person: Person, context: JobContext): Promise<void>;
  /** Starts the gateways of an earlier demonstration again, after a restart of the station. */
  revive(): Promise<void>;
  /** Ends the processes that the story started. */
  stop(): Promise<void>;
}
