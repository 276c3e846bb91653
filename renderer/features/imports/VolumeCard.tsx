import { useTranslation } from 'react-i18next';
import type { VolumeView } from '#contracts/media.ts';
import { Findings } from '#renderer/display/Findings.tsx';
import { formatBytes, UNKNOWN_VALUE } from '#renderer/format/numbers.ts';
import { useStationAction } from '#renderer/query/use-station-query.ts';
import { Icon } from '#renderer/ui/Icon.tsx';
import { IconButton } from '#renderer/ui/IconButton.tsx';
import { Definition } from '#renderer/ui/structure.tsx';
import { StickActions } from './StickActions.tsx';

interface VolumeCardProps {
  readonly volume: VolumeView;
  readonly chosen: boolean;
  readonly onChoose: () => void;
}

/** A medium with what tells it from another one. Label and serial come from the stick: hostile text, shown as text only. */
export function VolumeCard({ volume, chosen, onChoose }: VolumeCardProps) {
  const { t, i18n } = useTranslation();
  const close = useStationAction(
    (station, volumeId: string) => station.media.closeFolder.mutate({ volumeId }),
    ['media'],
  );
  return (
    <div className="volume" data-chosen={chosen}>
      <label className="volume__choice">
        <input
          type="radio"
          name="volume"
          value={volume.id}
          checked={chosen}
          disabled={volume.set === null}
          onChange={onChoose}
          aria-label={t('imports.choose', { label: volume.label })}
        />
        <Icon name={volume.kind === 'folder' ? 'folder' : 'stick'} size="24" />
        <span className="grow">
          <span className="volume__label">{volume.label}</span>
          <span className="soft small">{t(`media.kind.${volume.kind}`)}</span>
        </span>
        {chosen && <span className="chip chip--strong">{t('imports.chosen')}</span>}
      </label>
      {volume.set !== null && (
        <ul className="volume__bundles">
          {volume.set.bundles.map((bundle) => (
            <li key={bundle.digest} className="strong">
              {bundle.title} <span className="soft">{bundle.version}</span>
            </li>
          ))}
        </ul>
      )}
      <Definition
        rows={[
          {
            term: t('imports.set'),
            value:
              volume.set === null
                ? t('imports.noSet')
                : `${t('imports.setParts', { here: volume.set.partsHere, total: volume.set.partsTotal })} · ${t('imports.setSticks', { count: volume.set.sticks })}`,
          },
          {
            term: t('imports.serial'),
            value: volume.serial === null ? t('media.noSerial') : <code>{volume.serial}</code>,
          },
          {
            term: t('imports.capacity'),
            value: volume.totalBytes === null ? UNKNOWN_VALUE : formatBytes(volume.totalBytes, i18n.language),
          },
          { term: t('imports.access'), value: volume.readOnly ? t('imports.readOnly') : t('imports.readWrite') },
        ]}
      />
      {volume.problem !== null && <Findings findings={[volume.problem]} />}
      <StickActions volume={volume} />
      {volume.canClose && (
        <span className="volume__close">
          <IconButton
            icon="close"
            label={t('imports.folderClose', { label: volume.label })}
            onPress={() => close.mutate(volume.id)}
          />
        </span>
      )}
    </div>
  );
}
