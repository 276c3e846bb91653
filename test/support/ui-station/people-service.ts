import type { PersonView } from '#contracts/people.ts';
import { AppError } from '#core/base/index.ts';
import type { StationServices } from '#station/rpc/services.ts';
import type { World } from './world.ts';

/** The passphrase of everyone in memory. */
const PASSPHRASE = 'correct horse battery';

/** People, in memory. */
export function createPeople(world: World): StationServices['people'] {
  const people: PersonView[] = [
    { id: 'otto', name: 'Otto Brandt', role: 'admin', addedAt: world.clock.now(), addedBy: 'Dana Keller' },
  ];
  return {
    list: () => people,
    add({ name, role }, by) {
      const person = { id: world.ids.next(), name, role, addedAt: world.clock.now(), addedBy: by.name };
      people.push(person);
      world.record(by, { stream: 'people', type: 'person.added', subject: person.id });
      return Promise.resolve(person);
    },
    remove(personId, by) {
      people.splice(0, people.length, ...people.filter((person) => person.id !== personId));
      world.record(by, { stream: 'people', type: 'person.removed', subject: personId });
    },
    prove(name, passphrase) {
      const person = people.find((one) => one.name === name);
      if (person === undefined || passphrase !== PASSPHRASE)
        return Promise.reject(new AppError('PERSON_NOT_PROVEN', 'name or passphrase is wrong'));
      return Promise.resolve({ id: person.id, name: person.name, role: person.role });
    },
  };
}
