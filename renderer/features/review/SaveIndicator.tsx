import { useTranslation } from 'react-i18next';
import { Status } from '#renderer/display/Status.tsx';
import { Time } from '#renderer/display/Time.tsx';
import type { SaveState } from './use-label-saver.ts';

/** Whether the last edit is on the station's disk. */
export function SaveIndicator({ state }: { readonly state: SaveState }) {
  const { t } = useTranslation();
  return (
    <span className="row row--small" role="status" data-save={state.is}>
      {state.is === 'saved' && <Status tone="ok" icon="success" text={t('review.saved.saved')} />}
      {state.is === 'saving' && <Status tone="m" icon="refresh" text={t('review.saved.saving')} />}
      {state.is === 'failed' && <Status tone="bad" icon="error" text={t('review.saved.failed')} />}
      {state.is === 'saved' && state.at !== null && (
        <span className="soft small">
          {t('review.savedAt')} <Time at={state.at} detail="time" />
        </span>
      )}
    </span>
  );
}
