import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'wouter';
import type { AuditRecord } from '#contracts/audit.ts';
import { QueryView } from '#renderer/display/QueryView.tsx';
import { VolumeExport } from '#renderer/display/VolumeExport.tsx';
import { useMay } from '#renderer/query/use-person.ts';
import { useStationAction, useStationQuery } from '#renderer/query/use-station-query.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { EmptyState, Page } from '#renderer/ui/structure.tsx';
import { useToasts } from '#renderer/ui/toasts.tsx';
import { AuditFilters } from './AuditFilters.tsx';
import { AuditTable } from './AuditTable.tsx';
import { ChainBar } from './ChainBar.tsx';
import { filtersOf, type AuditFilter } from './audit-filter.ts';
import './audit.css';

const PAGE = 100;

/** Who did what, when, under which ticket; filtered from anywhere by a link. */
export function AuditScreen() {
  const { t } = useTranslation();
  const [params, setParams] = useSearchParams();
  const [isExporting, setExporting] = useState(false);
  const mayExport = useMay('export.write');
  const filter = filtersOf(params);
  return (
    <Page
      title={t('audit.title')}
      lead={t('audit.lead')}
      actions={
        mayExport && (
          <Button icon="export" onPress={() => setExporting(true)}>
            {t('audit.export')}
          </Button>
        )
      }
    >
      <ChainBar />
      <AuditFilters key={params.toString()} filter={filter} onApply={(next) => setParams(next)} />
      <Records filter={filter} />
      {isExporting && <ExportDialog onClose={() => setExporting(false)} />}
    </Page>
  );
}

function Records({ filter }: { readonly filter: AuditFilter }) {
  const { t } = useTranslation();
  const [limit, setLimit] = useState(PAGE);
  const records = useStationQuery(
    ['audit', 'list', filter, limit],
    (station) => station.audit.list.query({ ...filter, limit }),
    { keepPrevious: true },
  );
  const isFiltered = Object.keys(filter).length > 0;
  return (
    <QueryView query={records}>
      {(data: AuditRecord[]) =>
        data.length === 0 ? (
          isFiltered ? (
            <p className="soft">{t('audit.noMatch')}</p>
          ) : (
            <EmptyState icon="audit" title={t('audit.emptyTitle')}>
              {t('audit.empty')}
            </EmptyState>
          )
        ) : (
          <>
            <AuditTable records={data} />
            {data.length === limit && limit < 1000 && (
              <div>
                <Button onPress={() => setLimit(Math.min(1000, limit + 2 * PAGE))}>{t('audit.older')}</Button>
              </div>
            )}
          </>
        )
      }
    </QueryView>
  );
}

function ExportDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const show = useToasts((state) => state.show);
  const write = useStationAction((station, volumeId: string) => station.audit.export.mutate({ volumeId }), ['jobs']);
  return (
    <VolumeExport
      title={t('audit.exportTitle')}
      action={t('audit.exportDo')}
      onClose={onClose}
      onExport={async (volumeId) => {
        await write.mutateAsync(volumeId);
        show('info', t('export.started'));
      }}
    >
      <p>{t('audit.exportText')}</p>
      <p className="soft">{t('audit.exportHow')}</p>
    </VolumeExport>
  );
}
