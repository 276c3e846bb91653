import { NamedRecipient } from '#contracts/keys.ts';
import type { Person } from '#contracts/site.ts';
import { AppError } from '#core/base/index.ts';
import type { KeysDeps } from './keys-deps.ts';

/** Who can read what leaves the site; every change is a record. */
export interface RecipientList {
  list(): NamedRecipient[];
  add(wish: NamedRecipient, person: Person): Promise<void>;
  remove(name: string, person: Person): void;
}

export function createRecipientList({ store, cipher }: Pick<KeysDeps, 'store' | 'cipher'>): RecipientList {
  const documents = store.documents('keys.recipients', NamedRecipient);
  const record = (type: string, { name, recipient }: NamedRecipient, person: Person): void => {
    const actor = { kind: 'person', id: person.id, name: person.name } as const;
    store.events.append({ actor, stream: 'keys', type, subject: name, payload: { recipient } });
  };
  return {
    list: () => documents.list(),
    async add({ name, recipient }, person) {
      const checked = { name, recipient: await cipher.checkRecipient(recipient) };
      if (documents.list().some((each) => each.name === name || each.recipient === checked.recipient))
        throw new AppError('KEY_RECIPIENT_EXISTS', `${name} or its recipient is in the list already`, { name });
      store.transaction(() => {
        documents.put(name, checked);
        record('keys.recipient-added', checked, person);
      });
    },
    remove(name, person) {
      const standing = documents.get(name);
      if (standing === undefined) throw new AppError('NOT_FOUND', `no recipient is named ${name}`, { name });
      store.transaction(() => {
        documents.delete(name);
        record('keys.recipient-removed', standing, person);
      });
    },
  };
}
