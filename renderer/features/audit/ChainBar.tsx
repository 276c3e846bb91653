import { useTranslation } from 'react-i18next';
import { Digest } from '#renderer/display/Digest.tsx';
import { QueryView } from '#renderer/display/QueryView.tsx';
import { Status } from '#renderer/display/Status.tsx';
import { Time } from '#renderer/display/Time.tsx';
import { formatNumber } from '#renderer/format/numbers.ts';
import { useStationQuery } from '#renderer/query/use-station-query.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Notice } from '#renderer/ui/Notice.tsx';

/** Whether the chain holds, since when this is known, and a way to check again now. */
export function ChainBar() {
  const { t, i18n } = useTranslation();
  // Its own root: a change of the site does not walk the whole chain again, a person does.
  const status = useStationQuery(['site', 'chain-status'], (station) => station.audit.verify.query());
  return (
    <section className="panel chain-bar" aria-label={t('audit.chain')}>
      <QueryView query={status}>
        {(data) =>
          data.intact ? (
            <span className="row">
              <Status
                tone="ok"
                icon="shield-ok"
                text={t('audit.chainIntact', {
                  count: data.entries,
                  replace: { count: formatNumber(data.entries, i18n.language) },
                })}
              />
              <span className="soft">
                {t('audit.checked')} <Time at={data.checkedAt} />
              </span>
              <span className="row row--small">
                <span className="soft">{t('audit.head')}</span> <Digest value={data.headHash} />
              </span>
            </span>
          ) : (
            <Notice tone="bad" urgent title={t('audit.chainBroken', { seq: data.firstBadSeq ?? 0 })}>
              <p>{t('audit.chainBrokenNext')}</p>
            </Notice>
          )
        }
      </QueryView>
      <Button icon="refresh" busy={status.isFetching} onPress={() => void status.refetch()}>
        {t('audit.verify')}
      </Button>
    </section>
  );
}
