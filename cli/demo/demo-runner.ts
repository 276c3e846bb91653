import type { Person } from '#contracts/site.ts';
import type { JobContext } from '#core/jobs/ports.ts';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, IdSource } from '#core/base/index.ts';
import { AppError } from '#core/base/index.ts';
import type { StationServices } from '#station/rpc/services.ts';
import type { DemoRunner } from '#station/site/demo-runner.ts';
import type { DemoSourceChoice } from './demo-source.ts';
import { startGatewayProcess } from './gateway-process.ts';
import { tellStory, type DemoGateway } from './story.ts';
import { unheldSteps, type DemoSummary } from './summary.ts';
import { createDemoWorld } from './world.ts';

export interface DemoSite {
  readonly services: () => StationServices;
  readonly clock: Clock;
  readonly ids: IdSource;
  /** Where the demonstration keeps its stick, its key and its gateways. */
  readonly workDir: string;
}

/** A demo runner that also tells what came out, for the command line. */
export interface TellingDemoRunner extends DemoRunner {
  /** The story with its summary, also when steps of it did not hold; `run` fails then. */
  tell(person: Person, context: Pick<JobContext, 'signal' | 'report'>): Promise<DemoSummary>;
}

/** The demonstration on a station of this machine: gateways are processes of their own and end with the station. */
export function createDemoRunner(site: DemoSite, source: DemoSourceChoice = 'auto'): TellingDemoRunner {
  const gateways: DemoGateway[] = [];
  const line = new AbortController();
  const gatewaysDir = join(site.workDir, 'gateways');

  async function stop(): Promise<void> {
    line.abort();
    await Promise.all(gateways.splice(0).map((gateway) => gateway.stop()));
  }

  const tell: TellingDemoRunner['tell'] = async (person, context) => {
    const services = site.services();
    if (services.fleet.list().length > 0 || services.bundles.list().length > 0) {
      throw new AppError(
        'CONFLICT',
        'the demonstration was interrupted or the site is in use; it needs an empty site',
        {},
      );
    }
    const signal = AbortSignal.any([context.signal, line.signal]);
    const world = createDemoWorld({ workDir: site.workDir, gatewaysDir, clock: site.clock, ids: site.ids, source });
    const report = (step: string, done: number, total: number): void => {
      context.report({ done, total, unit: 'steps', step });
    };
    return tellStory({ services, person, clock: site.clock, world, signal, report }, gateways);
  };

  return {
    tell,
    stop,
    run: async (person, context) => {
      const unheld = unheldSteps(await tell(person, context));
      if (unheld.length > 0) {
        throw new AppError('ROLLOUT_STATE_CONFLICT', `these steps did not hold: ${unheld.join(', ')}`, { unheld });
      }
    },
    revive: async () => {
      for (const name of await gatewayFolders(gatewaysDir))
        gateways.push(startGatewayProcess({ name, dir: join(gatewaysDir, name) }));
    },
  };
}

async function gatewayFolders(dir: string): Promise<string[]> {
  try {
    return (await readdir(dir, { withFileTypes: true }))
      .flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
      .sort();
  } catch {
    // No demonstration was told on this site.
    return [];
  }
}
