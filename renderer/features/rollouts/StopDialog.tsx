import { useTranslation } from 'react-i18next';
import type { AbortPreview, RolloutView } from '#contracts/rollout.ts';
import { ConfirmScope } from '#renderer/display/ConfirmScope.tsx';
import { QueryView } from '#renderer/display/QueryView.tsx';
import { useStationAction, useStationQuery } from '#renderer/query/use-station-query.ts';
import { previewCounts } from './rollout-actions.ts';

interface StopDialogProps {
  readonly rollout: RolloutView;
  readonly mode: 'abort' | 'rollback';
  readonly onClose: () => void;
}

/** Abort or roll back, with the three counts that will be true afterwards (U8). */
export function StopDialog({ rollout, mode, onClose }: StopDialogProps) {
  const { t } = useTranslation();
  const preview = useStationQuery(['rollouts', 'abort-preview', rollout.id, mode], (station) =>
    station.rollouts.abortPreview.query({ rolloutId: rollout.id, mode }),
  );
  const stop = useStationAction(
    (station, reason: string) => station.rollouts[mode].mutate({ rolloutId: rollout.id, reason }),
    ['rollouts', 'fleet'],
  );
  return (
    <ConfirmScope
      title={t(`rollout.board.${mode}Title`)}
      scopeName={rollout.ticket}
      action={t(`rollout.board.${mode}`)}
      reason="required"
      onConfirm={(reason) => stop.mutateAsync(reason)}
      onClose={onClose}
    >
      <p>{t(`rollout.board.${mode}Facts`)}</p>
      <QueryView query={preview}>{(data) => <PreviewCounts preview={data} />}</QueryView>
      <p className="strong">{t('rollout.board.takesEffect')}</p>
    </ConfirmScope>
  );
}

function PreviewCounts({ preview }: { readonly preview: AbortPreview }) {
  const { t } = useTranslation();
  const counts = previewCounts(preview);
  const groups = [
    { id: 'keep', count: counts.keep, names: preview.keep },
    { id: 'neverStart', count: counts.neverStart, names: preview.neverStart },
    { id: 'rollBack', count: counts.rollBack, names: preview.rollBack },
  ] as const;
  return (
    <ul className="abort-counts">
      {groups.map((group) => (
        <li key={group.id} data-count={group.id}>
          <span className="figure__value">{group.count}</span>
          <span>{t(`rollout.board.${group.id}`)}</span>
          <span className="soft small">{group.names.slice(0, 6).join(', ')}</span>
        </li>
      ))}
    </ul>
  );
}
