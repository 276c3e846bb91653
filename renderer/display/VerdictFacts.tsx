import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { Fact } from '#contracts/verdict.ts';
import { ageParts } from '#renderer/format/time.ts';
import { factResult } from './aspect-results.ts';
import { Status } from './Status.tsx';
import { FACT_MARKS } from './status-marks.ts';
import './findings.css';

/** First what a person has to act on. */
const GROUPS = ['not-established', 'unknown', 'not-demanded', 'established'] as const;

/** Every statement of a verdict in lists of their own: what could not be established, what nobody asked for, what is established. */
export function VerdictFacts({ facts }: { readonly facts: readonly Fact[] }) {
  const { t } = useTranslation();
  return (
    <>
      {GROUPS.map((group) => {
        const own = facts.filter((fact) => factResult(fact) === group);
        if (own.length === 0) return null;
        return (
          <div key={group} data-facts={group}>
            <h3 className="facts__title">
              {t(`verdict.result.${group}`)} ({own.length})
            </h3>
            <ul className="facts">
              {own.map((fact, index) => (
                <FactRow key={`${fact.code}-${index}`} fact={fact} />
              ))}
            </ul>
          </div>
        );
      })}
    </>
  );
}

function FactRow({ fact }: { readonly fact: Fact }) {
  const { t } = useTranslation();
  const result = factResult(fact);
  return (
    <li className="facts__item" data-result={result}>
      <Status {...FACT_MARKS[result]} text={t(`verdict.result.${result}`)} />
      <div>
        <p>{fact.detail}</p>
        <p className="soft small">
          {t(`verdict.aspect.${fact.aspect}.name`)} · <code>{fact.code}</code> ·{' '}
          <span className="mono">{fact.subject}</span> ·{' '}
          {fact.ageSeconds === null
            ? t('verdict.evidenceNoAge')
            : t('verdict.evidenceAge', { age: ageText(fact.ageSeconds, t) })}
        </p>
        {result === 'not-established' && fact.next !== undefined && (
          <p>
            <span className="strong">{t('error.next')}</span> {fact.next}
          </p>
        )}
        {result === 'not-demanded' && <p className="soft">{t('verdict.notDemanded')}</p>}
      </div>
    </li>
  );
}

function ageText(seconds: number, t: TFunction): string {
  const { unit, count } = ageParts(seconds * 1000);
  return t(`time.age.${unit}`, { count });
}
