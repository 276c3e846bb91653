import { useTranslation } from 'react-i18next';
import type { ImportView } from '#contracts/media.ts';
import { ErrorDetails, useErrorSentences } from '#renderer/display/ErrorPanel.tsx';
import { Definition } from '#renderer/ui/structure.tsx';
import { failureOf, isStopped } from './import-failure.ts';

/** Cause, what is unchanged, next step, code and log of an import that stands still; the same words in every view (U4). */
export function ImportFailure({ view }: { readonly view: ImportView }) {
  const { t } = useTranslation();
  const error = failureOf(view);
  const sentences = useErrorSentences(error?.code ?? 'INTERNAL');
  if (error === null || !isStopped(view.state)) return null;
  return (
    <div className="stack stack--small" data-failure={view.id}>
      <Definition
        rows={[
          {
            term: t('imports.failure.cause'),
            value: (
              <>
                <p>{sentences.what}</p>
                <p className="soft break-anywhere">{error.message}</p>
              </>
            ),
          },
          {
            term: t('imports.failure.unchanged'),
            value: (
              <>
                <p>{sentences.unchanged}</p>
                <p>{t(`imports.failure.store.${view.state}`)}</p>
              </>
            ),
          },
          { term: t('imports.failure.next'), value: sentences.next },
          { term: t('imports.failure.code'), value: <code>{error.code}</code> },
          {
            term: t('imports.failure.log'),
            value: (
              <span className="break-anywhere">
                {t('imports.failure.logIds', { importId: view.id, job: view.jobId ?? '–' })}
                {error.correlationId !== undefined && ` · ${error.correlationId}`}
              </span>
            ),
          },
        ]}
      />
      <ErrorDetails error={error} />
    </div>
  );
}
