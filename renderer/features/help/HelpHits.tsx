import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { HELP } from './bundled-help.ts';
import type { HelpPageId } from './help-pages.ts';
import { searchHelp } from './search-help.ts';

interface HelpHitsProps {
  readonly query: string;
  readonly current: HelpPageId | undefined;
}

/** Pages that hold the words, best first. The words stay in the address, so that one page after the other can be tried. */
export function HelpHits({ query, current }: HelpHitsProps) {
  const { t } = useTranslation();
  const hits = searchHelp(HELP, query);
  return (
    <>
      <p className="soft small" role="status">
        {t('help.hits', { count: hits.length })}
      </p>
      <ul>
        {hits.map(({ page, excerpt }) => (
          <li key={page.id}>
            <Link
              href={`/help/${page.id}?q=${encodeURIComponent(query)}`}
              className="help__entry help__entry--hit"
              {...(page.id === current ? { 'aria-current': 'page' as const } : {})}
            >
              <span className="strong">{page.title}</span>
              <span className="soft small">{excerpt}</span>
            </Link>
          </li>
        ))}
      </ul>
    </>
  );
}
