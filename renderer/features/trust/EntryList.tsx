import { useTranslation } from 'react-i18next';
import { Button } from '#renderer/ui/Button.tsx';
import { IconButton } from '#renderer/ui/IconButton.tsx';
import { TextArea } from '#renderer/ui/fields.tsx';
import { ENTRY_LENGTH_LIMIT, parseEntries, withEntries } from './policy-draft.ts';

interface EntryListProps {
  readonly legend: string;
  /** Label of the field for new entries. */
  readonly addLabel: string;
  readonly addAction: string;
  readonly entries: readonly string[];
  /** Typed and not added yet. */
  readonly pending: string;
  readonly onChange: (entries: readonly string[], pending: string) => void;
}

/** Exact texts, one below the other: taken out one by one, added by typing or pasting one a line. */
export function EntryList({ legend, addLabel, addAction, entries, pending, onChange }: EntryListProps) {
  const { t } = useTranslation();
  const parsed = parseEntries(pending);
  const [first] = parsed.problems;
  const blockedBy =
    first !== undefined
      ? t(`trust.change.entry.${first.problem}`, { line: first.line })
      : parsed.entries.length === 0
        ? ''
        : null;
  return (
    <fieldset className="plain entries">
      <legend>{legend}</legend>
      {entries.length === 0 ? (
        <p className="soft">{t('trust.change.entry.none')}</p>
      ) : (
        <ul className="entries__list">
          {entries.map((entry) => (
            <li className="entries__item" key={entry}>
              <code className="grow">{entry}</code>
              <IconButton
                icon="delete"
                label={t('trust.change.entry.remove', { entry })}
                onPress={() =>
                  onChange(
                    entries.filter((one) => one !== entry),
                    pending,
                  )
                }
              />
            </li>
          ))}
        </ul>
      )}
      <TextArea
        label={addLabel}
        help={t('trust.change.entry.help')}
        value={pending}
        onChange={(text) => onChange(entries, text)}
        maxLength={ENTRY_LENGTH_LIMIT * 16}
      />
      <div className="row">
        <Button icon="plus" blockedBy={blockedBy} onPress={() => onChange(withEntries(entries, parsed.entries), '')}>
          {addAction}
        </Button>
      </div>
    </fieldset>
  );
}
