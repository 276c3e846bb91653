import { useTranslation } from 'react-i18next';
import type { ImportPlan } from '#contracts/media.ts';
import { isBlocking, type Digest } from '#core/base/index.ts';
import { Findings } from '#renderer/display/Findings.tsx';
import { ActionError, QueryView } from '#renderer/display/QueryView.tsx';
import { Status } from '#renderer/display/Status.tsx';
import { formatBytes } from '#renderer/format/numbers.ts';
import { useStationAction, useStationQuery } from '#renderer/query/use-station-query.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Definition, Figure, Panel } from '#renderer/ui/structure.tsx';
import { IndexSignature } from './IndexSignature.tsx';

export interface ImportSource {
  readonly volumeId: string;
  readonly bundleDigest: Digest;
}

interface PlanStepProps {
  readonly source: ImportSource;
  readonly onBack: () => void;
  readonly onStarted: (importId: string) => void;
}

/** What an import will do, before anything is copied. */
export function PlanStep({ source, onBack, onStarted }: PlanStepProps) {
  const { t } = useTranslation();
  const plan = useStationQuery(['imports', 'plan', source], (station) => station.imports.plan.query(source));
  const start = useStationAction((station, from: ImportSource) => station.imports.start.mutate(from), ['imports']);
  return (
    <Panel
      title={plan.data === undefined ? t('imports.plan.title') : `${t('imports.plan.title')}: ${plan.data.title}`}
      side={<span className="soft">{t('imports.plan.lead')}</span>}
    >
      <QueryView query={plan}>{(data) => <PlanFacts plan={data} />}</QueryView>
      <ActionError error={start.error} />
      <div className="row">
        <Button onPress={onBack}>{t('imports.plan.back')}</Button>
        <Button
          look="main"
          icon="import"
          busy={start.isPending}
          blockedBy={plan.data === undefined ? '' : isBlocking(plan.data.findings) ? t('imports.plan.blocked') : null}
          onPress={() => start.mutate(source, { onSuccess: (view) => onStarted(view.id) })}
        >
          {t('imports.plan.start')}
        </Button>
      </div>
    </Panel>
  );
}

function PlanFacts({ plan }: { readonly plan: ImportPlan }) {
  const { t, i18n } = useTranslation();
  const size = (bytes: number): string => formatBytes(bytes, i18n.language);
  return (
    <>
      <div className="figures">
        <Figure label={t('imports.plan.total')} value={size(plan.totalBytes)} />
        <Figure label={t('imports.plan.here')} value={size(plan.alreadyHereBytes)} />
        <Figure label={t('imports.plan.need')} value={size(plan.needBytes)} />
        {plan.rebuiltBytes > 0 && <Figure label={t('imports.plan.rebuilt')} value={size(plan.rebuiltBytes)} />}
        <Figure
          label={t('imports.plan.free')}
          value={plan.freeBytes === null ? t('imports.plan.freeUnknown') : size(plan.freeBytes)}
        />
      </div>
      <Definition rows={[{ term: t('imports.plan.index'), value: <IndexSignature signature={plan.signature} /> }]} />
      {plan.findings.length > 0 && <Findings findings={plan.findings} />}
      <div className="table-scroll">
        <table className="data-table">
          <caption className="visually-hidden">{t('imports.plan.parts')}</caption>
          <thead>
            <tr>
              <th>{t('imports.plan.part')}</th>
              <th className="number">{t('imports.plan.stick')}</th>
              <th className="number">{t('imports.plan.size')}</th>
              <th>{t('imports.plan.present')}</th>
            </tr>
          </thead>
          <tbody>
            {plan.parts.map((part) => (
              <tr key={part.name}>
                <td className="mono">{part.name}</td>
                <td className="number">{part.stick}</td>
                <td className="number">{size(part.sizeBytes)}</td>
                <td>
                  {part.present ? (
                    <Status tone="n" icon="check" text={t('imports.plan.present')} />
                  ) : (
                    <Status tone="warn" icon="stick" text={t('imports.plan.absent')} />
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
