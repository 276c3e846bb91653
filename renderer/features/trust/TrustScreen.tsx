import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Channel } from '#contracts/bundle.ts';
import { QueryView } from '#renderer/display/QueryView.tsx';
import { useMay, usePerson } from '#renderer/query/use-person.ts';
import { useStationQuery } from '#renderer/query/use-station-query.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { EmptyState, Page } from '#renderer/ui/structure.tsx';
import { ChangeRulesDialog } from './ChangeRulesDialog.tsx';
import { ClockPanel } from './ClockPanel.tsx';
import { ExceptionList } from './ExceptionList.tsx';
import { FingerprintDialog, type Comparable } from './FingerprintDialog.tsx';
import { KnownBadPanel } from './KnownBadPanel.tsx';
import { GapNotice } from './GapNotice.tsx';
import { IdentityTable, KeyTable } from './TrustTables.tsx';
import { PeoplePanel } from './PeoplePanel.tsx';
import type { KnownSigners } from './policy-gaps.ts';
import { PolicyPanel } from './PolicyPanel.tsx';
import { PreviousPanel } from './PreviousPanel.tsx';
import { RemoveDialog, type Removal } from './RemoveDialog.tsx';
import { RepositoryPanel } from './RepositoryPanel.tsx';
import { StoresNotice } from './StoresNotice.tsx';
import { TrustedRootPanel } from './TrustedRootPanel.tsx';
import { UpdateDialog } from './UpdateDialog.tsx';
import { TrustIdentityDialog } from './TrustIdentityDialog.tsx';
import { TrustKeyDialog } from './TrustKeyDialog.tsx';
import './trust.css';

/** Keys, identities, roots, clock and policy: the only place where trust changes. A role that may not change it sees no button for it. */
export function TrustScreen() {
  const { t } = useTranslation();
  const [isAdding, setAdding] = useState(false);
  const [isAddingIdentity, setAddingIdentity] = useState(false);
  const [changing, setChanging] = useState<Channel | null>(null);
  const [comparing, setComparing] = useState<Comparable | null>(null);
  const [removing, setRemoving] = useState<Removal | null>(null);
  const [isUpdating, setUpdating] = useState(false);
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
            {data.storesAlarm !== null && <StoresNotice alarm={data.storesAlarm} mayAcknowledge={may} />}
            {data.trust.keys.length === 0 ? (
              <EmptyState icon="key" title={t('trust.emptyTitle')} actions={add}>
                {t('trust.empty')}
              </EmptyState>
            ) : (
              <KeyTable keys={data.trust.keys} onCompare={setComparing} onRemove={may ? setRemoving : undefined} />
            )}
            <IdentityTable
              identities={data.trust.identities}
              onAdd={may ? () => setAddingIdentity(true) : undefined}
              onRemove={may ? setRemoving : undefined}
            />
            <RepositoryPanel
              repository={data.repository}
              onCompare={setComparing}
              onUpdate={may ? () => setUpdating(true) : undefined}
            />
            {data.trustedRoot !== null && <TrustedRootPanel root={data.trustedRoot} onCompare={setComparing} />}
            <ExceptionList exceptions={data.exceptions} />
            <PreviousPanel previous={data.previousVersions} mayAsk={may} />
            <PeoplePanel mayChange={may} />
            <ClockPanel clock={data.clock} mayReset={may} />
            <KnownBadPanel />
            <GapNotice signers={signersOf(data)} policy={data.policy} />
            <PolicyPanel policy={data.policy} onChange={may ? setChanging : undefined} />
            {removing !== null && (
              <RemoveDialog removal={removing} version={data.trust.version} onClose={() => setRemoving(null)} />
            )}
            {isAddingIdentity && (
              <TrustIdentityDialog
                policy={data.policy}
                known={data.trust.identities.map((identity) => identity.name)}
                version={data.trust.version}
                onClose={() => setAddingIdentity(false)}
              />
            )}
            {isUpdating && <UpdateDialog repository={data.repository} onClose={() => setUpdating(false)} />}
            {changing !== null && (
              <ChangeRulesDialog
                channel={changing}
                signers={signersOf(data)}
                policy={data.policy}
                onClose={() => setChanging(null)}
              />
            )}
          </>
        )}
      </QueryView>
      {comparing !== null && <FingerprintDialog {...comparing} onClose={() => setComparing(null)} />}
      {isAdding && <TrustKeyDialog onClose={() => setAdding(false)} />}
    </Page>
  );
}

/** Who may sign here, as far as the rules of a channel ask for it. */
function signersOf(data: {
  readonly trust: Pick<KnownSigners, 'keys' | 'identities'>;
  readonly trustedRoot: unknown;
}): KnownSigners {
  return { keys: data.trust.keys, identities: data.trust.identities, hasTrustedRoot: data.trustedRoot !== null };
}
