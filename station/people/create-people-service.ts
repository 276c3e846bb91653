import { PersonRecord, type PersonView } from '#contracts/people.ts';
import type { Person } from '#contracts/site.ts';
import type { PassphraseProof } from '#core/access/ports.ts';
import { AppError, type Clock, type IdSource } from '#core/base/index.ts';
import type { StationStore } from '#core/storage/ports.ts';
import type { PeopleService } from './service.ts';

const LEAST_PASSPHRASE = 10;
/** Wrong tries in a row before everyone has to wait: guessing through the page must not be worth it. */
const TRIES = 5;
const WAIT_MS = 60_000;

export interface PeopleDeps {
  readonly store: StationStore;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly proof: PassphraseProof;
  /** The first administrator of the site, who has no passphrase here. */
  readonly administrator: Person;
}

export function createPeopleService(deps: PeopleDeps): PeopleService {
  const people = deps.store.documents('people', PersonRecord);
  let failures = 0;
  let waitUntil = 0;

  const record = (by: Person, type: string, { id, name, role }: PersonView): void => {
    const actor = { kind: 'person', id: by.id, name: by.name } as const;
    deps.store.events.append({ actor, stream: 'people', type, subject: id, payload: { name, role } });
  };

  return {
    list: () => people.list().map(viewOf),
    add: async ({ name, role, passphrase }, by) => {
      const isTaken = [deps.administrator, ...people.list()].some((one) => one.name === name);
      if (isTaken) throw new AppError('PERSON_EXISTS', `${name} is a person of this site already`, { name });
      if (passphrase.length < LEAST_PASSPHRASE)
        throw new AppError(
          'PERSON_PASSPHRASE_WEAK',
          `a passphrase has at least ${String(LEAST_PASSPHRASE)} characters`,
        );
      const proof = await deps.proof.make(passphrase);
      const id = `person-${deps.ids.next().slice(-8)}`;
      const person = { id, name, role, proof, addedAt: deps.clock.now(), addedBy: by.name };
      deps.store.transaction(() => {
        record(by, 'person.added', person);
        people.put(id, person);
      });
      return viewOf(person);
    },
    remove: (personId, by) => {
      const person = people.get(personId);
      if (person === undefined)
        throw new AppError('PERSON_UNKNOWN', `no person ${personId} at this site`, { person: personId });
      deps.store.transaction(() => {
        record(by, 'person.removed', person);
        people.delete(personId);
      });
    },
    prove: async (name, passphrase) => {
      if (deps.clock.monotonicMs() < waitUntil) throw notProven();
      const known = people.list().find((one) => one.name === name);
      if (known !== undefined && (await deps.proof.check(passphrase, known.proof))) {
        failures = 0;
        return { id: known.id, name: known.name, role: known.role };
      }
      failures += 1;
      if (failures >= TRIES) waitUntil = deps.clock.monotonicMs() + WAIT_MS;
      throw notProven();
    },
  };
}

function notProven(): AppError {
  return new AppError('PERSON_NOT_PROVEN', 'name or passphrase is wrong, or too many were tried: wait a minute');
}

function viewOf({ id, name, role, addedAt, addedBy }: PersonRecord): PersonView {
  return { id, name, role, addedAt, addedBy };
}
