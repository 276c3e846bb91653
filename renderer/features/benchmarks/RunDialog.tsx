import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DeviceView } from '#contracts/device.ts';
import type { BundleSummary } from '#contracts/verdict.ts';
import { ActionError } from '#renderer/display/QueryView.tsx';
import type { Station } from '#renderer/query/station-context.tsx';
import { useStationAction } from '#renderer/query/use-station-query.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { NumberField, SelectField } from '#renderer/ui/fields.tsx';
import { Notice } from '#renderer/ui/Notice.tsx';
import { useToasts } from '#renderer/ui/toasts.tsx';

type RunRequest = Parameters<Station['benchmarks']['run']['mutate']>[0];

/** The official length of a run (MLPerf); what is shorter is labelled quick by the gateway. */
const QUICK_SECONDS = 600;

interface RunDialogProps {
  readonly bundle: BundleSummary;
  readonly devices: readonly DeviceView[];
  readonly onClose: () => void;
}

/** Asks a gateway to measure every variant of a bundle. */
export function RunDialog({ bundle, devices, onClose }: RunDialogProps) {
  const { t } = useTranslation();
  const show = useToasts((state) => state.show);
  const [deviceId, setDeviceId] = useState('');
  const [seconds, setSeconds] = useState(60);
  const [coldStarts, setColdStarts] = useState(10);
  const [seed, setSeed] = useState(42);
  const run = useStationAction(
    (station, request: RunRequest) => station.benchmarks.run.mutate(request),
    ['benchmarks'],
  );
  const device = devices.find((one) => one.id === deviceId);
  const start = (): void =>
    run.mutate(
      { deviceId, bundleDigest: bundle.digest, variantDigests: [], seconds, coldStarts, seed },
      {
        onSuccess: () => {
          show('info', t('benchmark.started'));
          onClose();
        },
      },
    );
  return (
    <Dialog
      title={t('benchmark.runTitle')}
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{t('confirm.cancel')}</Button>
          <Button
            look="main"
            icon="play"
            busy={run.isPending}
            blockedBy={device?.online === true ? null : t('benchmark.runIncomplete')}
            onPress={start}
          >
            {t('benchmark.runStart')}
          </Button>
        </>
      }
    >
      <p className="strong">{`${bundle.title} (${bundle.model} ${bundle.version})`}</p>
      <SelectField
        label={t('benchmark.runDevice')}
        prompt={t('benchmark.runDevicePrompt')}
        value={deviceId}
        options={devices.map((one) => ({
          value: one.id,
          label: one.online ? `${one.name} · ${one.line}` : t('benchmark.runOffline', { name: one.name }),
          disabled: !one.online,
        }))}
        onChange={setDeviceId}
      />
      <NumberField
        label={t('benchmark.runSeconds')}
        help={t('benchmark.runSecondsHelp')}
        value={seconds}
        min={1}
        max={3600}
        onChange={setSeconds}
      />
      <NumberField label={t('benchmark.runCold')} value={coldStarts} min={1} max={50} onChange={setColdStarts} />
      <NumberField label={t('benchmark.runSeed')} value={seed} onChange={setSeed} />
      {seconds < QUICK_SECONDS && <Notice tone="info">{t('benchmark.runQuick')}</Notice>}
      <ActionError error={run.error} />
    </Dialog>
  );
}
