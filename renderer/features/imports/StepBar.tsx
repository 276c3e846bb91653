import { useTranslation } from 'react-i18next';
import type { ImportState } from '#contracts/media.ts';
import type { Tone } from '#renderer/display/status-marks.ts';
import { Icon } from '#renderer/ui/Icon.tsx';
import type { IconName } from '#renderer/ui/icons.ts';
import { IMPORT_STEPS, stepStates, type StepState } from './import-steps.ts';

const MARKS: Readonly<Record<StepState, { tone: Tone; icon: IconName }>> = {
  done: { tone: 'ok', icon: 'success' },
  current: { tone: 'm', icon: 'play' },
  open: { tone: 'n', icon: 'open' },
  failed: { tone: 'bad', icon: 'error' },
  waiting: { tone: 'warn', icon: 'pause' },
};

/** The four steps with symbol and word; in forced colours iX's own step bar loses its meaning (ui.md 3.4). */
export function StepBar({ state, hasVerdict }: { readonly state: ImportState; readonly hasVerdict: boolean }) {
  const { t } = useTranslation();
  const states = stepStates(state, hasVerdict);
  return (
    <ol className="steps" aria-label={t('imports.wizard.steps')}>
      {IMPORT_STEPS.map((step) => (
        <li
          key={step}
          className="steps__item"
          data-state={states[step]}
          {...(states[step] === 'current' ? { 'aria-current': 'step' as const } : {})}
        >
          <span className="status" data-tone={MARKS[states[step]].tone}>
            <span className="status__mark">
              <Icon name={MARKS[states[step]].icon} size="24" />
            </span>
            <span>
              <span className="steps__name">{t(`imports.wizard.step.${step}`)}</span>
              <span className="soft small">{t(`imports.wizard.stepState.${states[step]}`)}</span>
            </span>
          </span>
        </li>
      ))}
    </ol>
  );
}
