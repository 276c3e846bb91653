import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { Fact, FactAspect, Verdict } from '#contracts/verdict.ts';
import { ageParts } from '#renderer/format/time.ts';
import { Definition, Panel } from '#renderer/ui/structure.tsx';
import { ASPECTS, aspectResult } from './aspect-results.ts';
import { Fingerprint } from './Digest.tsx';
import { Findings } from './Findings.tsx';
import { Status } from './Status.tsx';
import { ASPECT_MARKS } from './status-marks.ts';
import { Time } from './Time.tsx';
import './findings.css';

/** Integrity, identity and permission side by side; never one light. */
export function Aspects({ verdict }: { readonly verdict: Verdict }) {
  const { t } = useTranslation();
  return (
    <div className="aspects">
      {ASPECTS.map((aspect) => (
        <Aspect key={aspect} aspect={aspect} facts={verdict.facts} title={t(`verdict.aspect.${aspect}.name`)} />
      ))}
    </div>
  );
}

function Aspect({ aspect, facts, title }: { readonly aspect: FactAspect; readonly facts: readonly Fact[]; readonly title: string }) {
  const { t } = useTranslation();
  const result = aspectResult(facts, aspect);
  return (
    <div className="aspect" data-aspect={aspect} data-result={result}>
      <span className="aspect__name">{title}</span>
      <Status {...ASPECT_MARKS[result]} text={t(`verdict.result.${result}`)} />
      <span className="soft small">{t(`verdict.aspect.${aspect}.question`)}</span>
    </div>
  );
}

/** Who signed, in full: it has to be readable before anything can be accepted. */
export function SignerCard({ verdict }: { readonly verdict: Verdict }) {
  const { t } = useTranslation();
  const { signer } = verdict;
  if (signer === null) return <Status {...ASPECT_MARKS.unknown} text={t('verdict.noSigner')} />;
  return (
    <Definition
      rows={[
        { term: t('verdict.signer'), value: <span className="strong">{signer.name}</span> },
        { term: t(`verdict.signerKind.${signer.kind}`), value: signer.kind === 'key' ? <Fingerprint hex={signer.id} /> : signer.id },
        ...(signer.issuer === undefined ? [] : [{ term: t('verdict.issuer'), value: signer.issuer }]),
        { term: t('verdict.checkedAt'), value: <Time at={verdict.checkedAt} /> },
        { term: t('verdict.policy'), value: t('verdict.policyVersion', { version: verdict.policyVersion }) },
      ]}
    />
  );
}

/** Every statement of a verdict, what could not be established first. */
export function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  const { t } = useTranslation();
  const ordered = [...facts].sort((a, b) => Number(a.established) - Number(b.established));
  return (
    <ul className="facts">
      {ordered.map((fact, index) => (
        <li className="facts__item" key={`${fact.code}-${index}`} data-established={fact.established}>
          <Status {...ASPECT_MARKS[fact.established ? 'established' : 'not-established']} text={t(fact.established ? 'verdict.result.established' : 'verdict.result.not-established')} />
          <div>
            <p>{fact.detail}</p>
            <p className="soft small">
              {t(`verdict.aspect.${fact.aspect}.name`)} · <code>{fact.code}</code> · <span className="mono">{fact.subject}</span>
              {fact.ageSeconds !== null && <> · {t('verdict.evidenceAge', { age: ageText(fact.ageSeconds, t) })}</>}
            </p>
          </div>
        </li>
      ))}
    </ul>
  );
}

function ageText(seconds: number, t: TFunction): string {
  const { unit, count } = ageParts(seconds * 1000);
  return t(`time.age.${unit}`, { count });
}

/** A whole verdict: three results, signer, findings, statements. */
export function VerdictPanel({ verdict }: { readonly verdict: Verdict }) {
  const { t } = useTranslation();
  return (
    <div className="stack">
      <Aspects verdict={verdict} />
      <Panel title={t('verdict.signerTitle')}>
        <SignerCard verdict={verdict} />
      </Panel>
      {verdict.findings.length > 0 && (
        <Panel title={t('verdict.findings')}>
          <Findings findings={verdict.findings} />
        </Panel>
      )}
      <Panel title={t('verdict.facts', { count: verdict.facts.length })}>
        <Facts facts={verdict.facts} />
      </Panel>
    </div>
  );
}
