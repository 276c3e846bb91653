import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RolloutView } from '#contracts/rollout.ts';
import { ConfirmScope } from '#renderer/display/ConfirmScope.tsx';
import { ActionError } from '#renderer/display/QueryView.tsx';
import { useMay, usePerson } from '#renderer/query/use-person.ts';
import { useStationAction } from '#renderer/query/use-station-query.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { allowedActions, type RolloutAction } from './rollout-actions.ts';
import { StopDialog } from './StopDialog.tsx';

/** Pause, resume, abort, roll back: shown always, open when the state allows them. */
export function RolloutActions({ rollout }: { readonly rollout: RolloutView }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState<RolloutAction | null>(null);
  const may = useMay('rollout.run');
  const role = usePerson().data?.role;
  const allowed = allowedActions(rollout.state);
  const resume = useStationAction(
    (station, rolloutId: string) => station.rollouts.resume.mutate({ rolloutId }),
    ['rollouts'],
  );
  const pause = useStationAction(
    (station, reason: string) => station.rollouts.pause.mutate({ rolloutId: rollout.id, reason }),
    ['rollouts'],
  );
  if (allowed.length === 0) return <p className="soft">{t('rollout.board.closed')}</p>;
  const notPermitted = !may && role !== undefined ? t('common.notPermitted', { role: t(`role.${role}`) }) : null;
  const blocked = (action: RolloutAction): string | null => notPermitted ?? (allowed.includes(action) ? null : '');
  return (
    <div className="row">
      {allowed.includes('pause') && (
        <Button icon="pause" blockedBy={blocked('pause')} onPress={() => setOpen('pause')}>
          {t('rollout.board.pause')}
        </Button>
      )}
      {allowed.includes('resume') && (
        <Button
          icon="play"
          busy={resume.isPending}
          blockedBy={blocked('resume')}
          onPress={() => resume.mutate(rollout.id)}
        >
          {t('rollout.board.resume')}
        </Button>
      )}
      {allowed.includes('abort') && (
        <Button icon="stop" blockedBy={blocked('abort')} onPress={() => setOpen('abort')}>
          {t('rollout.board.abort')}
        </Button>
      )}
      <Button look="danger-open" icon="undo" blockedBy={blocked('rollback')} onPress={() => setOpen('rollback')}>
        {t('rollout.board.rollback')}
      </Button>
      <ActionError error={resume.error} />
      {open === 'pause' && (
        <ConfirmScope
          title={t('rollout.board.pauseTitle')}
          scopeName={rollout.ticket}
          action={t('rollout.board.pause')}
          reason="required"
          danger={false}
          onConfirm={(reason) => pause.mutateAsync(reason)}
          onClose={() => setOpen(null)}
        >
          <p>{t('rollout.board.pauseFacts')}</p>
        </ConfirmScope>
      )}
      {(open === 'abort' || open === 'rollback') && (
        <StopDialog rollout={rollout} mode={open} onClose={() => setOpen(null)} />
      )}
    </div>
  );
}
