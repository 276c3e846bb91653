import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { VolumeView } from '#contracts/media.ts';
import { formatBytes } from '#renderer/format/numbers.ts';
import { useStationQuery } from '#renderer/query/use-station-query.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { Notice } from '#renderer/ui/Notice.tsx';
import { ActionError } from './QueryView.tsx';

interface VolumeExportProps {
  readonly title: string;
  readonly children: ReactNode;
  readonly action: string;
  /** Why the export cannot start yet, besides that no medium is chosen. */
  readonly blockedBy?: string | null;
  readonly onExport: (volumeId: string) => Promise<unknown>;
  readonly onClose: () => void;
}

/** Chooses the medium that evidence is written to. Nothing is preselected. */
export function VolumeExport({ title, children, action, blockedBy = null, onExport, onClose }: VolumeExportProps) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const volumes = useStationQuery(['media', 'volumes'], (station) => station.media.volumes.query());
  const start = (): void => {
    if (chosen === null || blockedBy !== null || busy) return;
    setBusy(true);
    void onExport(chosen).then(onClose, (failure: unknown) => {
      setBusy(false);
      setError(failure);
    });
  };
  return (
    <Dialog
      title={title}
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{t('confirm.cancel')}</Button>
          <Button
            look="main"
            icon="export"
            busy={busy}
            blockedBy={blockedBy ?? (chosen === null ? '' : null)}
            onPress={start}
          >
            {action}
          </Button>
        </>
      }
    >
      {children}
      <fieldset className="plain stack stack--small">
        <legend>{t('export.chooseVolume')}</legend>
        {(volumes.data ?? []).map((volume) => (
          <VolumeChoice
            key={volume.id}
            volume={volume}
            chosen={chosen === volume.id}
            onChoose={() => setChosen(volume.id)}
          />
        ))}
      </fieldset>
      {volumes.data?.length === 0 && <Notice tone="info">{t('export.noVolume')}</Notice>}
      <ActionError error={error} />
    </Dialog>
  );
}

function VolumeChoice({
  volume,
  chosen,
  onChoose,
}: {
  readonly volume: VolumeView;
  readonly chosen: boolean;
  readonly onChoose: () => void;
}) {
  const { t, i18n } = useTranslation();
  return (
    <label className="check">
      <input type="radio" name="export-volume" checked={chosen} disabled={volume.readOnly} onChange={onChoose} />
      <span>
        <span className="strong">{volume.label}</span>{' '}
        <span className="soft">
          {t(`media.kind.${volume.kind}`)}
          {volume.serial !== null && ` · ${volume.serial}`}
          {volume.freeBytes !== null && ` · ${t('media.free', { size: formatBytes(volume.freeBytes, i18n.language) })}`}
          {volume.readOnly && ` · ${t('media.readOnly')}`}
        </span>
      </span>
    </label>
  );
}
