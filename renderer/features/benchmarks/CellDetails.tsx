import { useTranslation } from 'react-i18next';
import type { EnvironmentFingerprint, Percentile, VariantMeasurement } from '#contracts/benchmark.ts';
import { Digest } from '#renderer/display/Digest.tsx';
import { Time } from '#renderer/display/Time.tsx';
import { formatBytes, formatMs, formatNumber } from '#renderer/format/numbers.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { Definition } from '#renderer/ui/structure.tsx';
import type { MatrixCell } from './matrix.ts';

interface CellDetailsProps {
  readonly cell: Extract<MatrixCell, { kind: 'run' }>;
  readonly deviceName: string;
  readonly onClose: () => void;
}

/** Distribution and conditions of one measurement. */
export function CellDetails({ cell, deviceName, onClose }: CellDetailsProps) {
  const { t, i18n } = useTranslation();
  const { result, variant } = cell;
  return (
    <Dialog
      title={t('benchmark.detailsTitle', { variant: variant.variantId, device: deviceName })}
      onClose={onClose}
      footer={<Button onPress={onClose}>{t('benchmark.detailsClose')}</Button>}
    >
      <Definition
        rows={[
          { term: t('benchmark.column.when'), value: <Time at={result.endedAt} /> },
          {
            term: t('benchmark.samples'),
            value: `${formatNumber(variant.samples, i18n.language)} · ${t('benchmark.seed', { seed: result.seed, seconds: result.seconds })}`,
          },
          {
            term: t('benchmark.provider'),
            value: `${variant.runtime} · ${variant.provider} · ${t('benchmark.threads')} ${variant.threads}`,
          },
          {
            term: t('benchmark.golden'),
            value:
              variant.goldenPassed === null
                ? t('common.unknown')
                : variant.goldenPassed
                  ? t('benchmark.goldenPassed')
                  : t('benchmark.goldenFailed'),
          },
          {
            term: t('benchmark.disturbances'),
            value: variant.disturbances.length === 0 ? t('common.none') : variant.disturbances.join(', '),
          },
          {
            term: t('benchmark.memory'),
            value: t('benchmark.memoryText', {
              rss: formatBytes(variant.peakRssBytes, i18n.language),
              pss: formatBytes(variant.pssBytes, i18n.language),
            }),
          },
          { term: t('benchmark.coldTrials'), value: <ColdStart cold={variant.coldStart} /> },
        ]}
      />
      {variant.reason !== '' && <p>{variant.reason}</p>}
      {variant.service.length > 0 && <Percentiles title={t('benchmark.service')} percentiles={variant.service} />}
      {variant.scheduled !== null && (
        <Percentiles
          title={t('benchmark.scheduled', { rate: variant.scheduled.ratePerSecond })}
          percentiles={variant.scheduled.percentiles}
        />
      )}
      <Environment environment={result.environment} />
    </Dialog>
  );
}

function ColdStart({ cold }: { readonly cold: VariantMeasurement['coldStart'] }) {
  const { t, i18n } = useTranslation();
  const ms = (value: number): string => formatMs(value, i18n.language);
  if (cold === null) return <>{t('common.unknown')}</>;
  const { median } = cold;
  return (
    <>
      <div>
        {t('benchmark.coldText', {
          trials: cold.trials,
          median: ms(median.totalMs),
          min: ms(cold.minTotalMs),
          max: ms(cold.maxTotalMs),
        })}
      </div>
      <div className="soft small">
        {t('benchmark.coldPhases', {
          spawn: ms(median.spawnMs),
          runtime: ms(median.runtimeLoadMs),
          read: ms(median.modelReadMs),
          compile: ms(median.compileMs),
          first: ms(median.firstAnswerMs),
        })}
      </div>
    </>
  );
}

function Percentiles({ title, percentiles }: { readonly title: string; readonly percentiles: readonly Percentile[] }) {
  const { t, i18n } = useTranslation();
  return (
    <table className="data-table">
      <caption className="percentiles__caption">{title}</caption>
      <thead>
        <tr>
          <th>{t('benchmark.percentile')}</th>
          <th className="number">{t('benchmark.latency')}</th>
          <th className="number">{t('benchmark.low')}</th>
          <th className="number">{t('benchmark.high')}</th>
        </tr>
      </thead>
      <tbody>
        {percentiles.map((one) => (
          <tr key={one.p}>
            <th scope="row">{`p${String(Math.round(one.p * 1000) / 10)}`}</th>
            <td className="number">{formatMs(one.valueMs, i18n.language)}</td>
            <td className="number">{formatMs(one.lowMs, i18n.language)}</td>
            <td className="number">{formatMs(one.highMs, i18n.language)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Environment({ environment }: { readonly environment: EnvironmentFingerprint }) {
  const { t, i18n } = useTranslation();
  return (
    <section>
      <h3>{t('benchmark.environment')}</h3>
      <p className="soft small">{t('benchmark.environmentHint')}</p>
      <Definition
        rows={[
          {
            term: t('benchmark.env.cpu'),
            value: `${environment.cpu} × ${String(environment.cores)} (${environment.architecture})`,
          },
          { term: t('benchmark.env.memory'), value: formatBytes(environment.memoryBytes, i18n.language) },
          { term: t('benchmark.env.os'), value: environment.os },
          { term: t('benchmark.env.kernel'), value: environment.kernel },
          { term: t('benchmark.env.node'), value: environment.node },
          { term: t('benchmark.env.runtime'), value: environment.runtimeVersion },
          { term: t('benchmark.env.governor'), value: environment.governor ?? t('common.unknown') },
          { term: t('benchmark.env.limit'), value: environment.cgroupCpuLimit ?? t('common.none') },
          { term: t('benchmark.env.load'), value: formatNumber(environment.loadAverage, i18n.language, 2) },
          { term: t('benchmark.env.fingerprint'), value: <Digest value={environment.digest} /> },
        ]}
      />
    </section>
  );
}
