import { useTranslation } from 'react-i18next';
import { isDigest } from '#core/base/index.ts';
import type { BundleSummary } from '#contracts/verdict.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { CheckField, NumberField, SelectField, TextField } from '#renderer/ui/fields.tsx';
import { Panel } from '#renderer/ui/structure.tsx';
import type { PlanForm } from './rollout-actions.ts';

interface PlanFieldsProps {
  readonly form: PlanForm;
  readonly bundles: readonly BundleSummary[];
  readonly lines: readonly string[];
  readonly onChange: (form: PlanForm) => void;
  readonly onPlan: () => void;
}

/** What, where, under which ticket, in which cohorts, through which gate. */
export function PlanFields({ form, bundles, lines, onChange, onPlan }: PlanFieldsProps) {
  const { t } = useTranslation();
  const change = (next: Partial<PlanForm>): void => onChange({ ...form, ...next });
  return (
    <>
      <div className="columns">
        <Panel title={t('rollout.plan.what')}>
          <SelectField
            label={t('rollout.plan.bundle')}
            value={form.bundleDigest}
            options={bundles.map((bundle) => ({
              value: bundle.digest,
              label: `${bundle.version} · ${bundle.title} (${bundle.model})`,
            }))}
            onChange={(digest) => {
              if (isDigest(digest)) change({ bundleDigest: digest });
            }}
          />
          <TextField
            label={t('rollout.plan.ticket')}
            help={t('rollout.plan.ticketHelp')}
            value={form.ticket}
            onChange={(ticket) => change({ ticket })}
            required
            maxLength={128}
          />
          <fieldset className="plain">
            <legend>{t('rollout.plan.lines')}</legend>
            <div className="row">
              {lines.map((line) => (
                <CheckField
                  key={line}
                  label={line}
                  checked={form.lines.includes(line)}
                  onChange={(checked) =>
                    change({ lines: checked ? [...form.lines, line].sort() : form.lines.filter((one) => one !== line) })
                  }
                />
              ))}
            </div>
          </fieldset>
        </Panel>
        <Panel title={t('rollout.plan.cohorts')}>
          <p className="soft small">{t('rollout.plan.cohortsHelp')}</p>
          <NumberField
            label={t('rollout.plan.canaryCount')}
            value={form.canaryCount}
            min={1}
            max={1000}
            onChange={(canaryCount) => change({ canaryCount })}
          />
          <NumberField
            label={t('rollout.plan.earlyShare')}
            value={form.earlyPercent}
            min={0}
            max={100}
            onChange={(earlyPercent) => change({ earlyPercent })}
          />
          <NumberField
            label={t('rollout.plan.soak')}
            value={form.soakSeconds}
            min={1}
            max={604_800}
            onChange={(soakSeconds) => change({ soakSeconds })}
          />
        </Panel>
        <Panel title={t('rollout.plan.gate')}>
          <NumberField
            label={t('rollout.plan.maxP99')}
            value={form.maxP99Ms}
            min={0.1}
            step={0.1}
            onChange={(maxP99Ms) => change({ maxP99Ms })}
          />
          <NumberField
            label={t('rollout.plan.maxErrors')}
            value={form.maxErrorPercent}
            min={0}
            max={100}
            step={0.1}
            onChange={(maxErrorPercent) => change({ maxErrorPercent })}
          />
          <NumberField
            label={t('rollout.plan.maxDoubtful')}
            value={form.maxDoubtfulPercent}
            min={0}
            max={100}
            step={0.1}
            onChange={(maxDoubtfulPercent) => change({ maxDoubtfulPercent })}
          />
          <NumberField
            label={t('rollout.plan.minRequests')}
            value={form.minRequests}
            min={0}
            onChange={(minRequests) => change({ minRequests })}
          />
        </Panel>
      </div>
      <div>
        <Button
          look="main"
          icon="search"
          blockedBy={form.ticket.trim() === '' ? t('rollout.plan.missing') : null}
          onPress={onPlan}
        >
          {t('rollout.plan.show')}
        </Button>
      </div>
    </>
  );
}
