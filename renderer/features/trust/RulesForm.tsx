import { useTranslation } from 'react-i18next';
import { Runtime } from '#contracts/bundle.ts';
import type { ChannelPolicy } from '#contracts/verdict.ts';
import { CheckField, TextField } from '#renderer/ui/fields.tsx';
import { EntryList } from './EntryList.tsx';
import { SignatureRules } from './SignatureRules.tsx';
import { SupplyChainRules } from './SupplyChainRules.tsx';
import { withEntries, type PolicyDraft } from './policy-draft.ts';

interface RulesFormProps {
  readonly draft: PolicyDraft;
  readonly policy: ChannelPolicy;
  readonly onChange: (draft: PolicyDraft) => void;
}

/** The rules of one channel that a person may change. */
export function RulesForm({ draft, policy, onChange }: RulesFormProps) {
  const { t } = useTranslation();
  const set = (part: Partial<PolicyDraft>): void => onChange({ ...draft, ...part });
  return (
    <>
      <SignatureRules draft={draft} onChange={onChange} />
      <CheckField
        label={t('trust.change.requireProvenance')}
        checked={draft.requireProvenance}
        onChange={(requireProvenance) => set({ requireProvenance })}
      />
      <EntryList
        legend={t('trust.rules.builders')}
        addLabel={t('trust.change.newBuilder')}
        addAction={t('trust.change.addBuilder')}
        entries={draft.builders}
        pending={draft.newBuilders}
        onChange={(builders, newBuilders) => set({ builders, newBuilders })}
      />
      <EntryList
        legend={t('trust.rules.sources')}
        addLabel={t('trust.change.newSource')}
        addAction={t('trust.change.addSource')}
        entries={draft.sources}
        pending={draft.newSources}
        onChange={(sources, newSources) => set({ sources, newSources })}
      />
      <SupplyChainRules draft={draft} onChange={onChange} />
      <CheckField
        label={t('trust.change.requireSbom')}
        checked={draft.requireSbom}
        onChange={(requireSbom) => set({ requireSbom })}
      />
      <TextField
        label={t('trust.rules.maxAgeDays')}
        help={t('trust.change.maxAgeHelp')}
        value={draft.maxAge}
        onChange={(maxAge) => set({ maxAge })}
        maxLength={8}
      />
      <Runtimes chosen={draft.runtimes} listed={policy.runtimes} onChange={(runtimes) => set({ runtimes })} />
    </>
  );
}

interface RuntimesProps {
  readonly chosen: readonly string[];
  /** What the policy lists now: a name of another version of this program is shown too. */
  readonly listed: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}

function Runtimes({ chosen, listed, onChange }: RuntimesProps) {
  const { t } = useTranslation();
  return (
    <fieldset className="plain">
      <legend>{t('trust.rules.runtimes')}</legend>
      <div className="row">
        {withEntries(Runtime.options, listed).map((runtime) => (
          <CheckField
            key={runtime}
            label={runtime}
            checked={chosen.includes(runtime)}
            onChange={(allowed) =>
              onChange(allowed ? withEntries(chosen, [runtime]) : chosen.filter((one) => one !== runtime))
            }
          />
        ))}
      </div>
    </fieldset>
  );
}
