import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PersonView } from '#contracts/people.ts';
import { ConfirmScope } from '#renderer/display/ConfirmScope.tsx';
import { QueryView } from '#renderer/display/QueryView.tsx';
import { Time } from '#renderer/display/Time.tsx';
import { useStationAction, useStationQuery } from '#renderer/query/use-station-query.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Notice } from '#renderer/ui/Notice.tsx';
import { Panel } from '#renderer/ui/structure.tsx';
import { AddPersonDialog } from './AddPersonDialog.tsx';

/** Who can prove presence here with a passphrase of their own. Only administrators approve exceptions. */
export function PeoplePanel({ mayChange }: { readonly mayChange: boolean }) {
  const { t } = useTranslation();
  const [isAdding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<PersonView | null>(null);
  const people = useStationQuery(['trust', 'people'], (station) => station.people.list.query());
  return (
    <Panel
      title={t('trust.people.title')}
      side={mayChange && <Button onPress={() => setAdding(true)}>{t('trust.people.add')}</Button>}
    >
      <p className="soft">{t('trust.people.lead')}</p>
      <QueryView query={people}>
        {(all) => (
          <>
            {!all.some((one) => one.role === 'admin') && <Notice tone="info" title={t('trust.people.nobody')} />}
            {all.length > 0 && <PeopleTable people={all} onRemove={mayChange ? setRemoving : undefined} />}
          </>
        )}
      </QueryView>
      {isAdding && <AddPersonDialog onClose={() => setAdding(false)} />}
      {removing !== null && <RemovePerson person={removing} onClose={() => setRemoving(null)} />}
    </Panel>
  );
}

interface PeopleTableProps {
  readonly people: readonly PersonView[];
  readonly onRemove: ((person: PersonView) => void) | undefined;
}

function PeopleTable({ people, onRemove }: PeopleTableProps) {
  const { t } = useTranslation();
  return (
    <div className="table-scroll">
      <table className="data-table">
        <thead>
          <tr>
            <th>{t('trust.column.name')}</th>
            <th>{t('trust.people.role')}</th>
            <th>{t('trust.people.approves')}</th>
            <th>{t('trust.column.added')}</th>
            {onRemove !== undefined && <th>{t('trust.column.action')}</th>}
          </tr>
        </thead>
        <tbody>
          {people.map((person) => (
            <tr key={person.id}>
              <th scope="row">{person.name}</th>
              <td>{t(`role.${person.role}`)}</td>
              <td>{person.role === 'admin' ? t('trust.people.yes') : t('trust.people.no')}</td>
              <td>
                <Time at={person.addedAt} />
                <div className="soft small">{person.addedBy}</div>
              </td>
              {onRemove !== undefined && (
                <td>
                  <Button onPress={() => onRemove(person)}>{t('trust.remove.open')}</Button>
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface RemovePersonProps {
  readonly person: PersonView;
  readonly onClose: () => void;
}

function RemovePerson({ person, onClose }: RemovePersonProps) {
  const { t } = useTranslation();
  const remove = useStationAction((station, personId: string) => station.people.remove.mutate({ personId }), ['trust']);
  return (
    <ConfirmScope
      title={t('trust.people.removeTitle', { name: person.name })}
      scopeName={person.name}
      action={t('trust.people.removeDo')}
      onConfirm={() => remove.mutateAsync(person.id)}
      onClose={onClose}
    >
      <ul>
        <li>{t('trust.people.removeFacts')}</li>
        <li>{t('trust.people.removeKept')}</li>
      </ul>
    </ConfirmScope>
  );
}
