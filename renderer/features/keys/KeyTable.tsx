import { useTranslation } from 'react-i18next';
import type { SiteKeyView } from '#contracts/keys.ts';
import { Fingerprint } from '#renderer/display/Digest.tsx';
import { Age, Time } from '#renderer/display/Time.tsx';
import { Panel } from '#renderer/ui/structure.tsx';

/** Every key whole: fingerprints are compared by eye and read aloud. */
export function KeyTable({ keys }: { readonly keys: readonly SiteKeyView[] }) {
  const { t } = useTranslation();
  return (
    <Panel title={t('keys.table')} flush>
      <div className="table-scroll">
        <table className="data-table">
          <thead>
            <tr>
              <th>{t('keys.column.key')}</th>
              <th>{t('keys.column.fingerprint')}</th>
              <th>{t('keys.column.place')}</th>
              <th>{t('keys.column.created')}</th>
              <th>{t('keys.column.used')}</th>
            </tr>
          </thead>
          <tbody>
            {keys.map((key) => (
              <tr key={key.name}>
                <th scope="row">
                  {t(`keys.name.${key.name}`)}
                  <div className="soft small">
                    {key.algorithm}, {t(`keys.does.${key.name}`)}
                  </div>
                </th>
                <td>
                  <Fingerprint hex={key.keyId} />
                </td>
                <td>
                  {t(`keys.place.${key.place}`)}
                  {key.address !== null && <div className="soft small mono">{key.address}</div>}
                </td>
                <td>
                  <Time at={key.createdAt} />
                </td>
                <td>
                  {key.lastUsedAt === null ? (
                    <span className="soft">{t(isNoted(key) ? 'keys.notUsed' : 'keys.useNotNoted')}</span>
                  ) : (
                    <Age at={key.lastUsedAt} />
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

/** Only signatures of site and audit key are noted. */
function isNoted({ name }: SiteKeyView): boolean {
  return name === 'site' || name === 'audit';
}
