import { useTranslation } from 'react-i18next';
import type { Fact, FactAspect, Verdict } from '#contracts/verdict.ts';
import { Panel } from '#renderer/ui/structure.tsx';
import { ASPECTS, aspectResult } from './aspect-results.ts';
import { ContractDiff } from './ContractDiff.tsx';
import { Findings } from './Findings.tsx';
import { Status } from './Status.tsx';
import { ASPECT_MARKS } from './status-marks.ts';
import { SignerCard } from './SignerCard.tsx';
import { VerdictFacts } from './VerdictFacts.tsx';
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

interface VerdictPanelProps {
  readonly verdict: Verdict;
  /** The signer was on screen, whole. */
  readonly onSignerSeen?: () => void;
}

/** A whole verdict: three results, signer, findings, statements. */
export function VerdictPanel({ verdict, onSignerSeen }: VerdictPanelProps) {
  const { t } = useTranslation();
  return (
    <div className="stack">
      <Aspects verdict={verdict} />
      <Panel title={t('verdict.signerTitle')}>
        <SignerCard verdict={verdict} {...(onSignerSeen === undefined ? {} : { onSeen: onSignerSeen })} />
      </Panel>
      {verdict.contract !== undefined && <ContractDiff rows={verdict.contract} />}
      {verdict.findings.length > 0 && (
        <Panel title={t('verdict.findings')}>
          <Findings findings={verdict.findings} />
        </Panel>
      )}
      <Panel title={t('verdict.facts', { count: verdict.facts.length })}>
        <VerdictFacts facts={verdict.facts} />
      </Panel>
    </div>
  );
}
