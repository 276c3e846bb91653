import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'wouter';
import type { DeviceView } from '#contracts/device.ts';
import { QueryView } from '#renderer/display/QueryView.tsx';
import { Ne107Status } from '#renderer/display/Status.tsx';
import { Age } from '#renderer/display/Time.tsx';
import { useMay } from '#renderer/query/use-person.ts';
import { useStationQuery } from '#renderer/query/use-station-query.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { LinkButton } from '#renderer/ui/LinkButton.tsx';
import { Notice } from '#renderer/ui/Notice.tsx';
import { Definition, Page, Panel } from '#renderer/ui/structure.tsx';
import { CertificatePanel } from './CertificatePanel.tsx';
import { ClockOffset } from './ClockOffset.tsx';
import { DeviceBenchmarks } from './DeviceBenchmarks.tsx';
import { DeviceHistory } from './DeviceHistory.tsx';
import { FallbackPanel } from './FallbackPanel.tsx';
import { FiguresPanel } from './FiguresPanel.tsx';
import { MachinePanel } from './MachinePanel.tsx';
import { RevokeDialog } from './RevokeDialog.tsx';
import { SlotDiagram } from './SlotDiagram.tsx';

/** Level 3: everything about one gateway. */
export function DeviceScreen() {
  const { t } = useTranslation();
  const { deviceId } = useParams<{ deviceId: string }>();
  const [isRevoking, setRevoking] = useState(false);
  const mayEnrol = useMay('fleet.enrol');
  const device = useStationQuery(['fleet', 'device', deviceId], (station) => station.fleet.get.query({ deviceId }));
  return (
    <Page
      title={device.data?.name ?? deviceId}
      lead={device.data === undefined ? undefined : `${device.data.line} · ${device.data.cell}`}
      actions={
        <>
          <LinkButton to="/fleet" icon="fleet">
            {t('device.back')}
          </LinkButton>
          {mayEnrol && device.data !== undefined && (
            <Button look="danger-open" icon="stop" onPress={() => setRevoking(true)}>
              {t('device.revoke')}
            </Button>
          )}
        </>
      }
    >
      <QueryView query={device}>{(data) => <DeviceContent device={data} />}</QueryView>
      {isRevoking && device.data !== undefined && (
        <RevokeDialog device={device.data} onClose={() => setRevoking(false)} />
      )}
    </Page>
  );
}

function DeviceContent({ device }: { readonly device: DeviceView }) {
  const { t } = useTranslation();
  const { reported } = device;
  return (
    <>
      {reported === null && <Notice tone="info">{t('device.never')}</Notice>}
      {reported?.fallback != null && <FallbackPanel evidence={reported.fallback} />}
      <div className="columns columns--wide-left">
        <div className="stack">
          {reported !== null && <SlotDiagram reported={reported} />}
          <FiguresPanel figures={reported?.figures ?? null} />
          <DeviceBenchmarks deviceId={device.id} />
          <DeviceHistory deviceId={device.id} />
        </div>
        <div className="stack">
          <StatePanel device={device} />
          {reported !== null && <MachinePanel agent={reported.agent} />}
          <CertificatePanel certificate={device.certificate} />
        </div>
      </div>
    </>
  );
}

function StatePanel({ device }: { readonly device: DeviceView }) {
  const { t } = useTranslation();
  return (
    <Panel title={t('device.status')} side={<Ne107Status state={device.ne107} />}>
      <Definition
        rows={[
          { term: t('device.reason'), value: device.ne107Reason },
          { term: t('device.online'), value: device.online ? t('common.yes') : t('common.no') },
          { term: t('device.lastSeen'), value: <Age at={device.lastSeenAt} /> },
          { term: t('device.clock'), value: <ClockOffset offsetMs={device.clockOffsetMs} /> },
          { term: t('device.pair'), value: device.redundancyGroup ?? t('common.none') },
          { term: t('device.safety'), value: device.safety ? t('common.yes') : t('common.no') },
        ]}
      />
    </Panel>
  );
}
