import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ImportView } from '#contracts/media.ts';
import type { Verdict } from '#contracts/verdict.ts';
import { isAcceptable } from '#renderer/display/aspect-results.ts';
import { ActionError } from '#renderer/display/QueryView.tsx';
import { SignerCard } from '#renderer/display/SignerCard.tsx';
import { useMay, usePerson } from '#renderer/query/use-person.ts';
import { useStationAction } from '#renderer/query/use-station-query.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { CheckField, TextField } from '#renderer/ui/fields.tsx';
import { Panel } from '#renderer/ui/structure.tsx';

interface DecisionProps {
  readonly view: ImportView;
  readonly verdict: Verdict;
  readonly isSignerSeen: boolean;
  readonly onSignerSeen: () => void;
}

/** A person accepts or rejects. Accept opens only after the whole signer was on screen, was compared, and a reason is given (U6). */
export function Decision({ view, verdict, isSignerSeen, onSignerSeen }: DecisionProps) {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  const [compared, setCompared] = useState(false);
  const may = useMay('import.decide');
  const role = usePerson().data?.role;
  const accept = useStationAction(
    (station, why: string) => station.imports.accept.mutate({ importId: view.id, reason: why }),
    ['imports', 'bundles'],
  );
  const reject = useStationAction(
    (station, why: string) => station.imports.reject.mutate({ importId: view.id, reason: why }),
    ['imports'],
  );
  const notPermitted = !may && role !== undefined ? t('common.notPermitted', { role: t(`role.${role}`) }) : null;
  const noReason = reason.trim() === '' ? t('imports.wizard.acceptBlockedReason') : null;
  const acceptBlocked =
    notPermitted ??
    (isSignerSeen ? null : t('imports.wizard.acceptBlockedUnseen')) ??
    (!isAcceptable(verdict) || !compared ? t('imports.wizard.acceptBlockedSigner') : noReason);
  return (
    <Panel title={t('imports.wizard.decideTitle')}>
      <p>{t('imports.wizard.decideLead')}</p>
      <SignerCard verdict={verdict} onSeen={onSignerSeen} />
      <CheckField
        label={`${t('imports.wizard.signerSeen')}: ${verdict.signer?.name ?? t('verdict.noSigner')}`}
        checked={compared}
        onChange={setCompared}
        disabled={!isAcceptable(verdict)}
      />
      <TextField label={t('imports.wizard.reason')} value={reason} onChange={setReason} maxLength={2000} />
      <ActionError error={accept.error ?? reject.error} />
      <div className="row row--top">
        <Button
          look="main"
          icon="check"
          busy={accept.isPending}
          blockedBy={acceptBlocked}
          onPress={() => accept.mutate(reason.trim())}
        >
          {t('imports.wizard.accept')}
        </Button>
        <Button
          icon="close"
          busy={reject.isPending}
          blockedBy={notPermitted ?? noReason}
          onPress={() => reject.mutate(reason.trim())}
        >
          {t('imports.wizard.reject')}
        </Button>
      </div>
    </Panel>
  );
}
