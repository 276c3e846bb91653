import type { PersonView } from '#contracts/people.ts';
import type { Person, Role } from '#contracts/site.ts';

/** People of the site beside its first administrator; each proves presence with a passphrase of their own. */
export interface PeopleService {
  list(): PersonView[];
  /** PERSON_EXISTS, PERSON_PASSPHRASE_WEAK. */
  add(input: { name: string; role: Role; passphrase: string }, person: Person): Promise<PersonView>;
  /** What they did before stays on record under their name. PERSON_UNKNOWN. */
  remove(personId: string, person: Person): void;
  /** Who this is, when the passphrase is theirs. PERSON_NOT_PROVEN says nothing about which part was wrong. */
  prove(name: string, passphrase: string): Promise<Person>;
}
