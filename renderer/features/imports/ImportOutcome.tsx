import { useTranslation } from 'react-i18next';
import type { ImportView } from '#contracts/media.ts';
import { ActionError } from '#renderer/display/QueryView.tsx';
import { formatBytes } from '#renderer/format/numbers.ts';
import { useStationAction } from '#renderer/query/use-station-query.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { LinkButton } from '#renderer/ui/LinkButton.tsx';
import { Notice } from '#renderer/ui/Notice.tsx';
import { ImportFailure } from './ImportFailure.tsx';
import { TrustHint } from './TrustHint.tsx';

/** What the state of an import means for the person, and what is unchanged. Moving states say nothing here. */
export function ImportOutcome({ view }: { readonly view: ImportView }) {
  switch (view.state) {
    case 'waiting-for-media':
      return <WaitingForMedia view={view} />;
    case 'failed':
      return <Failed view={view} />;
    case 'refused':
      return <Refused view={view} />;
    case 'accepted':
      return <Accepted view={view} />;
    case 'rejected':
      return <Rejected view={view} />;
    case 'planned':
    case 'copying':
    case 'verifying':
    case 'awaiting-decision':
      return null;
  }
}

/** A pulled stick is a normal state: one tap goes on. */
function WaitingForMedia({ view }: { readonly view: ImportView }) {
  const { t, i18n } = useTranslation();
  const resume = useStationAction(
    (station, importId: string) => station.imports.resume.mutate({ importId }),
    ['imports'],
  );
  return (
    <>
      <Notice
        tone="warn"
        urgent
        title={t('imports.wizard.waitingTitle')}
        actions={
          <Button look="main" icon="play" busy={resume.isPending} onPress={() => resume.mutate(view.id)}>
            {t('imports.wizard.resume')}
          </Button>
        }
      >
        <p>
          {t('imports.wizard.waiting', { label: view.volumeLabel, size: formatBytes(view.copiedBytes, i18n.language) })}
        </p>
        {view.missingParts.length > 0 && (
          <p>{t('imports.wizard.waitingParts', { parts: view.missingParts.join(', ') })}</p>
        )}
        <ImportFailure view={view} />
      </Notice>
      <ActionError error={resume.error} />
    </>
  );
}

function Failed({ view }: { readonly view: ImportView }) {
  const { t } = useTranslation();
  const resume = useStationAction(
    (station, importId: string) => station.imports.resume.mutate({ importId }),
    ['imports'],
  );
  return (
    <>
      <Notice
        tone="bad"
        urgent
        title={t('imports.wizard.failedTitle')}
        actions={
          <Button icon="refresh" busy={resume.isPending} onPress={() => resume.mutate(view.id)}>
            {t('error.retry')}
          </Button>
        }
      >
        <ImportFailure view={view} />
      </Notice>
      <ActionError error={resume.error} />
    </>
  );
}

function Refused({ view }: { readonly view: ImportView }) {
  const { t } = useTranslation();
  return (
    <>
      <Notice tone="bad" urgent title={t('imports.wizard.refusedTitle')}>
        <p>{t('imports.wizard.refused')}</p>
        <ImportFailure view={view} />
      </Notice>
      {view.verdict !== null && <TrustHint verdict={view.verdict} />}
    </>
  );
}

function Accepted({ view }: { readonly view: ImportView }) {
  const { t } = useTranslation();
  return (
    <Notice
      tone="good"
      title={t('imports.wizard.acceptedTitle')}
      actions={
        <>
          <LinkButton to={`/bundles/${view.bundleDigest}`} icon="bundle">
            {t('imports.wizard.toBundle')}
          </LinkButton>
          <LinkButton to={`/rollout/new?bundle=${view.bundleDigest}`} icon="rollout">
            {t('imports.wizard.toRollout')}
          </LinkButton>
        </>
      }
    >
      <p>{t('imports.wizard.accepted', { who: view.decidedBy ?? '', reason: view.decisionReason ?? '' })}</p>
    </Notice>
  );
}

function Rejected({ view }: { readonly view: ImportView }) {
  const { t } = useTranslation();
  return (
    <Notice tone="warn" title={t('imports.wizard.rejectedTitle')}>
      <p>{t('imports.wizard.rejected', { who: view.decidedBy ?? '', reason: view.decisionReason ?? '' })}</p>
    </Notice>
  );
}
