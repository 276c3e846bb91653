import { useTranslation } from 'react-i18next';
import type { TrustedRootSummary } from '#core/verification/ports.ts';
import { Time } from '#renderer/display/Time.tsx';
import { Button } from '#renderer/ui/Button.tsx';
import { Panel } from '#renderer/ui/structure.tsx';
import type { Comparable } from './FingerprintDialog.tsx';

const KINDS = ['authorities', 'ctLogs', 'logs', 'timestampAuthorities'] as const;

interface TrustedRootPanelProps {
  readonly root: TrustedRootSummary;
  readonly onCompare: (what: Comparable) => void;
}

/** Whom the Sigstore trusted root names, and since when. */
export function TrustedRootPanel({ root, onCompare }: TrustedRootPanelProps) {
  const { t } = useTranslation();
  const name = t('trust.roots.title');
  return (
    <Panel
      title={name}
      side={
        <Button onPress={() => onCompare({ name, hex: root.digest.replace('sha256:', '') })}>
          {t('trust.compare.open')}
        </Button>
      }
      flush
    >
      <div className="table-scroll">
        <table className="data-table">
          <thead>
            <tr>
              <th>{t('trust.column.name')}</th>
              <th>{t('trust.roots.kind')}</th>
              <th>{t('trust.roots.from')}</th>
              <th>{t('trust.roots.to')}</th>
            </tr>
          </thead>
          <tbody>
            {KINDS.flatMap((kind) =>
              root[kind].map((entry) => (
                <tr key={`${kind} ${entry.keyId} ${String(entry.validFrom)}`}>
                  <th scope="row">{entry.name}</th>
                  <td>{t(`trust.roots.${kind}`)}</td>
                  <td>{entry.validFrom === null ? t('trust.roots.unknown') : <Time at={entry.validFrom} />}</td>
                  <td>{entry.validTo === null ? t('trust.roots.now') : <Time at={entry.validTo} />}</td>
                </tr>
              )),
            )}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
