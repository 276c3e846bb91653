import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'wouter';
import type { ImportView } from '#contracts/media.ts';
import { Digest } from '#renderer/display/Digest.tsx';
import { QueryView } from '#renderer/display/QueryView.tsx';
import { Status } from '#renderer/display/Status.tsx';
import { IMPORT_STATE_MARKS } from '#renderer/display/status-marks.ts';
import { Time } from '#renderer/display/Time.tsx';
import { VerdictPanel } from '#renderer/display/VerdictPanel.tsx';
import { useStationQuery } from '#renderer/query/use-station-query.ts';
import { LinkButton } from '#renderer/ui/LinkButton.tsx';
import { Definition, Page, Panel } from '#renderer/ui/structure.tsx';
import { CopyProgress } from './CopyProgress.tsx';
import { Decision } from './Decision.tsx';
import { ImportOutcome } from './ImportOutcome.tsx';
import { ReportPanel } from './ReportPanel.tsx';
import { ReadJournal } from './ReadJournal.tsx';
import { StrangerSticks } from './StrangerSticks.tsx';
import { StepBar } from './StepBar.tsx';
import './imports.css';

/** One import from copy to decision; it goes on in the station whether this screen is open or not. */
export function ImportWizard() {
  const { t } = useTranslation();
  const { importId } = useParams<{ importId: string }>();
  const view = useStationQuery(['imports', 'one', importId], (station) => station.imports.get.query({ importId }));
  return (
    <Page
      title={view.data === undefined ? t('imports.title') : t('imports.wizard.title', { title: view.data.title })}
      lead={
        view.data === undefined ? undefined : (
          <span className="row">
            <Status {...IMPORT_STATE_MARKS[view.data.state]} text={t(`status.import.${view.data.state}`)} />
            <span className="mono small">
              {view.data.model} {view.data.version}
            </span>
          </span>
        )
      }
      actions={
        <LinkButton to="/import" icon="import">
          {t('imports.wizard.back')}
        </LinkButton>
      }
    >
      <QueryView query={view}>{(data) => <WizardContent key={data.id} view={data} />}</QueryView>
    </Page>
  );
}

function WizardContent({ view }: { readonly view: ImportView }) {
  const { t } = useTranslation();
  const [isSignerSeen, setSignerSeen] = useState(false);
  const onSignerSeen = useCallback(() => setSignerSeen(true), []);
  const isMoving = view.state === 'planned' || view.state === 'copying' || view.state === 'verifying';
  return (
    <>
      <StepBar state={view.state} hasVerdict={view.verdict !== null} />
      <ImportOutcome view={view} />
      {(isMoving || view.state === 'waiting-for-media') && <StrangerSticks importId={view.id} />}
      {isMoving && view.state !== 'verifying' && <CopyProgress view={view} />}
      {view.state === 'verifying' && (
        <Panel title={t('status.import.verifying')}>
          <p>{t('imports.wizard.verifying')}</p>
        </Panel>
      )}
      {/* The verdict stands above the decision: nobody accepts what they have not seen. */}
      {view.verdict !== null && <VerdictPanel verdict={view.verdict} onSignerSeen={onSignerSeen} />}
      {view.state === 'awaiting-decision' && view.verdict !== null && (
        <Decision view={view} verdict={view.verdict} isSignerSeen={isSignerSeen} onSignerSeen={onSignerSeen} />
      )}
      {!isMoving && <ReportPanel view={view} />}
      <Panel title={t('imports.wizard.source')}>
        <Definition
          rows={[
            { term: t('imports.wizard.medium'), value: view.volumeLabel },
            {
              term: t('imports.wizard.serial'),
              value: view.volumeSerial === null ? t('media.noSerial') : <code>{view.volumeSerial}</code>,
            },
            { term: t('imports.wizard.digest'), value: <Digest value={view.bundleDigest} /> },
            { term: t('imports.wizard.startedBy'), value: view.startedBy },
            { term: t('imports.wizard.startedAt'), value: <Time at={view.createdAt} /> },
          ]}
        />
      </Panel>
      <ReadJournal view={view} />
    </>
  );
}
