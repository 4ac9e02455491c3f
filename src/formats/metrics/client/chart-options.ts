import type uPlot from 'uplot';
import type { Panel } from './panels.ts';
import type { Table } from './store.ts';
import { amount, axisAmount, rangeOf, timeOfDay } from './values.ts';

/** Line colours for light and dark mode, chosen to be distinguishable with common colour vision deficiencies. */
const LIGHT = ['#0b62c4', '#c2410c', '#18794e', '#8b3fb8', '#b3261e', '#0e7490', '#8a6d00', '#646b73'];
const DARK = ['#6cb0ff', '#ff9d5c', '#5bd394', '#d79bf5', '#ff8a80', '#5cc8dc', '#e0c341', '#949ca6'];
/** Height of a chart, pixels. */
export const CHART_HEIGHT = 150;
/** Largest number of rows that are also drawn as points. */
const MAX_POINTS = 60;

/** How the page looks, for its charts. */
export interface ChartStyle {
  readonly isDark: boolean;
  /** Colour of labels, and of grid lines. */
  readonly dim: string;
  readonly line: string;
  readonly fontFamily: string;
}

/** The style of the charts in an element. */
export function chartStyleOf(element: Element, isDark: boolean): ChartStyle {
  const style = getComputedStyle(element);
  return {
    isDark,
    dim: style.getPropertyValue('--dim'),
    line: style.getPropertyValue('--line'),
    fontFamily: style.fontFamily,
  };
}

/** The options of the chart of a panel. Charts with the same `syncKey` share the pointer. */
export function chartOptions(
  table: Table,
  panel: Panel,
  width: number,
  style: ChartStyle,
  syncKey: string,
): uPlot.Options {
  return {
    width,
    height: CHART_HEIGHT,
    scales: { x: { time: false }, y: { range: (_, min, max) => rangeOf(panel.unit, min, max) } },
    axes: axesOf(table, panel, style),
    cursor: { sync: { key: syncKey }, drag: { x: true, y: false }, points: { size: 6 } },
    series: seriesOf(table, panel, style),
  };
}

function axesOf(table: Table, panel: Panel, { dim, line, fontFamily }: ChartStyle): uPlot.Axis[] {
  const common: uPlot.Axis = {
    stroke: dim,
    grid: { stroke: line, width: 1 },
    ticks: { stroke: line, width: 1 },
    font: `11px ${fontFamily}`,
  };
  const timeLabel = (value: number) => (table.clock ? timeOfDay(value) : Number.isInteger(value) ? String(value) : '');
  return [
    { ...common, size: 26, space: 70, values: (_, splits) => splits.map(timeLabel) },
    {
      ...common,
      size: 62,
      space: 26,
      values: (_, splits) => splits.map((value) => axisAmount(value, panel.unit)),
    },
  ];
}

function seriesOf(table: Table, panel: Panel, { isDark, dim }: ChartStyle): uPlot.Series[] {
  const colours = isDark ? DARK : LIGHT;
  const timeText = (value: number | null) => (value === null ? '' : table.clock ? timeOfDay(value) : String(value));
  return [
    { label: table.clock ? 'time' : 'report', value: (_, value: number | null) => timeText(value) },
    ...panel.series.map(({ label, hidden }, i) => ({
      label,
      show: !hidden,
      stroke: colours[i % colours.length] ?? dim,
      width: 1.5,
      spanGaps: true,
      points: { show: table.times.length <= MAX_POINTS, size: 4 },
      value: (_: uPlot, value: number | null | undefined) =>
        value === null || value === undefined ? '' : amount(value, panel.unit),
    })),
  ];
}
