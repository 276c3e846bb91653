import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { LineTile } from '#contracts/site.ts';
import { Ne107Status } from '#renderer/display/Status.tsx';
import { NE107_ORDER } from '#renderer/display/status-marks.ts';
import { Age } from '#renderer/display/Time.tsx';

/** One tile a line; every tile opens the filtered fleet. */
export function LineTiles({ lines }: { readonly lines: readonly LineTile[] }) {
  const { t } = useTranslation();
  const ordered = [...lines].sort(
    (a, b) => NE107_ORDER.indexOf(a.worst) - NE107_ORDER.indexOf(b.worst) || a.line.localeCompare(b.line),
  );
  return (
    <section aria-label={t('site.lines')}>
      <ul className="line-tiles">
        {ordered.map((line) => (
          <li key={line.line}>
            <Tile line={line} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Tile({ line }: { readonly line: LineTile }) {
  const { t } = useTranslation();
  return (
    <Link
      href={`/fleet?q=${encodeURIComponent(line.line)}`}
      className="line-tile"
      data-worst={line.worst}
      title={t('site.line.open', { line: line.line })}
    >
      <span className="row row--spread">
        <span className="line-tile__name">{line.line}</span>
        <Ne107Status state={line.worst} />
      </span>
      <span className="soft">{t('site.line.devices', { count: line.devices })}</span>
      <span className="line-tile__counts">
        {NE107_ORDER.filter((state) => (line.counts[state] ?? 0) > 0).map((state) => (
          <span key={state} className="line-tile__count">
            <Ne107Status state={state} brief />
            <span className="strong">{line.counts[state]}</span>
          </span>
        ))}
      </span>
      <span className="line-tile__facts">
        <span className="soft">{t('site.line.models')}</span>
        <span>{line.models.length === 0 ? t('site.line.noModel') : line.models.join(', ')}</span>
        <span className="soft">{t('site.line.oldest')}</span>
        <Age at={line.oldestSeenAt} />
      </span>
    </Link>
  );
}
