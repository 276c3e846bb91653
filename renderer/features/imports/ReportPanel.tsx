import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ImportReport, ImportView } from '#contracts/media.ts';
import type { ReportFormat } from '#contracts/verdict.ts';
import { fromBase64 } from '#core/signing/index.ts';
import { Digest } from '#renderer/display/Digest.tsx';
import { ActionError } from '#renderer/display/QueryView.tsx';
import { formatBytes } from '#renderer/format/numbers.ts';
import { useStationAction } from '#renderer/query/use-station-query.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Progress } from '#renderer/ui/Progress.tsx';
import { Panel } from '#renderer/ui/structure.tsx';
import { saveFile } from './save-file.ts';

/** The verdict of an import as a file, made by the station and handed to the downloads of whoever asks. */
export function ReportPanel({ view }: { readonly view: ImportView }) {
  const { t, i18n } = useTranslation();
  const [saved, setSaved] = useState<ImportReport | null>(null);
  const report = useStationAction(
    (station, format: ReportFormat) => station.imports.report.mutate({ importId: view.id, format }),
    [],
  );
  const take = (format: ReportFormat): void => {
    setSaved(null);
    report.mutate(format, {
      onSuccess: (file) => {
        saveFile(file.fileName, file.mediaType, fromBase64(file.contentBase64));
        setSaved(file);
      },
    });
  };
  const blockedBy = view.verdict === null ? t('imports.report.none') : null;
  return (
    <Panel title={t('imports.report.title')}>
      <p className="soft">{t('imports.report.lead')}</p>
      <div className="row row--top">
        <Button icon="export" busy={report.isPending} blockedBy={blockedBy} onPress={() => take('pdf')}>
          {t('imports.report.pdf')}
        </Button>
        <Button
          icon="export"
          busy={report.isPending}
          blockedBy={blockedBy === null ? null : ''}
          onPress={() => take('json')}
        >
          {t('imports.report.json')}
        </Button>
      </div>
      {report.isPending && <Progress label={t('imports.report.writing')} share={undefined} />}
      <div role="status">
        {saved !== null && (
          <p className="row">
            {t('imports.report.saved', { name: saved.fileName, size: formatBytes(saved.sizeBytes, i18n.language) })}
            <Digest value={saved.digest} />
          </p>
        )}
      </div>
      <ActionError error={report.error} />
    </Panel>
  );
}
