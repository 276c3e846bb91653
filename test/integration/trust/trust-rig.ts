import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Person } from '#contracts/site.ts';
import type { Clock } from '#core/base/index.ts';
import type { VolumeReader } from '#core/media/ports.ts';
import type { StationStore } from '#core/storage/ports.ts';
import type { DurableText } from '#core/trust/ports.ts';
import { AppError } from '#core/base/index.ts';
import { randomIds } from '#native/clock/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { nodeSignatureVerifier } from '#native/keys/index.ts';
import { durableText } from '#native/site-folder/index.ts';
import { openStationStore } from '#native/sqlite/index.ts';
import { tufClient } from '#native/tuf/index.ts';
import { createPeopleService } from '#station/people/create-people-service.ts';
import type { PeopleService } from '#station/people/service.ts';
import { createTrustService } from '#station/trust/create-trust-service.ts';
import { openFloorKeeper, type FloorKeeper } from '#station/trust/floor-keeper.ts';
import type { TrustService } from '#station/trust/service.ts';
import type { TargetConsumer } from '#station/trust/trust-repository.ts';
import type { TufSimulator } from '../../support/tuf-simulator.ts';

export const EVA: Person = { id: 'eva', name: 'Eva Field', role: 'admin' };

/** A wall clock that a test sets. */
export interface SetClock extends Clock {
  at: number;
}

function setClock(at = Date.now()): SetClock {
  const clock: SetClock = { at, now: () => clock.at, monotonicMs: () => clock.at, sleep: () => Promise.resolve() };
  return clock;
}

/** A site folder with database and second store, opened and closed as often as a test wants. */
export interface TrustRig {
  readonly folder: string;
  readonly clock: SetClock;
  readonly file: DurableText;
  open(options?: { file?: DurableText; targets?: readonly TargetConsumer[] }): Promise<OpenRig>;
  remove(): Promise<void>;
}

export interface OpenRig {
  readonly store: StationStore;
  readonly floors: FloorKeeper;
  readonly people: PeopleService;
  readonly trust: TrustService;
  events(): string[];
  close(): void;
}

/** scrypt is tested where it is; here a passphrase only has to be the right one. */
const PLAIN_PROOF = {
  make: (passphrase: string) => Promise.resolve(`plain:${passphrase}`),
  check: (passphrase: string, proof: string) => Promise.resolve(proof === `plain:${passphrase}`),
};

export async function trustRig(): Promise<TrustRig> {
  const folder = await mkdtemp(join(tmpdir(), 'gantry-trust-'));
  const clock = setClock();
  const ids = randomIds(clock);
  const file = durableText(join(folder, 'trust', 'floors.json'));
  return {
    folder,
    clock,
    file,
    open: async (options = {}) => {
      const store = openStationStore({ path: join(folder, 'station.db'), clock, ids, hasher: nodeHasher });
      const actor = { kind: 'station', id: 'plant', name: 'Plant' } as const;
      const floors = await openFloorKeeper({ store, clock, file: options.file ?? file, actor });
      const people = createPeopleService({ store, clock, ids, proof: PLAIN_PROOF, administrator: EVA });
      const trust = createTrustService({
        store,
        clock,
        ids,
        floors,
        people,
        siteSince: Date.parse('2024-01-01'),
        hasher: nodeHasher,
        verifier: nodeSignatureVerifier,
        tuf: tufClient,
        describeRoot: () => null,
        targets: options.targets ?? [],
      });
      return {
        store,
        floors,
        people,
        trust,
        events: () => store.events.read(0, 100).map(({ type }) => type),
        close: () => store.close(),
      };
    },
    remove: () => rm(folder, { recursive: true }),
  };
}

/** The simulated repository as a medium in the layout of a stick. */
export function asMedium(sim: TufSimulator): VolumeReader {
  const find = (path: string): Uint8Array | undefined =>
    path.startsWith('gantry/trust/metadata/')
      ? sim.files.get(path.slice('gantry/trust/metadata/'.length))
      : sim.targetFiles.get(path.slice('gantry/trust/targets/'.length));
  return {
    readFile: (path, limitBytes) => {
      const bytes = find(path);
      if (bytes === undefined) return Promise.reject(new AppError('NOT_FOUND', `${path} is not there`, { path }));
      if (bytes.length > limitBytes) return Promise.reject(new AppError('INPUT_TOO_LARGE', path, { path }));
      return Promise.resolve(bytes);
    },
    sizeOf: (path) => Promise.resolve(find(path)?.length),
    list: (path) => Promise.resolve(path === 'gantry/trust/metadata' ? [...sim.files.keys()] : []),
    stampOf: () => Promise.resolve(undefined),
    openFile: () => Promise.reject(new Error('not needed')),
    stream: () => {
      throw new Error('not needed');
    },
  };
}
