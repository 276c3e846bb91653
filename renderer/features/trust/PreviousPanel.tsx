import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PinnedPrevious } from '#contracts/trust.ts';
import { ConfirmScope } from '#renderer/display/ConfirmScope.tsx';
import { Digest } from '#renderer/display/Digest.tsx';
import { useStationAction } from '#renderer/query/use-station-query.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Definition, Panel } from '#renderer/ui/structure.tsx';
import { useToasts } from '#renderer/ui/toasts.tsx';

interface PreviousPanelProps {
  readonly previous: readonly PinnedPrevious[];
  /** Absent for a role that may not change trust. */
  readonly mayAsk: boolean;
}

/** The one way back of each model: to the version that was accepted before the newest, when two people approve it. */
export function PreviousPanel({ previous, mayAsk }: PreviousPanelProps) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState<PinnedPrevious | null>(null);
  if (previous.length === 0) return null;
  return (
    <Panel title={t('trust.back.title')} flush>
      <div className="table-scroll">
        <table className="data-table">
          <thead>
            <tr>
              <th>{t('trust.back.model')}</th>
              <th>{t('trust.back.channel')}</th>
              <th>{t('trust.back.newest')}</th>
              <th>{t('trust.back.previous')}</th>
              {mayAsk && <th>{t('trust.column.action')}</th>}
            </tr>
          </thead>
          <tbody>
            {previous.map((one) => (
              <tr key={`${one.channel}/${one.model}`}>
                <th scope="row">{one.model}</th>
                <td>{t(`bundles.channel.${one.channel}`)}</td>
                <td>
                  {one.newest.sequence} · <Digest value={one.newest.digest} />
                </td>
                <td>
                  {one.previous.sequence} · <Digest value={one.previous.digest} />
                </td>
                {mayAsk && (
                  <td>
                    <Button onPress={() => setAsking(one)}>{t('trust.back.open')}</Button>
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {asking !== null && <AskDialog previous={asking} onClose={() => setAsking(null)} />}
    </Panel>
  );
}

interface AskDialogProps {
  readonly previous: PinnedPrevious;
  readonly onClose: () => void;
}

function AskDialog({ previous: { model, channel, newest, previous }, onClose }: AskDialogProps) {
  const { t } = useTranslation();
  const show = useToasts((state) => state.show);
  const request = useStationAction(
    (station, reason: string) => station.trust.requestDowngrade.mutate({ model, channel, reason }),
    ['trust'],
  );
  return (
    <ConfirmScope
      title={t('trust.back.open')}
      scopeName={model}
      action={t('trust.exception.request')}
      reason="required"
      danger={false}
      onConfirm={async (reason) => {
        await request.mutateAsync(reason);
        show('good', t('trust.exception.asked'));
      }}
      onClose={onClose}
    >
      <Definition
        rows={[
          { term: t('trust.back.channel'), value: t(`bundles.channel.${channel}`) },
          {
            term: t('trust.back.sequence'),
            value: t('trust.change.versionStep', { from: newest.sequence, to: previous.sequence }),
          },
          { term: t('trust.back.bundle'), value: <code className="breaks">{previous.digest}</code> },
        ]}
      />
      <p>{t('trust.back.facts')}</p>
    </ConfirmScope>
  );
}
