import { getIxTheme } from '@siemens/ix-aggrid';
import {
  CellStyleModule,
  ClientSideRowModelModule,
  ColumnApiModule,
  ColumnAutoSizeModule,
  createPart,
  EventApiModule,
  LocaleModule,
  ModuleRegistry,
  QuickFilterModule,
  RowApiModule,
  themeAlpine,
  ValidationModule,
  type ColDef,
  type GridApi,
} from 'ag-grid-community';
import { AgGridReact } from 'ag-grid-react';
import { useMemo, useRef, type ComponentType } from 'react';
import { useTranslation } from 'react-i18next';
import { usePreferences, type Density } from '#renderer/preferences/preferences-store.ts';
import './grid.css';

// One by one: the whole namespace would defeat tree shaking (ui.md 3.1).
ModuleRegistry.registerModules([
  ClientSideRowModelModule,
  QuickFilterModule,
  ColumnApiModule,
  ColumnAutoSizeModule,
  CellStyleModule,
  RowApiModule,
  EventApiModule,
  LocaleModule,
]);
// Without it a forgotten module says only "error #200" with a link that nobody can open offline.
if (import.meta.env.DEV) ModuleRegistry.registerModules([ValidationModule]);

const ixTheme = getIxTheme({ createPart, themeAlpine });

/** AG Grid does not follow the root font: each density states its own sizes in CSS pixels. */
const SIZES: Readonly<Record<Density, { row: number; header: number; font: number }>> = {
  desk: { row: 36, header: 36, font: 14 },
  touch: { row: 56, header: 48, font: 18 },
  glove: { row: 64, header: 56, font: 20 },
};

export interface GridColumn<T> {
  readonly id: string;
  readonly title: string;
  /** What sorting and the quick filter use. */
  readonly value: (row: T) => string | number | null;
  /** How a cell looks, when it is more than its value. */
  readonly cell?: ComponentType<{ readonly row: T }>;
  /** Preferred width at a desk; also the column's share of the room. */
  readonly width: number;
  readonly numeric?: boolean;
  readonly compare?: (a: T, b: T) => number;
}

interface DataGridProps<T> {
  readonly label: string;
  readonly rows: readonly T[];
  readonly columns: readonly GridColumn<T>[];
  readonly rowId: (row: T) => string;
  readonly quickFilter: string;
  readonly onOpen: (row: T) => void;
  readonly onShown?: (count: number) => void;
  readonly emptyText: string;
}

function columnOf<T>(column: GridColumn<T>, scale: number): ColDef<T> {
  const Cell = column.cell;
  const compare = column.compare;
  return {
    colId: column.id,
    headerName: column.title,
    valueGetter: ({ data }) => (data === undefined ? null : column.value(data)),
    cellClass: column.numeric === true ? 'grid__number' : '',
    headerClass: column.numeric === true ? 'grid__number-head' : '',
    // Columns share the room in proportion and shrink a little before the grid has to scroll sideways.
    flex: column.width,
    minWidth: Math.round(column.width * scale * 0.9),
    ...(Cell === undefined
      ? {}
      : { cellRenderer: ({ data }: { data: T | undefined }) => (data === undefined ? null : <Cell row={data} />) }),
    ...(compare === undefined
      ? {}
      : {
          comparator: (_a, _b, nodeA, nodeB) =>
            nodeA.data === undefined || nodeB.data === undefined ? 0 : compare(nodeA.data, nodeB.data),
        }),
  };
}

/** The nonce of this page load; AG Grid's style elements need it under the strict policy. */
function pageNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
}

const DEFAULT_COLUMN: ColDef = { sortable: true, resizable: true, suppressMovable: true };

/** A grid for thousands of rows; only the visible ones are in the page. */
export function DataGrid<T>({
  label,
  rows,
  columns,
  rowId,
  quickFilter,
  onOpen,
  onShown,
  emptyText,
}: DataGridProps<T>) {
  const { t } = useTranslation();
  const density = usePreferences((state) => state.density);
  const api = useRef<GridApi<T> | null>(null);
  const sizes = SIZES[density];
  const theme = useMemo(
    () =>
      ixTheme.withParams({
        rowHeight: sizes.row,
        headerHeight: sizes.header,
        fontSize: sizes.font,
        fontFamily: 'var(--gantry-font)',
        backgroundColor: 'var(--surface-panel)',
        headerBackgroundColor: 'var(--surface-raised)',
        cellHorizontalPadding: 8,
      }),
    [sizes],
  );
  const columnDefs = useMemo(
    () => columns.map((column) => columnOf(column, sizes.font / SIZES.desk.font)),
    [columns, sizes],
  );
  // A new array would make the grid take in every row again, at each key of the filter.
  const rowData = useMemo(() => [...rows], [rows]);
  const localeText = useMemo(
    () => ({ noRowsToShow: emptyText, noMatchingRows: t('grid.noMatch'), loadingOoo: t('common.loading') }),
    [emptyText, t],
  );
  const tell = (): void => onShown?.(api.current?.getDisplayedRowCount() ?? rows.length);
  return (
    <div className="grid" role="region" aria-label={label}>
      <AgGridReact<T>
        key={density}
        theme={theme}
        styleNonce={pageNonce()}
        rowData={rowData}
        cacheQuickFilter
        columnDefs={columnDefs}
        getRowId={({ data }) => rowId(data)}
        quickFilterText={quickFilter}
        defaultColDef={DEFAULT_COLUMN}
        suppressCellFocus={false}
        suppressDragLeaveHidesColumns
        animateRows={false}
        rowHeight={sizes.row}
        headerHeight={sizes.header}
        localeText={localeText}
        onGridReady={(event) => {
          api.current = event.api;
        }}
        onModelUpdated={tell}
        onRowClicked={({ data }) => {
          if (data !== undefined) onOpen(data);
        }}
        onCellKeyDown={({ data, event }) => {
          if (data !== undefined && event instanceof KeyboardEvent && event.key === 'Enter') onOpen(data);
        }}
      />
    </div>
  );
}
