import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import type { DeviceView } from '#contracts/device.ts';
import { ConfirmScope } from '#renderer/display/ConfirmScope.tsx';
import { useStationAction } from '#renderer/query/use-station-query.ts';
import { Definition } from '#renderer/ui/structure.tsx';
import { useToasts } from '#renderer/ui/toasts.tsx';

/** Level 2: the gateway's name has to be typed. */
export function RevokeDialog({ device, onClose }: { readonly device: DeviceView; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const show = useToasts((state) => state.show);
  const revoke = useStationAction(
    (station, reason: string) => station.fleet.revoke.mutate({ deviceId: device.id, reason }),
    ['fleet'],
  );
  const model = device.reported?.active == null ? null : device.reported.slots[device.reported.active].model;
  return (
    <ConfirmScope
      title={t('device.revokeTitle', { name: device.name })}
      scopeName={device.name}
      action={t('device.revoke')}
      reason="required"
      onClose={onClose}
      onConfirm={async (reason) => {
        await revoke.mutateAsync(reason);
        show('good', t('device.revoked', { name: device.name }));
        navigate('/fleet');
      }}
    >
      <p>{t('device.revokeFacts')}</p>
      <Definition
        rows={[
          { term: t('device.revokeLine'), value: `${device.line} · ${device.cell}` },
          {
            term: t('device.revokeModel'),
            value: model === null ? t('common.none') : `${model.repository} ${model.version}`,
          },
        ]}
      />
      <p className="strong">{t('device.revokeDuration')}</p>
    </ConfirmScope>
  );
}
