import { useTranslation } from 'react-i18next';
import { SignatureMaterial } from '#contracts/verdict.ts';
import { SelectField } from '#renderer/ui/fields.tsx';
import type { PolicyDraft } from './policy-draft.ts';

interface SignatureRulesProps {
  readonly draft: PolicyDraft;
  readonly onChange: (draft: PolicyDraft) => void;
}

/** More witnesses than these nobody runs; a policy that a file brought keeps its own number. */
const WITNESSES = ['0', '1', '2', '3'] as const;

/** By what a channel knows its signers, and how many logs and time stamps must witness a signature. */
export function SignatureRules({ draft, onChange }: SignatureRulesProps) {
  const { t } = useTranslation();
  return (
    <>
      <SelectField
        label={t('trust.rules.material')}
        help={t('trust.change.materialHelp')}
        value={draft.material}
        options={SignatureMaterial.options.map((value) => ({ value, label: t(`trust.material.${value}`) }))}
        onChange={(material) => onChange({ ...draft, material })}
      />
      {(['logThreshold', 'timestampThreshold'] as const).map((rule) => (
        <SelectField
          key={rule}
          label={t(`trust.rules.${rule}`)}
          help={t('trust.change.thresholdHelp')}
          value={String(draft[rule])}
          options={[...new Set([...WITNESSES, String(draft[rule])])].map((value) => ({ value, label: value }))}
          onChange={(count) => onChange({ ...draft, [rule]: Number(count) })}
        />
      ))}
    </>
  );
}
