import { useTranslation } from 'react-i18next';
import { BuildLevel, DeviceReliance } from '#contracts/verdict.ts';
import { SelectField } from '#renderer/ui/fields.tsx';
import type { PolicyDraft } from './policy-draft.ts';

interface SupplyChainRulesProps {
  readonly draft: PolicyDraft;
  readonly onChange: (draft: PolicyDraft) => void;
}

const LEVELS = ['0', '1', '2', '3'] as const;
const GRANTED = ['1', '2', '3'] as const;

/** SLSA levels of the builders, the level that is demanded, and on what gateways rely. */
export function SupplyChainRules({ draft, onChange }: SupplyChainRulesProps) {
  const { t } = useTranslation();
  const grant = (builder: string, text: string): void =>
    onChange({ ...draft, builderLevels: { ...draft.builderLevels, [builder]: BuildLevel.parse(Number(text)) } });
  return (
    <>
      <SelectField
        label={t('trust.rules.minimumSlsaLevel')}
        help={t('trust.change.levelHelp')}
        value={LEVELS[draft.minimumSlsaLevel] ?? '0'}
        options={LEVELS.map((value) => ({ value, label: value }))}
        onChange={(level) => onChange({ ...draft, minimumSlsaLevel: Number(level) })}
      />
      {draft.builders.map((builder) => (
        <SelectField
          key={builder}
          label={t('trust.change.levelOf', { builder })}
          value={GRANTED[(draft.builderLevels[builder] ?? 1) - 1] ?? '1'}
          options={GRANTED.map((value) => ({ value, label: value }))}
          onChange={(level) => grant(builder, level)}
        />
      ))}
      <SelectField
        label={t('trust.rules.devices')}
        help={t('trust.change.devicesHelp')}
        value={draft.devices}
        options={DeviceReliance.options.map((value) => ({ value, label: t(`trust.devices.${value}`) }))}
        onChange={(devices) => onChange({ ...draft, devices })}
      />
    </>
  );
}
