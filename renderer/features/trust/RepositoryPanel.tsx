import { useTranslation } from 'react-i18next';
import type { RepositoryView } from '#contracts/trust.ts';
import { Fingerprint } from '#renderer/display/Digest.tsx';
import { Time } from '#renderer/display/Time.tsx';
import { Button } from '#renderer/ui/Button.tsx';
import { Definition, Panel } from '#renderer/ui/structure.tsx';
import type { Comparable } from './FingerprintDialog.tsx';

interface RepositoryPanelProps {
  readonly repository: RepositoryView | null;
  readonly onCompare: (what: Comparable) => void;
  /** Absent for a role that may not change trust. */
  readonly onUpdate?: (() => void) | undefined;
}

/** Root and versions of the trust repository, and when it runs out. */
export function RepositoryPanel({ repository, onCompare, onUpdate }: RepositoryPanelProps) {
  const { t } = useTranslation();
  if (repository === null)
    return (
      <Panel
        title={t('trust.repository.title')}
        side={onUpdate !== undefined && <Button onPress={onUpdate}>{t('trust.repository.pin')}</Button>}
      >
        <p className="soft">{t('trust.repository.none')}</p>
      </Panel>
    );
  const { root, pinned, updated } = repository;
  const name = t('trust.repository.root', { version: root.version });
  return (
    <Panel
      title={t('trust.repository.title')}
      side={
        <span className="row">
          <Button onPress={() => onCompare({ name, hex: root.fingerprint })}>{t('trust.compare.open')}</Button>
          {onUpdate !== undefined && <Button onPress={onUpdate}>{t('trust.repository.update')}</Button>}
        </span>
      }
    >
      <Definition
        rows={[
          {
            term: name,
            value: t('trust.repository.threshold', { count: root.keyIds.length, threshold: root.threshold }),
          },
          { term: t('trust.column.fingerprint'), value: <Fingerprint hex={root.fingerprint} /> },
          { term: t('trust.repository.rootExpires'), value: <Time at={root.expires} /> },
          {
            term: t('trust.repository.pinned'),
            value: (
              <>
                <Time at={pinned.at} /> · {pinned.by}
              </>
            ),
          },
          ...(updated === null
            ? [{ term: t('trust.repository.updated'), value: t('trust.repository.never') }]
            : [
                {
                  term: t('trust.repository.updated'),
                  value: (
                    <>
                      <Time at={updated.at} /> · {updated.by}
                    </>
                  ),
                },
                { term: t('trust.repository.versions'), value: t('trust.repository.versionList', updated.versions) },
                { term: t('trust.repository.expires'), value: <Time at={updated.expires.timestamp} /> },
              ]),
        ]}
      />
    </Panel>
  );
}
