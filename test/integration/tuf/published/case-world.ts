import { afterEach, beforeEach } from 'vitest';
import { TufClientCommand } from '../../../support/tuf-client-command.ts';
import { TufSimulator } from '../../../support/tuf-simulator.ts';

export const DAY = 86_400_000;

/** A simulated repository and a client that trusts nothing yet: where every case begins. */
export interface CaseWorld {
  sim: TufSimulator;
  client: TufClientCommand;
}

/** A fresh one before each case of a file. */
export function freshWorld(): CaseWorld {
  const world = {} as CaseWorld;
  beforeEach(async () => {
    world.sim = new TufSimulator();
    world.client = await TufClientCommand.beside(world.sim);
  });
  afterEach(() => world.client.close());
  return world;
}

/** Names of the metadata that was asked for, in order. */
export const askedMetadata = ({ client }: CaseWorld): string[] =>
  client.asked.filter(([kind]) => kind === 'metadata').map(([, name]) => name);
