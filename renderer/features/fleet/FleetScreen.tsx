import { useDeferredValue, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation, useSearchParams } from 'wouter';
import type { DeviceView } from '#contracts/device.ts';
import { QueryView } from '#renderer/display/QueryView.tsx';
import { formatNumber } from '#renderer/format/numbers.ts';
import { useMay, usePerson } from '#renderer/query/use-person.ts';
import { useStationQuery } from '#renderer/query/use-station-query.ts';
import { useShortcuts } from '#renderer/shortcuts/use-shortcuts.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { DataGrid } from '#renderer/ui/grid/DataGrid.tsx';
import { EmptyState, Page } from '#renderer/ui/structure.tsx';
import { EnrolDialog } from './EnrolDialog.tsx';
import { fleetColumns } from './fleet-columns.tsx';
import './fleet.css';

/** Level 2: every gateway, filtered and sorted. */
export function FleetScreen() {
  const { t } = useTranslation();
  const [isEnrolling, setEnrolling] = useState(false);
  const may = useMay('fleet.enrol');
  const role = usePerson().data?.role;
  const fleet = useStationQuery(['fleet', 'list'], (station) => station.fleet.list.query());
  const enrol = (
    <Button
      look="main"
      icon="plus"
      blockedBy={may || role === undefined ? null : t('common.notPermitted', { role: t(`role.${role}`) })}
      onPress={() => setEnrolling(true)}
    >
      {t('fleet.enrol')}
    </Button>
  );
  return (
    <Page title={t('fleet.title')} lead={t('fleet.lead')} actions={enrol} fill>
      <QueryView query={fleet}>
        {(devices) =>
          devices.length === 0 ? (
            <EmptyState icon="fleet" title={t('fleet.emptyTitle')} actions={enrol}>
              {t('fleet.empty')}
            </EmptyState>
          ) : (
            <FleetGrid devices={devices} />
          )
        }
      </QueryView>
      {isEnrolling && (
        <EnrolDialog
          lines={[...new Set((fleet.data ?? []).map((device) => device.line))]}
          onClose={() => setEnrolling(false)}
        />
      )}
    </Page>
  );
}

function FleetGrid({ devices }: { readonly devices: readonly DeviceView[] }) {
  const { t, i18n } = useTranslation();
  const [, navigate] = useLocation();
  const [params, setParams] = useSearchParams();
  const [shown, setShown] = useState(devices.length);
  const field = useRef<HTMLInputElement>(null);
  const text = params.get('q') ?? '';
  // Typing stays quick with thousands of rows: the grid follows one frame behind.
  const filter = useDeferredValue(text);
  const columns = useMemo(() => fleetColumns(t, i18n.language), [t, i18n.language]);
  useShortcuts('fleet', { fleetFilter: () => field.current?.focus() });
  return (
    <>
      <div className="row">
        <label className="fleet__filter">
          <span className="field__label">{t('fleet.filter')}</span>
          <input
            ref={field}
            type="search"
            className="fleet__filter-input"
            placeholder={t('fleet.filterHint')}
            value={text}
            onChange={(event) =>
              setParams(event.target.value === '' ? {} : { q: event.target.value }, { replace: true })
            }
          />
        </label>
        <span className="soft" role="status">
          {t('fleet.shown', {
            shown: formatNumber(shown, i18n.language),
            total: formatNumber(devices.length, i18n.language),
          })}
        </span>
      </div>
      <DataGrid
        label={t('fleet.grid')}
        rows={devices}
        columns={columns}
        rowId={(device) => device.id}
        quickFilter={filter}
        emptyText={t('fleet.noDevices')}
        onShown={setShown}
        onOpen={(device) => navigate(`/fleet/${encodeURIComponent(device.id)}`)}
      />
    </>
  );
}
