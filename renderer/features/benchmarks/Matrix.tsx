import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DeviceView } from '#contracts/device.ts';
import type { BundleSummary } from '#contracts/verdict.ts';
import { QueryView } from '#renderer/display/QueryView.tsx';
import { useStationQuery } from '#renderer/query/use-station-query.ts';
import { Panel } from '#renderer/ui/structure.tsx';
import { CellDetails } from './CellDetails.tsx';
import { benchmarkMatrix, winnerOf, type MatrixCell } from './matrix.ts';
import { MeasurementCell } from './MeasurementCell.tsx';

interface MatrixProps {
  readonly bundle: BundleSummary;
  readonly devices: readonly DeviceView[];
}

type RunCell = Extract<MatrixCell, { kind: 'run' }>;

/** Columns for gateways with results first, then a few that still wait: a site of thousands has no wall of empty columns. */
const EMPTY_COLUMNS = 3;

/** Rows variants, columns gateways; the winner is picked by the rule in words, not by colour. */
export function Matrix({ bundle, devices }: MatrixProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useState<RunCell | null>(null);
  const results = useStationQuery(['benchmarks', 'bundle', bundle.digest], (station) =>
    station.benchmarks.list.query({ bundleDigest: bundle.digest }),
  );
  return (
    <QueryView query={results}>
      {(data) => {
        const measured = new Set(data.map((result) => result.device));
        const shown = [
          ...devices.filter((device) => measured.has(device.id)),
          ...devices.filter((device) => !measured.has(device.id) && device.online).slice(0, EMPTY_COLUMNS),
        ];
        const rows = benchmarkMatrix(
          bundle.variants,
          shown.map((device) => device.id),
          data,
        );
        const winners = shown.map((_, column) => winnerOf(rows, column));
        return (
          <Panel
            title={t('benchmark.matrix')}
            side={<span className="soft small">{t('benchmark.winnerRule')}</span>}
            flush
          >
            <div className="table-scroll">
              <table className="data-table matrix">
                <thead>
                  <tr>
                    <th scope="col">{t('benchmark.variant')}</th>
                    {shown.map((device) => (
                      <th scope="col" key={device.id}>
                        {device.name}
                        <div className="soft">{device.line}</div>
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {rows.map((row, rowIndex) => (
                    <tr key={row.variantDigest}>
                      <th scope="row">{row.variantId}</th>
                      {row.cells.map((cell, column) => (
                        <td key={shown[column]?.id ?? column}>
                          <MeasurementCell
                            cell={cell}
                            deviceName={shown[column]?.name ?? ''}
                            isWinner={winners[column] === rowIndex}
                            onOpen={setOpen}
                          />
                        </td>
                      ))}
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
            {open !== null && (
              <CellDetails
                cell={open}
                deviceName={devices.find((device) => device.id === open.result.device)?.name ?? open.result.device}
                onClose={() => setOpen(null)}
              />
            )}
          </Panel>
        );
      }}
    </QueryView>
  );
}
