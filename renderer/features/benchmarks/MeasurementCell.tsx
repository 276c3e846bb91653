import { useTranslation } from 'react-i18next';
import { Status } from '#renderer/display/Status.tsx';
import { formatBytes, formatMs, formatNumber } from '#renderer/format/numbers.ts';
import { Icon } from '#renderer/ui/Icon.tsx';
import { p99Of, type MatrixCell } from './matrix.ts';

interface MeasurementCellProps {
  readonly cell: MatrixCell;
  readonly deviceName: string;
  readonly isWinner: boolean;
  readonly onOpen: (cell: Extract<MatrixCell, { kind: 'run' }>) => void;
}

/** Not run, failed, refused and measured are four different things to see. */
export function MeasurementCell({ cell, deviceName, isWinner, onOpen }: MeasurementCellProps) {
  const { t } = useTranslation();
  if (cell.kind === 'not-run') {
    return (
      <span className="cell cell--not-run" title={t('benchmark.notRunHint')}>
        {t('benchmark.notRun')}
      </span>
    );
  }
  return (
    <button type="button" className="cell" data-status={cell.variant.status} onClick={() => onOpen(cell)}>
      <span className="visually-hidden">
        {t('benchmark.details', { variant: cell.variant.variantId, device: deviceName })}
      </span>
      <CellContent cell={cell} isWinner={isWinner} />
    </button>
  );
}

function CellContent({
  cell,
  isWinner,
}: {
  readonly cell: Extract<MatrixCell, { kind: 'run' }>;
  readonly isWinner: boolean;
}) {
  const { t, i18n } = useTranslation();
  const { variant, result } = cell;
  if (variant.status === 'failed' || variant.status === 'refused') {
    return (
      <>
        <Status
          tone={variant.status === 'failed' ? 'bad' : 'warn'}
          icon={variant.status === 'failed' ? 'error' : 'stop'}
          text={t(`benchmark.status.${variant.status}`)}
        />
        <span className="soft small">{variant.reason}</span>
      </>
    );
  }
  const p99 = p99Of(variant);
  return (
    <>
      <span className="row row--small">
        <span className="soft small">{t('benchmark.p99')}</span>
        <span className="cell__value">{formatMs(p99?.valueMs, i18n.language)}</span>
        {isWinner && (
          <span className="chip chip--strong">
            <Icon name="check" size="12" /> {t('benchmark.winner')}
          </span>
        )}
      </span>
      <span className="soft small">
        {p99 === null
          ? t('benchmark.p99TooFew', { samples: formatNumber(variant.samples, i18n.language) })
          : t('benchmark.interval', {
              low: formatMs(p99.lowMs, i18n.language),
              high: formatMs(p99.highMs, i18n.language),
            })}
      </span>
      <span className="cell__facts">
        <span>{t('benchmark.throughput', { value: formatNumber(variant.throughputPerSecond, i18n.language, 1) })}</span>
        <span>{t('benchmark.rss', { value: formatBytes(variant.peakRssBytes, i18n.language) })}</span>
        <span>{t('benchmark.cold', { value: formatMs(variant.coldStart?.median.totalMs, i18n.language) })}</span>
      </span>
      {(variant.status === 'unstable' || result.quick) && (
        <span className="row row--small">
          {variant.status === 'unstable' && <Status tone="warn" icon="warning" text={t('benchmark.status.unstable')} />}
          {result.quick && <span className="chip">{t('benchmark.quick')}</span>}
        </span>
      )}
    </>
  );
}
