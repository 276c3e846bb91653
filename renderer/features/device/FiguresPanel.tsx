import { useTranslation } from 'react-i18next';
import type { ServingFigures } from '#contracts/device.ts';
import { formatMs, formatNumber, formatShare } from '#renderer/format/numbers.ts';
import { ageParts } from '#renderer/format/time.ts';
import { Figure, Panel } from '#renderer/ui/structure.tsx';

/** What the model server of the gateway measured about itself. */
export function FiguresPanel({ figures }: { readonly figures: ServingFigures | null }) {
  const { t, i18n } = useTranslation();
  const language = i18n.language;
  const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);
  if (figures === null) {
    return (
      <Panel title={t('device.figures')}>
        <p className="soft">{t('device.noFigures')}</p>
      </Panel>
    );
  }
  const span = ageParts(figures.windowSeconds * 1000);
  return (
    <Panel
      title={t('device.figures')}
      side={
        <span className="soft small">
          {t('device.figuresWindow', { span: t(`time.span.${span.unit}`, { count: span.count }) })}
        </span>
      }
    >
      <div className="figures">
        <Figure label={t('device.requests')} value={formatNumber(figures.requests, language)} />
        <Figure label={t('device.p50')} value={formatMs(figures.p50Ms, language)} />
        <Figure label={t('device.p99')} value={formatMs(figures.p99Ms, language)} />
        <Figure
          label={t('device.errors')}
          value={formatNumber(figures.errors, language)}
          note={formatShare(share(figures.errors, figures.requests), language, 2)}
        />
        <Figure
          label={t('device.doubtful')}
          value={formatShare(share(figures.doubtful, figures.requests), language)}
          note={formatNumber(figures.doubtful, language)}
        />
        <Figure label={t('device.restarts')} value={formatNumber(figures.restarts, language)} />
      </div>
    </Panel>
  );
}
