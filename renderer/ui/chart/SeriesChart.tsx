import { useEffect, useRef } from 'react';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { minutesEastOf, wallTime } from '#renderer/format/time.ts';
import { useShownTheme } from '#renderer/preferences/apply-preferences.ts';
import { usePreferences, type TimeZoneChoice } from '#renderer/preferences/preferences-store.ts';
import './chart.css';

interface SeriesChartProps {
  readonly label: string;
  readonly from: number;
  readonly to: number;
  readonly at: readonly number[];
  /** A null value is a gap and stays one. */
  readonly series: readonly {
    readonly name: string;
    readonly values: readonly (number | null)[];
    readonly min: readonly (number | null)[];
    readonly max: readonly (number | null)[];
  }[];
  readonly markers: readonly { readonly at: number; readonly text: string }[];
  readonly zone: TimeZoneChoice;
  /** Charts of one key share their cursor. */
  readonly syncKey: string;
}

const DASHES: readonly (readonly number[])[] = [[], [8, 4], [2, 3], [], [8, 4], [2, 3]];

/** Lines over time on a canvas; re-made when data, theme or zone change. */
export function SeriesChart(props: SeriesChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const theme = useShownTheme();
  const density = usePreferences((state) => state.density);
  const { label, from, to, at, series, markers, zone, syncKey } = props;
  useEffect(() => {
    const element = host.current;
    if (element === null) return undefined;
    const colours = readColours(element);
    const plot = new UPlot(
      optionsFor({ from, to, series, markers, zone, syncKey }, colours, sizeOf(element)),
      dataFor(at, series),
      element,
    );
    const watcher = new ResizeObserver(() => plot.setSize(sizeOf(element)));
    watcher.observe(element);
    return () => {
      watcher.disconnect();
      plot.destroy();
    };
  }, [from, to, at, series, markers, zone, syncKey, theme, density]);
  return <div ref={host} className="chart" role="img" aria-label={label} />;
}

interface Colours {
  readonly text: string;
  readonly grid: string;
  /** The root font, the measure of everything else on the page. */
  readonly rem: number;
  readonly lines: readonly string[];
}

function readColours(element: HTMLElement): Colours {
  const style = getComputedStyle(element);
  const read = (name: string): string => style.getPropertyValue(name).trim();
  const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  return {
    rem,
    text: read('--text-soft'),
    grid: read('--border'),
    lines: [0, 1, 2, 3, 4, 5].map((index) => read(`--series-${String(index)}`)),
  };
}

function sizeOf(element: HTMLElement): { width: number; height: number } {
  return { width: Math.max(200, element.clientWidth), height: Math.max(120, element.clientHeight) };
}

/** Line, then its lower and upper edge, for every series; uPlot wants seconds. */
function dataFor(at: readonly number[], series: SeriesChartProps['series']): UPlot.AlignedData {
  return [at.map((moment) => moment / 1000), ...series.flatMap((one) => [[...one.values], [...one.min], [...one.max]])];
}

function optionsFor(
  props: Pick<SeriesChartProps, 'from' | 'to' | 'series' | 'markers' | 'zone' | 'syncKey'>,
  colours: Colours,
  size: { width: number; height: number },
): UPlot.Options {
  const { from, to, series, markers, zone, syncKey } = props;
  const axis = {
    stroke: colours.text,
    grid: { stroke: colours.grid, width: 1 },
    ticks: { stroke: colours.grid, width: 1 },
    font: `${String(Math.round(colours.rem * 0.72))}px Gantry Sans`,
  };
  const colourOf = (index: number): string => colours.lines[index % colours.lines.length] ?? colours.text;
  return {
    ...size,
    legend: { show: false },
    cursor: { sync: { key: syncKey }, drag: { x: false, y: false } },
    scales: {
      x: { time: true, range: [from / 1000, to / 1000] },
      y: { range: (_plot, _low, high) => [0, high > 0 ? high * 1.1 : 1] },
    },
    axes: [
      {
        ...axis,
        size: colours.rem * 1.75,
        values: (_plot, splits) => splits.map((moment) => axisTime(moment * 1000, zone, to - from)),
      },
      { ...axis, size: colours.rem * 3.25 },
    ],
    series: [
      {},
      ...series.flatMap((one, index): UPlot.Series[] => [
        {
          label: one.name,
          stroke: colourOf(index),
          width: 2,
          dash: [...(DASHES[index % DASHES.length] ?? [])],
          spanGaps: false,
          points: { show: false },
        },
        { stroke: 'transparent', points: { show: false } },
        { stroke: 'transparent', points: { show: false } },
      ]),
    ],
    // The band from min to max keeps a spike visible that the mean would swallow.
    bands: series.map((_, index) => ({
      series: [index * 3 + 3, index * 3 + 2] as [number, number],
      fill: `color-mix(in srgb, ${colourOf(index)} 16%, transparent)`,
    })),
    hooks: { draw: [(plot) => drawMarkers(plot, markers, colours.text)] },
  };
}

function axisTime(at: number, zone: TimeZoneChoice, spanMs: number): string {
  const wall = wallTime(at, minutesEastOf(at, zone));
  return spanMs > 36 * 3_600_000 ? `${wall.date.slice(5)} ${wall.time.slice(0, 5)}` : wall.time.slice(0, 5);
}

function drawMarkers(plot: UPlot, markers: SeriesChartProps['markers'], colour: string): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.lineWidth = 2;
  ctx.setLineDash([6, 4]);
  for (const marker of markers) {
    const x = Math.round(plot.valToPos(marker.at / 1000, 'x', true));
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}
