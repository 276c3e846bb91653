import { useTranslation } from 'react-i18next';
import { TextArea, TextField } from '#renderer/ui/fields.tsx';

/** Who saw it, and what else belongs into the record. */
export interface Witnessed {
  readonly witnesses: [string, string];
  readonly note: string;
}

interface WitnessFieldsProps {
  readonly value: Witnessed;
  readonly onChange: (value: Witnessed) => void;
}

export function WitnessFields({ value, onChange }: WitnessFieldsProps) {
  const { t } = useTranslation();
  const [first, second] = value.witnesses;
  return (
    <>
      <TextField
        label={t('keys.ceremony.first')}
        value={first}
        onChange={(name) => onChange({ ...value, witnesses: [name, second] })}
        maxLength={128}
        required
      />
      <TextField
        label={t('keys.ceremony.second')}
        value={second}
        onChange={(name) => onChange({ ...value, witnesses: [first, name] })}
        maxLength={128}
        required
      />
      <TextArea
        label={t('keys.ceremony.note')}
        value={value.note}
        onChange={(note) => onChange({ ...value, note })}
        maxLength={1000}
      />
    </>
  );
}
