import type { TFunction } from 'i18next';
import type { DeviceView, SlotName, SlotView } from '#contracts/device.ts';
import { Ne107Status, Status } from '#renderer/display/Status.tsx';
import { DEVICE_STATE_MARKS, NE107_ORDER } from '#renderer/display/status-marks.ts';
import { Age } from '#renderer/display/Time.tsx';
import { formatMs, formatShare } from '#renderer/format/numbers.ts';
import type { GridColumn } from '#renderer/ui/grid/DataGrid.tsx';

type Column = GridColumn<DeviceView>;

/** `acme/pcb-defect 1.1.0` of the slot that answers requests. */
function activeModel(device: DeviceView): string | null {
  const reported = device.reported;
  if (reported === null || reported.active === null) return null;
  const model = reported.slots[reported.active].model;
  return model === null ? null : `${model.repository} ${model.version}`;
}

function slotText(slot: SlotView | undefined, t: TFunction): string {
  if (slot === undefined) return '';
  const state = t(`status.slot.${slot.state}`);
  if (slot.model === null) return state;
  // A committed model is the normal case; only what is not is said.
  return slot.state === 'committed' ? slot.model.version : `${slot.model.version} · ${state}`;
}

function doubtfulShare(device: DeviceView): number | null {
  const figures = device.reported?.figures;
  return figures == null || figures.requests === 0 ? null : figures.doubtful / figures.requests;
}

/** The version first: in a narrow cell it is the name that is cut, and the tooltip has all of it. */
function ActiveCell({ row }: { readonly row: DeviceView }) {
  const model = activeModel(row);
  const [repository = '', version = ''] = model?.split(' ') ?? [];
  return <span title={model ?? ''}>{model === null ? '' : `${version} ${repository.split('/').at(-1) ?? ''}`}</span>;
}

function StateCell({ row }: { readonly row: DeviceView }) {
  return <Ne107Status state={row.ne107} />;
}

function ProgressCell({ row, t }: { readonly row: DeviceView; readonly t: TFunction }) {
  const state = row.reported?.state;
  return state === undefined ? null : <Status {...DEVICE_STATE_MARKS[state]} text={t(`status.device.${state}`)} />;
}

function AgeCell({ row }: { readonly row: DeviceView }) {
  return <Age at={row.lastSeenAt} />;
}

/** The columns of ui.md 7.3. Everything sorts by its raw value, the state by how bad it is. */
export function fleetColumns(t: TFunction, language: string): readonly Column[] {
  const slot =
    (name: SlotName): Column['value'] =>
    (device) =>
      slotText(device.reported?.slots[name], t);
  return [
    {
      id: 'state',
      title: t('fleet.column.state'),
      value: (device) => t(`status.ne107.${device.ne107}`),
      cell: StateCell,
      width: 190,
      compare: (a, b) => NE107_ORDER.indexOf(a.ne107) - NE107_ORDER.indexOf(b.ne107),
    },
    { id: 'name', title: t('fleet.column.name'), value: (device) => device.name, width: 100 },
    { id: 'line', title: t('fleet.column.line'), value: (device) => `${device.line} · ${device.cell}`, width: 155 },
    { id: 'active', title: t('fleet.column.active'), value: activeModel, cell: ActiveCell, width: 150 },
    { id: 'slotA', title: t('fleet.column.slotA'), value: slot('a'), width: 120 },
    { id: 'slotB', title: t('fleet.column.slotB'), value: slot('b'), width: 120 },
    {
      id: 'p99',
      title: t('fleet.column.p99'),
      value: (device) => device.reported?.figures?.p99Ms ?? null,
      cell: ({ row }) => <>{formatMs(row.reported?.figures?.p99Ms, language)}</>,
      width: 80,
      numeric: true,
    },
    {
      id: 'doubtful',
      title: t('fleet.column.doubtful'),
      value: doubtfulShare,
      cell: ({ row }) => <>{formatShare(doubtfulShare(row), language)}</>,
      width: 90,
      numeric: true,
    },
    {
      id: 'progress',
      title: t('fleet.column.progress'),
      value: (device) => (device.reported === null ? '' : t(`status.device.${device.reported.state}`)),
      cell: ({ row }) => <ProgressCell row={row} t={t} />,
      width: 115,
    },
    { id: 'age', title: t('fleet.column.age'), value: (device) => device.lastSeenAt, cell: AgeCell, width: 105 },
  ];
}
