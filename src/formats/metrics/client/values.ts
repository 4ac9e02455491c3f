import { size } from '../../../shared/kit/text/numbers.ts';
import { bytesOf } from '../shared/units.ts';
import type { Panel } from './panels.ts';
import type { Table } from './store.ts';

/** The data of a chart: the times, then the values of each series at these times, null where there is none. */
export type ChartData = [number[], ...(number | null)[][]];

/** The data of a panel; sizes are in bytes. */
export function dataOf(table: Table, panel: Panel): ChartData {
  const scale = bytesOf(panel.unit) ?? 1;
  return [
    table.times.slice(),
    ...panel.series.map(({ key, column }) => {
      const values = table.keys.get(key)?.get(column) ?? [];
      return Array.from(table.times, (_, row) => {
        const value = values[row];
        return value === undefined ? null : value * scale;
      });
    }),
  ];
}

/** A range of the x axis; undefined before the chart is drawn. */
export interface TimeRange {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/** Whether a range shows only a part of the times. */
export function isZoomed({ min, max }: TimeRange, times: ArrayLike<number>): boolean {
  const first = times[0];
  const last = times[times.length - 1];
  if (min === undefined || max === undefined || first === undefined || last === undefined) return false;
  return min > first || max < last;
}

/** The range of the y axis: from zero; percentages above 50 up to 100. */
export function rangeOf(unit: string, min: number | null, max: number | null): [number, number] {
  const minTop = bytesOf(unit) === undefined ? 1 : 1000;
  const top = max === null || max <= 0 ? minTop : max;
  if (unit === '%') return [0, top > 50 && top <= 100 ? 100 : top * 1.1];
  return [Math.min(0, min ?? 0), top * 1.1];
}

/** The scales of numbers without a unit of size: the smallest number that uses one, its divisor and its sign. */
const SCALES = [
  { from: 1e9, divisor: 1e9, sign: ' G' },
  { from: 1e6, divisor: 1e6, sign: ' M' },
  { from: 1e4, divisor: 1e3, sign: ' k' },
  { from: 0, divisor: 1, sign: '' },
] as const;

/** Formats a value for an axis or legend; sizes are in bytes. */
export function amount(value: number, unit: string): string {
  if (value === 0) return '0';
  if (unit === '%') return `${value < 10 && !Number.isInteger(value) ? value.toFixed(1) : Math.round(value)} %`;
  if (bytesOf(unit) !== undefined) return shortSize(value) + (unit.endsWith('/s') ? '/s' : '');
  const { divisor, sign } = SCALES.find(({ from }) => Math.abs(value) >= from) ?? SCALES[3];
  return `${shortNumber(value / divisor)}${sign}${unit === 'ms' ? ' ms' : ''}`;
}

/** A label of the y axis: as `amount`, without a zero after the decimal point. */
export function axisAmount(value: number, unit: string): string {
  return amount(value, unit).replace(/\.0(?=\D)/, '');
}

function shortNumber(value: number): string {
  if (Number.isInteger(value) || Math.abs(value) >= 100) return String(Math.round(value));
  return value.toFixed(Math.abs(value) < 1 ? 2 : 1);
}

/** A size, short enough for an axis. */
function shortSize(bytes: number): string {
  return size(bytes).replace(/ bytes?$/, ' B');
}

/** The time of day of the host. */
export function timeOfDay(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(11, 19);
}
