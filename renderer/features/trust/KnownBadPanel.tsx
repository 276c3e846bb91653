import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Fingerprint } from '#renderer/display/Digest.tsx';
import { QueryView } from '#renderer/display/QueryView.tsx';
import { Time } from '#renderer/display/Time.tsx';
import { useMay } from '#renderer/query/use-person.ts';
import { useStationQuery } from '#renderer/query/use-station-query.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Definition, Panel } from '#renderer/ui/structure.tsx';
import { KnownBadDialog } from './KnownBadDialog.tsx';
import { NamedBundles } from './NamedBundles.tsx';

/** The list of known-bad parts in force, and the accepted bundles that it names. */
export function KnownBadPanel() {
  const { t } = useTranslation();
  const [isBringing, setBringing] = useState(false);
  const may = useMay('trust.change');
  const list = useStationQuery(['trust', 'known-bad'], (station) => station.knownBad.current.query());
  return (
    <Panel
      title={t('bundles.knownBad.title')}
      side={may && <Button onPress={() => setBringing(true)}>{t('bundles.knownBad.bring')}</Button>}
    >
      <QueryView query={list}>
        {(data) =>
          data === null ? (
            <p className="soft">{t('bundles.knownBad.none')}</p>
          ) : (
            <>
              <Definition
                rows={[
                  { term: t('bundles.knownBad.version'), value: String(data.version) },
                  { term: t('bundles.knownBad.issued'), value: <Time at={data.issuedAt} /> },
                  { term: t('bundles.knownBad.entries'), value: String(data.entries) },
                  { term: t('bundles.knownBad.key'), value: <KeyId keyId={data.keyId} /> },
                  {
                    term: t('bundles.knownBad.since'),
                    value: (
                      <>
                        <Time at={data.importedAt} /> · {data.importedBy}
                      </>
                    ),
                  },
                ]}
              />
              <NamedBundles bundles={data.bundles} />
            </>
          )
        }
      </QueryView>
      {isBringing && <KnownBadDialog onClose={() => setBringing(false)} />}
    </Panel>
  );
}

/** A list of the trust repository has no key of its own. */
function KeyId({ keyId }: { readonly keyId: string }) {
  return /^[0-9a-f]{64}$/.test(keyId) ? <Fingerprint hex={keyId} /> : keyId;
}
