import type { TFunction } from 'i18next';
import { useEffect, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Fact, Verdict } from '#contracts/verdict.ts';
import { Definition } from '#renderer/ui/structure.tsx';
import { factResult } from './aspect-results.ts';
import { Fingerprint } from './Digest.tsx';
import { Status } from './Status.tsx';
import { ASPECT_MARKS, FACT_MARKS } from './status-marks.ts';
import { Time } from './Time.tsx';
import { watchWhole } from './watch-whole.ts';

interface SignerCardProps {
  readonly verdict: Verdict;
  /** The card was on screen, whole. */
  readonly onSeen?: () => void;
}

/** Who signed, and who built it from what, in full: it has to be readable before anything can be accepted (U6). */
export function SignerCard({ verdict, onSeen }: SignerCardProps) {
  const { t } = useTranslation();
  const card = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (card.current === null || onSeen === undefined) return undefined;
    return watchWhole(card.current, onSeen);
  }, [onSeen]);
  return (
    // Focusable, so that the keyboard brings it into view too.
    <div ref={card} className="signer" data-signer="" tabIndex={0} role="group" aria-label={t('verdict.signerTitle')}>
      {verdict.signer === null && <Status {...ASPECT_MARKS.unknown} text={t('verdict.noSigner')} />}
      <Definition
        rows={[
          ...(verdict.signer === null ? [] : signerRows(verdict, verdict.signer, t)),
          ...originRow(t('verdict.builder'), verdict.facts, 'BUILDER_KNOWN', t),
          ...originRow(t('verdict.source'), verdict.facts, 'SOURCE_KNOWN', t),
          { term: t('verdict.checkedAt'), value: <Time at={verdict.checkedAt} /> },
          { term: t('verdict.policy'), value: t('verdict.policyVersion', { version: verdict.policyVersion }) },
        ]}
      />
    </div>
  );
}

type Row = { readonly term: string; readonly value: ReactNode };

function signerRows(verdict: Verdict, signer: NonNullable<Verdict['signer']>, t: TFunction): Row[] {
  const certificate = verdict.facts.find((fact) => fact.code === 'CERTIFICATE_ISSUED');
  return [
    { term: t('verdict.signer'), value: <span className="strong">{signer.name}</span> },
    {
      term: t(`verdict.signerKind.${signer.kind}`),
      value: signer.kind === 'key' ? <Fingerprint hex={signer.id} /> : <code className="signer__id">{signer.id}</code>,
    },
    ...(signer.issuer === undefined ? [] : [{ term: t('verdict.issuer'), value: signer.issuer }]),
    ...(certificate === undefined ? [] : [{ term: t('verdict.certificate'), value: certificate.detail }]),
  ];
}

/** What provenance states about the origin, never without whether this site knows it. */
function originRow(term: string, facts: readonly Fact[], code: string, t: TFunction): Row[] {
  const fact = facts.find((one) => one.code === code);
  if (fact === undefined) return [];
  const result = factResult(fact);
  return [
    {
      term,
      value: (
        <span className="signer__origin">
          <code className="signer__id">{fact.subject}</code>
          <Status {...FACT_MARKS[result]} text={t(`verdict.result.${result}`)} />
        </span>
      ),
    },
  ];
}
