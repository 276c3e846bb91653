import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import type { VolumeView } from '#contracts/media.ts';
import { QueryView } from '#renderer/display/QueryView.tsx';
import { useMay, usePerson } from '#renderer/query/use-person.ts';
import { useStationQuery } from '#renderer/query/use-station-query.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { SelectField } from '#renderer/ui/fields.tsx';
import { EmptyState, Page, Panel } from '#renderer/ui/structure.tsx';
import { FolderOpener } from './FolderOpener.tsx';
import { ImportList } from './ImportList.tsx';
import { OutboxPanel } from './OutboxPanel.tsx';
import { PlanStep, type ImportSource } from './PlanStep.tsx';
import { VolumeCard } from './VolumeCard.tsx';
import './imports.css';

/** The first steps of an import (medium, plan), and what was imported before. */
export function ImportScreen() {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const [planned, setPlanned] = useState<ImportSource | null>(null);
  const volumes = useStationQuery(['media', 'volumes'], (station) => station.media.volumes.query());
  return (
    <Page title={t('imports.title')} lead={t('imports.lead')}>
      {planned === null ? (
        <QueryView query={volumes}>{(data) => <MediumStep volumes={data} onPlan={setPlanned} />}</QueryView>
      ) : (
        <PlanStep source={planned} onBack={() => setPlanned(null)} onStarted={(id) => navigate(`/import/${id}`)} />
      )}
      <OutboxPanel />
      <ImportList />
    </Page>
  );
}

/** The one medium there is, when it carries bundles: then there is nothing to mix up. */
function onlyMedium(volumes: readonly VolumeView[]): VolumeView | undefined {
  const media = volumes.filter((volume) => volume.kind === 'removable' || volume.set !== null);
  const [only] = media;
  return media.length === 1 && only?.set !== null ? only : undefined;
}

interface MediumStepProps {
  readonly volumes: readonly VolumeView[];
  readonly onPlan: (source: ImportSource) => void;
}

/**
 * The person chooses the medium: with two or more nothing is preselected (U3). Empty folders of the station are no second medium.
 * A choice that was unplugged is no choice.
 */
function MediumStep({ volumes, onPlan }: MediumStepProps) {
  const { t } = useTranslation();
  const [volumeId, setVolumeId] = useState<string | null>(null);
  const [bundleDigest, setBundleDigest] = useState('');
  const may = useMay('import.run');
  const role = usePerson().data?.role;
  const chosen = volumes.find((volume) => volume.id === volumeId) ?? onlyMedium(volumes);
  const bundles = chosen?.set?.bundles ?? [];
  const bundle = bundles.find((one) => one.digest === bundleDigest) ?? (bundles.length === 1 ? bundles[0] : undefined);
  const blockedBy =
    !may && role !== undefined
      ? t('common.notPermitted', { role: t(`role.${role}`) })
      : bundle === undefined
        ? t('imports.continueBlocked')
        : null;
  return (
    <Panel title={t('imports.media')} side={<FolderOpener onOpened={setVolumeId} />}>
      {volumes.length === 0 ? (
        <EmptyState icon="stick" title={t('imports.noMedia')}>
          {t('imports.noMediaText')}
        </EmptyState>
      ) : (
        <>
          <p className="soft">{t('imports.mediaLead')}</p>
          <fieldset className="plain volumes">
            <legend className="visually-hidden">{t('imports.media')}</legend>
            {volumes.map((volume) => (
              <VolumeCard
                key={volume.id}
                volume={volume}
                chosen={volume.id === chosen?.id}
                onChoose={() => setVolumeId(volume.id)}
              />
            ))}
          </fieldset>
          {chosen !== undefined && bundles.length > 1 && (
            <SelectField
              label={t('imports.bundleChoose', { label: chosen.label })}
              prompt={t('imports.bundlePrompt')}
              value={bundle?.digest ?? ''}
              options={bundles.map((one) => ({
                value: one.digest,
                label: `${one.version} · ${one.title} (${one.model})`,
              }))}
              onChange={setBundleDigest}
            />
          )}
          <div>
            <Button
              look="main"
              blockedBy={blockedBy}
              onPress={() => {
                if (chosen !== undefined && bundle !== undefined)
                  onPlan({ volumeId: chosen.id, bundleDigest: bundle.digest });
              }}
            >
              {t('imports.continue')}
            </Button>
          </div>
        </>
      )}
    </Panel>
  );
}
