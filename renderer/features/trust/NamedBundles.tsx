import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { KnownBadPreview } from '#contracts/known-bad.ts';
import { Status } from '#renderer/display/Status.tsx';

const MARKS = {
  refused: { tone: 'bad', icon: 'error' },
  warned: { tone: 'warn', icon: 'warning' },
} as const;

/** Bundles of this site that a list names. What runs goes on running: that is for people to decide. */
export function NamedBundles({ bundles }: { readonly bundles: KnownBadPreview['bundles'] }) {
  const { t } = useTranslation();
  if (bundles.length === 0) return <p className="soft">{t('bundles.knownBad.namesNone')}</p>;
  return (
    <section className="stack stack--small">
      <h3>{t('bundles.knownBad.names', { count: bundles.length })}</h3>
      <ul className="named-bundles">
        {bundles.map(({ digest, model, version, refused }) => (
          <li key={digest} className="row">
            <Link href={`/bundles/${digest}`}>
              {model} {version}
            </Link>
            <Status
              {...MARKS[refused ? 'refused' : 'warned']}
              text={t(refused ? 'bundles.knownBad.refused' : 'bundles.knownBad.warned')}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}
