import { useTranslation } from 'react-i18next';
import type { ReportedDocument, SlotName } from '#contracts/device.ts';
import { Digest } from '#renderer/display/Digest.tsx';
import { Status } from '#renderer/display/Status.tsx';
import { DEVICE_STATE_MARKS, SLOT_STATE_MARKS } from '#renderer/display/status-marks.ts';
import { shareOf } from '#renderer/format/numbers.ts';
import { Icon } from '#renderer/ui/Icon.tsx';
import { Progress } from '#renderer/ui/Progress.tsx';
import { Panel } from '#renderer/ui/structure.tsx';
import './device.css';

/** The two slots side by side: which one answers, which one is kept to go back to. */
export function SlotDiagram({ reported }: { readonly reported: ReportedDocument }) {
  const { t } = useTranslation();
  return (
    <Panel
      title={t('device.slots')}
      side={<Status {...DEVICE_STATE_MARKS[reported.state]} text={t(`status.device.${reported.state}`)} />}
    >
      <div className="slots">
        <Slot name="a" reported={reported} />
        <span className="slots__swap" aria-hidden="true">
          <Icon name="refresh" size="24" />
          <span className="small">{t('device.swap')}</span>
        </span>
        <Slot name="b" reported={reported} />
      </div>
    </Panel>
  );
}

function Slot({ name, reported }: { readonly name: SlotName; readonly reported: ReportedDocument }) {
  const { t } = useTranslation();
  const slot = reported.slots[name];
  const role = reported.active === name ? 'active' : reported.previous === name ? 'previous' : 'idle';
  const roleText = { active: t('device.slotActive'), previous: t('device.slotPrevious'), idle: t('device.slotIdle') }[
    role
  ];
  return (
    <div className="slot" data-role={role} data-state={slot.state}>
      <div className="row row--spread">
        <h3>{t(`device.slot.${name}`)}</h3>
        <span className={role === 'active' ? 'chip chip--strong' : 'chip'}>{roleText}</span>
      </div>
      <Status {...SLOT_STATE_MARKS[slot.state]} text={t(`status.slot.${slot.state}`)} />
      {slot.model === null ? (
        <p className="soft">{t('device.slotEmpty')}</p>
      ) : (
        <>
          <p className="slot__model">{slot.model.repository}</p>
          <p className="slot__version">{slot.model.version}</p>
          <Digest value={slot.model.bundleDigest} />
        </>
      )}
      {slot.state === 'staging' && (
        <Progress
          label={t('device.slotProgress', { slot: t(`device.slot.${name}`) })}
          share={shareOf(slot.doneBytes ?? 0, slot.totalBytes)}
        />
      )}
      {slot.reason !== undefined && <p className="soft small">{slot.reason}</p>}
    </div>
  );
}
