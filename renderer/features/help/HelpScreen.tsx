import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams, useSearchParams } from 'wouter';
import { LinkButton } from '#renderer/ui/LinkButton.tsx';
import { EmptyState, Page } from '#renderer/ui/structure.tsx';
import { HELP } from './bundled-help.ts';
import { HelpArticle } from './HelpArticle.tsx';
import { HelpHits } from './HelpHits.tsx';
import { HELP_GROUPS, helpPageId, type HelpPage, type HelpPageId } from './help-pages.ts';
import { screenOfPage } from './page-of-route.ts';
import './help.css';

/** The bundled help: contents and search beside one page. It asks the station for nothing. */
export function HelpScreen() {
  const { t } = useTranslation();
  const { page: name } = useParams<{ page?: string }>();
  const [params, setParams] = useSearchParams();
  const query = params.get('q') ?? '';
  const id = helpPageId(name ?? 'getting-started');
  const page = id === undefined ? undefined : HELP.get(id);
  return (
    <Page title={page?.title ?? t('help.title')} actions={page !== undefined && <ScreenLink page={page} />} fill>
      <div className="help">
        <nav className="help__contents" aria-label={t('help.contents')}>
          <label className="field">
            <span className="field__label">{t('help.search')}</span>
            <input
              type="search"
              className="help__query"
              value={query}
              onChange={(event) =>
                setParams(event.target.value === '' ? {} : { q: event.target.value }, { replace: true })
              }
            />
          </label>
          {query.trim() === '' ? <Contents current={id} /> : <HelpHits query={query} current={id} />}
        </nav>
        {/* A new page begins at its top; the keyboard can scroll it also where it has no link. */}
        <article key={id} className="help__article" tabIndex={0} aria-label={page?.title ?? t('help.noPage')}>
          {page === undefined ? <NoSuchPage /> : <HelpArticle page={page} link={linkToPage} />}
        </article>
      </div>
    </Page>
  );
}

const linkToPage = (to: HelpPageId, children: ReactNode): ReactNode => <Link href={`/help/${to}`}>{children}</Link>;

function ScreenLink({ page }: { readonly page: HelpPage }) {
  const { t } = useTranslation();
  const screen = screenOfPage(page.id);
  return screen === undefined ? null : <LinkButton to={screen}>{t('help.openScreen')}</LinkButton>;
}

function Contents({ current }: { readonly current: HelpPageId | undefined }) {
  const { t } = useTranslation();
  return HELP_GROUPS.map(({ group, pages }) => (
    <section key={group}>
      <h2 className="help__group">{t(`help.group.${group}`)}</h2>
      <ul>
        {pages.map((id) => (
          <li key={id}>
            <Link
              href={`/help/${id}`}
              className="help__entry"
              {...(id === current ? { 'aria-current': 'page' as const } : {})}
            >
              {HELP.get(id)?.title}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  ));
}

function NoSuchPage() {
  const { t } = useTranslation();
  return (
    <EmptyState icon="question" title={t('help.noPage')}>
      {t('help.noPageLead')}
    </EmptyState>
  );
}
