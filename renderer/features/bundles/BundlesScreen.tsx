import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { Finding } from '#contracts/primitives.ts';
import { isBlocking } from '#core/base/index.ts';
import { QueryView } from '#renderer/display/QueryView.tsx';
import { Status } from '#renderer/display/Status.tsx';
import { Time } from '#renderer/display/Time.tsx';
import { formatBytes } from '#renderer/format/numbers.ts';
import type { Station } from '#renderer/query/station-context.tsx';
import { useStationQuery } from '#renderer/query/use-station-query.ts';
import { LinkButton } from '#renderer/ui/LinkButton.tsx';
import { EmptyState, Page, Panel } from '#renderer/ui/structure.tsx';

type ListedBundle = Awaited<ReturnType<Station['bundles']['list']['query']>>[number];

/** What is in the store. */
export function BundlesScreen() {
  const { t } = useTranslation();
  const bundles = useStationQuery(['bundles', 'list'], (station) => station.bundles.list.query());
  const toImport = (
    <LinkButton to="/import" icon="import" main>
      {t('bundles.import')}
    </LinkButton>
  );
  return (
    <Page title={t('bundles.title')} lead={t('bundles.lead')} actions={toImport}>
      <QueryView query={bundles}>
        {(data) =>
          data.length === 0 ? (
            <EmptyState icon="bundle" title={t('bundles.emptyTitle')} actions={toImport}>
              {t('bundles.empty')}
            </EmptyState>
          ) : (
            <BundleTable bundles={data} />
          )
        }
      </QueryView>
    </Page>
  );
}

/** A mark where today's lists, lines and rules say something; the reasons stand on the screen of the bundle. */
function Standing({ findings }: { readonly findings: readonly Finding[] }) {
  const { t } = useTranslation();
  if (isBlocking(findings)) return <Status tone="bad" icon="error" text={t('bundles.standing.bad')} />;
  if (findings.length > 0) return <Status tone="warn" icon="warning" text={t('bundles.standing.warn')} />;
  return null;
}

function BundleTable({ bundles }: { readonly bundles: readonly ListedBundle[] }) {
  const { t, i18n } = useTranslation();
  const ordered = [...bundles].sort((a, b) => a.model.localeCompare(b.model) || b.sequence - a.sequence);
  return (
    <Panel title={t('bundles.list')} flush>
      <div className="table-scroll">
        <table className="data-table">
          <thead>
            <tr>
              <th>{t('bundles.column.model')}</th>
              <th>{t('bundles.column.version')}</th>
              <th>{t('bundles.column.channel')}</th>
              <th>{t('bundles.column.variants')}</th>
              <th className="number">{t('bundles.column.size')}</th>
              <th>{t('bundles.column.signer')}</th>
              <th>{t('bundles.column.accepted')}</th>
            </tr>
          </thead>
          <tbody>
            {ordered.map((bundle) => (
              <tr key={bundle.digest}>
                <td>
                  <Link href={`/bundles/${bundle.digest}`}>{bundle.title}</Link>
                  <div className="soft small mono">{bundle.model}</div>
                </td>
                <td>
                  <span className="strong">{bundle.version}</span>
                  <Standing findings={bundle.standing} />
                </td>
                <td>{t(`bundles.channel.${bundle.channel}`)}</td>
                <td>{bundle.variants.map((variant) => variant.id).join(', ')}</td>
                <td className="number">{formatBytes(bundle.sizeBytes, i18n.language)}</td>
                <td>{bundle.signer?.name ?? t('common.unknown')}</td>
                <td>
                  <Time at={bundle.acceptedAt} />
                  <div className="soft small">{bundle.acceptedBy}</div>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
