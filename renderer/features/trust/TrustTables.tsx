import { useTranslation } from 'react-i18next';
import type { TrustedIdentity, TrustedKey } from '#contracts/verdict.ts';
import { Fingerprint } from '#renderer/display/Digest.tsx';
import { Time } from '#renderer/display/Time.tsx';
import { Button } from '#renderer/ui/Button.tsx';
import { Panel } from '#renderer/ui/structure.tsx';
import type { Comparable } from './FingerprintDialog.tsx';
import type { Removal } from './RemoveDialog.tsx';

interface KeyTableProps {
  readonly keys: readonly TrustedKey[];
  readonly onCompare: (what: Comparable) => void;
  /** Absent for a role that may not change trust. */
  readonly onRemove?: ((removal: Removal) => void) | undefined;
}

/** Keys with who trusted them since when. */
export function KeyTable({ keys, onCompare, onRemove }: KeyTableProps) {
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
              <th>{t('trust.column.action')}</th>
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
                <td>
                  <span className="row">
                    <Button onPress={() => onCompare({ name: key.name, hex: key.keyId })}>
                      {t('trust.compare.open')}
                    </Button>
                    {onRemove !== undefined && (
                      <Button onPress={() => onRemove({ kind: 'key', keyId: key.keyId, name: key.name })}>
                        {t('trust.remove.open')}
                      </Button>
                    )}
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

interface IdentityTableProps {
  readonly identities: readonly TrustedIdentity[];
  readonly onAdd?: (() => void) | undefined;
  readonly onRemove?: ((removal: Removal) => void) | undefined;
}

/** Certificate identities with everything that is compared. */
export function IdentityTable({ identities, onAdd, onRemove }: IdentityTableProps) {
  const { t } = useTranslation();
  const add = onAdd !== undefined && <Button onPress={onAdd}>{t('trust.identity.add')}</Button>;
  if (identities.length === 0)
    return add === false ? null : (
      <Panel title={t('trust.identities')} side={add}>
        <p className="soft">{t('trust.identity.none')}</p>
      </Panel>
    );
  return (
    <Panel title={t('trust.identities')} side={add} flush>
      <div className="table-scroll">
        <table className="data-table">
          <thead>
            <tr>
              <th>{t('trust.column.name')}</th>
              <th>{t('trust.identity.subject')}</th>
              <th>{t('trust.identity.issuer')}</th>
              <th>{t('trust.column.channels')}</th>
              <th>{t('trust.column.added')}</th>
              {onRemove !== undefined && <th>{t('trust.column.action')}</th>}
            </tr>
          </thead>
          <tbody>
            {identities.map((one) => (
              <tr key={one.name}>
                <th scope="row">{one.name}</th>
                <td>
                  <code>{one.subject}</code>
                  {Object.entries(one.extensions).map(([name, value]) => (
                    <div className="soft small" key={name}>
                      {name}: {value}
                    </div>
                  ))}
                </td>
                <td>
                  <code>{one.issuer}</code>
                </td>
                <td>{one.channels.map((channel) => t(`bundles.channel.${channel}`)).join(', ')}</td>
                <td>
                  <Time at={one.addedAt} />
                  <div className="soft small">{one.addedBy}</div>
                </td>
                {onRemove !== undefined && (
                  <td>
                    <Button onPress={() => onRemove({ kind: 'identity', name: one.name })}>
                      {t('trust.remove.open')}
                    </Button>
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
