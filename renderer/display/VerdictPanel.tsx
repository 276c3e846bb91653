import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { Fact, FactAspect, Verdict } from '#contracts/verdict.ts';
import { ageParts } from '#renderer/format/time.ts';
import { Definition, Panel } from '#renderer/ui/structure.tsx';
import { ASPECTS, aspectResult, factResult } from './aspect-results.ts';
import { ContractDiff } from './ContractDiff.tsx';
import { Fingerprint } from './Digest.tsx';
import { Findings } from './Findings.tsx';
import { Status } from './Status.tsx';
import { ASPECT_MARKS, FACT_MARKS } from './status-marks.ts';
import { Time } from './Time.tsx';
import './findings.css';

/** Integrity, identity and permission side by side; never one light. */
function Aspects({ verdict }: { readonly verdict: Verdict }) {
  const { t } = useTranslation();
  return (
    <div className="aspects">
      {ASPECTS.map((aspect) => (
        <Aspect key={aspect} aspect={aspect} facts={verdict.facts} title={t(`verdict.aspect.${aspect}.name`)} />
      ))}
    </div>
  );
}

function Aspect({
  aspect,
  facts,
  title,
}: {
  readonly aspect: FactAspect;
  readonly facts: readonly Fact[];
  readonly title: string;
}) {
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
function SignerCard({ verdict }: { readonly verdict: Verdict }) {
  const { t } = useTranslation();
  const { signer } = verdict;
  if (signer === null) return <Status {...ASPECT_MARKS.unknown} text={t('verdict.noSigner')} />;
  return (
    <Definition
      rows={[
        { term: t('verdict.signer'), value: <span className="strong">{signer.name}</span> },
        {
          term: t(`verdict.signerKind.${signer.kind}`),
          value: signer.kind === 'key' ? <Fingerprint hex={signer.id} /> : signer.id,
        },
        ...(signer.issuer === undefined ? [] : [{ term: t('verdict.issuer'), value: signer.issuer }]),
        { term: t('verdict.checkedAt'), value: <Time at={verdict.checkedAt} /> },
        { term: t('verdict.policy'), value: t('verdict.policyVersion', { version: verdict.policyVersion }) },
      ]}
    />
  );
}

const ORDER = ['not-established', 'unknown', 'not-demanded', 'established'] as const;

/** Every statement of a verdict: first what could not be established, then what nobody asked for. */
function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  const { t } = useTranslation();
  const ordered = [...facts].sort((a, b) => ORDER.indexOf(factResult(a)) - ORDER.indexOf(factResult(b)));
  return (
    <ul className="facts">
      {ordered.map((fact, index) => (
        <li className="facts__item" key={`${fact.code}-${index}`} data-result={factResult(fact)}>
          <Status {...FACT_MARKS[factResult(fact)]} text={t(`verdict.result.${factResult(fact)}`)} />
          <div>
            <p>{fact.detail}</p>
            <p className="soft small">
              {t(`verdict.aspect.${fact.aspect}.name`)} · <code>{fact.code}</code> ·{' '}
              <span className="mono">{fact.subject}</span>
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
      {verdict.contract !== undefined && <ContractDiff rows={verdict.contract} />}
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
