import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#renderer/ui/Button.tsx';
import { SelectField, TextField } from '#renderer/ui/fields.tsx';
import { AUDIT_STREAMS, type AuditFilter } from './audit-filter.ts';

interface AuditFiltersProps {
  readonly filter: AuditFilter;
  readonly onApply: (filter: Record<string, string>) => void;
}

/** Area, object and action. */
export function AuditFilters({ filter, onApply }: AuditFiltersProps) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState<AuditFilter>(filter);
  const streams = [
    { value: 'all', label: t('audit.filterStreamAll') },
    ...AUDIT_STREAMS.map((stream) => ({ value: stream, label: stream })),
  ];
  const apply = (next: AuditFilter): void =>
    onApply(Object.fromEntries(Object.entries(next).filter(([, value]) => value !== '')));
  const withStream = (stream: string): AuditFilter => {
    const { stream: _dropped, ...rest } = draft;
    return stream === 'all' ? rest : { ...rest, stream };
  };
  return (
    <section className="audit-filters" aria-label={t('audit.filters')}>
      <SelectField
        label={t('audit.filterStream')}
        value={filter.stream ?? 'all'}
        options={streams}
        onChange={(stream) => apply(withStream(stream))}
      />
      <TextField
        label={t('audit.filterSubject')}
        value={draft.subject ?? ''}
        placeholder={t('audit.filterSubjectHelp')}
        onChange={(subject) => setDraft({ ...draft, subject })}
      />
      <TextField
        label={t('audit.filterType')}
        value={draft.type ?? ''}
        onChange={(type) => setDraft({ ...draft, type })}
      />
      <div className="row">
        <Button onPress={() => apply(draft)} icon="search">
          {t('audit.filterApply')}
        </Button>
        {Object.keys(filter).length > 0 && (
          <Button look="quiet" onPress={() => onApply({})}>
            {t('audit.filterClear')}
          </Button>
        )}
      </div>
    </section>
  );
}
