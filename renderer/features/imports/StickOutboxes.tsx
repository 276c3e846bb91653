import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { VolumeView } from '#contracts/media.ts';
import { QueryView } from '#renderer/display/QueryView.tsx';
import { formatBytes } from '#renderer/format/numbers.ts';
import { useStationQuery } from '#renderer/query/use-station-query.ts';

const REFRESH_MS = 5_000;

/** What already lies in the outbox of each connected medium. Names come from the stick: hostile text, shown as text only. */
export function StickOutboxes() {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const volumes = useStationQuery(['media', 'volumes'], (station) => station.media.volumes.query());
  if (volumes.data === undefined || volumes.data.length === 0) return null;
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('imports.outbox.onVolumes')}</summary>
      {/* A stick is only read while somebody looks. */}
      {isOpen && volumes.data.map((volume) => <StickOutbox key={volume.id} volume={volume} />)}
    </details>
  );
}

function StickOutbox({ volume }: { readonly volume: VolumeView }) {
  const { t, i18n } = useTranslation();
  const entries = useStationQuery(
    ['media', 'outbox-of', volume.id],
    (station) => station.outbox.onVolume.query({ volumeId: volume.id }),
    { refetchIntervalMs: REFRESH_MS },
  );
  return (
    <div className="stack stack--small">
      <span className="strong">{volume.label}</span>
      <QueryView query={entries}>
        {(data) =>
          data.length === 0 ? (
            <p className="soft">{t('imports.outbox.onVolumeEmpty')}</p>
          ) : (
            <ul>
              {data.map(({ kind, id, files, sizeBytes }) => (
                <li key={`${kind}/${id}`} className="small">
                  <span className="mono">
                    {kind}/{id}
                  </span>{' '}
                  {t('imports.outbox.onVolumeFiles', { count: files })} · {formatBytes(sizeBytes, i18n.language)}
                </li>
              ))}
            </ul>
          )
        }
      </QueryView>
    </div>
  );
}
