import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Channel } from '#contracts/bundle.ts';
import type { TrustedKey } from '#contracts/verdict.ts';
import { Fingerprint } from '#renderer/display/Digest.tsx';
import { QueryView } from '#renderer/display/QueryView.tsx';
import { Time } from '#renderer/display/Time.tsx';
import { useMay, usePerson } from '#renderer/query/use-person.ts';
import { useStationQuery } from '#renderer/query/use-station-query.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { EmptyState, Page, Panel } from '#renderer/ui/structure.tsx';
import { ChangeRulesDialog } from './ChangeRulesDialog.tsx';
import { GapNotice } from './GapNotice.tsx';
import { PolicyPanel } from './PolicyPanel.tsx';
import { TrustKeyDialog } from './TrustKeyDialog.tsx';
import './trust.css';

/** Keys and policy: the only place where trust changes. A role that may not change it sees no button for it. */
export function TrustScreen() {
  const { t } = useTranslation();
  const [isAdding, setAdding] = useState(false);
  const [changing, setChanging] = useState<Channel | null>(null);
  const may = useMay('trust.change');
  const role = usePerson().data?.role;
  const trust = useStationQuery(['trust', 'all'], (station) => station.trust.get.query());
  const add = may ? (
    <Button look="main" icon="key" onPress={() => setAdding(true)}>
      {t('trust.add')}
    </Button>
  ) : (
    role !== undefined && <span className="soft small">{t('trust.readOnly', { role: t(`role.${role}`) })}</span>
  );
  return (
    <Page title={t('trust.title')} lead={t('trust.lead')} actions={add}>
      <QueryView query={trust}>
        {(data) => (
          <>
            {data.trust.keys.length === 0 ? (
              <EmptyState icon="key" title={t('trust.emptyTitle')} actions={add}>
                {t('trust.empty')}
              </EmptyState>
            ) : (
              <KeyTable keys={data.trust.keys} />
            )}
            <GapNotice keys={data.trust.keys} policy={data.policy} />
            <PolicyPanel policy={data.policy} onChange={may ? setChanging : undefined} />
            {changing !== null && (
              <ChangeRulesDialog
                channel={changing}
                keys={data.trust.keys}
                policy={data.policy}
                onClose={() => setChanging(null)}
              />
            )}
          </>
        )}
      </QueryView>
      {isAdding && <TrustKeyDialog onClose={() => setAdding(false)} />}
    </Page>
  );
}

function KeyTable({ keys }: { readonly keys: readonly TrustedKey[] }) {
  const { t } = useTranslation();
  return (
    <Panel title={t('trust.keys')} flush>
      <div className="table-scroll">
        <table className="data-table">
          <thead>
            <tr>
              <th>{t('trust.column.name')}</th>
              <th>{t('trust.column.fingerprint')}</th>
              <th>{t('trust.column.channels')}</th>
              <th>{t('trust.column.added')}</th>
            </tr>
          </thead>
          <tbody>
            {keys.map((key) => (
              <tr key={key.keyId}>
                <th scope="row">{key.name}</th>
                <td>
                  <Fingerprint hex={key.keyId} />
                </td>
                <td>{key.channels.map((channel) => t(`bundles.channel.${channel}`)).join(', ')}</td>
                <td>
                  <Time at={key.addedAt} />
                  <div className="soft small">{key.addedBy}</div>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
