import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { assertNever } from '#core/base/index.ts';
import type { RuleChange } from './policy-diff.ts';

type Sign = 'removed' | 'added' | 'kept';

/** The sign says it without colour; screen readers get the word. */
const SIGNS: Readonly<Record<Sign, string>> = { removed: '−', added: '+', kept: '=' };

interface DiffLine {
  readonly sign: Sign;
  readonly text: string;
}

/** Before and after, rule by rule: what goes, what comes, what stays. */
export function RuleChanges({ changes }: { readonly changes: readonly RuleChange[] }) {
  const { t } = useTranslation();
  return (
    <ul className="rule-changes" aria-label={t('trust.change.diff')}>
      {changes.map((change) => (
        <li key={change.rule} className="rule-change" data-rule={change.rule}>
          <div className="row row--spread">
            <span className="strong">{t(`trust.rules.${change.rule}`)}</span>
            <span className="chip">{t(`trust.change.effect.${change.effect}`)}</span>
          </div>
          {linesOf(change, t).map(({ sign, text }) => (
            <DiffRow key={`${sign} ${text}`} sign={sign} text={text} />
          ))}
        </li>
      ))}
    </ul>
  );
}

function DiffRow({ sign, text }: DiffLine) {
  const { t } = useTranslation();
  return (
    <div className="rule-change__line" data-sign={sign}>
      <span aria-hidden="true">{SIGNS[sign]}</span>
      <span className="visually-hidden">{t(`trust.change.sign.${sign}`)}</span>
      <bdi className="mono">{text}</bdi>
    </div>
  );
}

function linesOf(change: RuleChange, t: TFunction): readonly DiffLine[] {
  switch (change.kind) {
    case 'list':
      return [
        ...change.removed.map((text) => ({ sign: 'removed' as const, text })),
        ...change.added.map((text) => ({ sign: 'added' as const, text })),
        ...change.kept.map((text) => ({ sign: 'kept' as const, text })),
      ];
    case 'switch':
      return beforeAfter(
        change.after ? t('common.no') : t('common.yes'),
        change.after ? t('common.yes') : t('common.no'),
      );
    case 'age':
      return beforeAfter(ageText(change.before, t), ageText(change.after, t));
    case 'level':
      return beforeAfter(String(change.before), String(change.after));
    case 'material':
      return beforeAfter(t(`trust.material.${change.before}`), t(`trust.material.${change.after}`));
    case 'reliance':
      return beforeAfter(t(`trust.devices.${change.before}`), t(`trust.devices.${change.after}`));
    default:
      return assertNever(change, 'rule change');
  }
}

function beforeAfter(before: string, after: string): readonly DiffLine[] {
  return [
    { sign: 'removed', text: before },
    { sign: 'added', text: after },
  ];
}

function ageText(days: number | null, t: TFunction): string {
  return days === null ? t('trust.noLimit') : t('trust.change.days', { days });
}
