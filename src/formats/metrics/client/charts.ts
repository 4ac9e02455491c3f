import uPlot from 'uplot';
import { size } from '../../../shared/kit/text/numbers.ts';
import { comparesKeys, keysOf, type Panel, panelsOf } from './panels.ts';
import type { Table } from './store.ts';

/** Line colours for light and dark mode, chosen to be distinguishable with common colour vision deficiencies. */
const LIGHT = ['#0b62c4', '#c2410c', '#18794e', '#8b3fb8', '#b3261e', '#0e7490', '#8a6d00', '#646b73'];
const DARK = ['#6cb0ff', '#ff9d5c', '#5bd394', '#d79bf5', '#ff8a80', '#5cc8dc', '#e0c341', '#949ca6'];
const HEIGHT = 150;
/** Largest number of rows that are also drawn as points. */
const MAX_POINTS = 60;

/** The charts of a page. */
export interface Charts {
  /** Draws the tables. Existing charts are extended. */
  draw(tables: ReadonlyMap<string, Table>): void;
}

interface DrawnChart {
  readonly plot: uPlot;
  readonly table: Table;
  readonly panel: Panel;
}

/** @param element container of the charts @param bar container of the choices of a device or processor */
export function createCharts(element: HTMLElement, bar: HTMLElement): Charts {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const sync = uPlot.sync('metrics');
  const chosen = new Map<string, string>();
  let charts: DrawnChart[] = [];
  let shape = '';
  let latest: ReadonlyMap<string, Table> = new Map();

  element.className = 'charts';
  dark.addEventListener('change', () => {
    shape = '';
    draw(latest);
  });
  new ResizeObserver(() => {
    for (const { plot } of charts) plot.setSize({ width: widthOf(plot.root.parentElement ?? element), height: HEIGHT });
  }).observe(element);

  function draw(tables: ReadonlyMap<string, Table>): void {
    latest = tables;
    const panels = [...tables.values()].flatMap((table) => {
      const keys = keysOf(table);
      const key = chosen.get(table.name) ?? keys[0] ?? '';
      return panelsOf(table, key).map((panel) => ({ table, panel, keys, key }));
    });
    const newShape = JSON.stringify(panels.map(({ panel, keys }) => [panel, keys.length]));
    if (newShape !== shape) {
      shape = newShape;
      build(panels);
    }
    for (const { plot, table, panel } of charts) {
      const [min, max] = [plot.scales.x?.min, plot.scales.x?.max];
      const [first, last] = [plot.data[0]?.[0], plot.data[0]?.at(-1)];
      const zoomed =
        min !== undefined && max !== undefined && first !== undefined && (min > first || max < (last ?? max));
      plot.setData(dataOf(table, panel), !zoomed);
    }
    // uPlot resets the legend when it draws, in the next frame, so set it after that.
    requestAnimationFrame(() => {
      for (const { plot } of charts) if ((plot.cursor.left ?? -1) < 0) showLatest(plot);
    });
  }

  function build(panels: readonly { table: Table; panel: Panel; keys: readonly string[]; key: string }[]): void {
    for (const { plot } of charts) plot.destroy();
    charts = [];
    element.replaceChildren();
    for (const select of bar.querySelectorAll('select')) select.remove();
    const addedChoices = new Set<string>();
    for (const { table, panel, keys, key } of panels) {
      if (keys.length > 1 && !comparesKeys(table) && !addedChoices.has(table.name)) {
        addedChoices.add(table.name);
        bar.append(choice(table.name, keys, key));
      }
      const box = document.createElement('section');
      box.className = 'chart';
      const title = document.createElement('h2');
      const unit = document.createElement('span');
      const details = [
        panel.title.includes(panel.unit) || panel.unit === 'memory' ? '' : panel.unit,
        comparesKeys(table) ? '' : key,
      ];
      unit.textContent = ` ${details.filter((part) => part !== '').join(', ')}`;
      title.append(panel.title, unit);
      box.append(title);
      element.append(box);
      const data = dataOf(table, panel);
      const plot = new uPlot(options(table, panel, widthOf(box)), data, box);
      plot.over.addEventListener('mouseleave', () => showLatest(plot));
      charts.push({ plot, table, panel });
    }
  }

  function choice(table: string, keys: readonly string[], key: string): HTMLSelectElement {
    const select = document.createElement('select');
    select.setAttribute('aria-label', `Which ${table}`);
    select.append(...keys.map((one) => new Option(`${table}: ${one}`, one, false, one === key)));
    select.addEventListener('change', () => {
      chosen.set(table, select.value);
      draw(latest);
    });
    return select;
  }

  function options(table: Table, panel: Panel, width: number): uPlot.Options {
    const style = getComputedStyle(element);
    const [dim, line] = [style.getPropertyValue('--dim'), style.getPropertyValue('--line')];
    const colours = dark.matches ? DARK : LIGHT;
    const axis = {
      stroke: dim,
      grid: { stroke: line, width: 1 },
      ticks: { stroke: line, width: 1 },
      font: `11px ${style.fontFamily}`,
    };
    const timeText = (value: number) => (table.clock ? timeOfDay(value) : String(value));
    return {
      width,
      height: HEIGHT,
      scales: { x: { time: false }, y: { range: (_, min, max) => rangeOf(panel.unit, min, max) } },
      axes: [
        {
          ...axis,
          size: 26,
          space: 70,
          values: (_, splits) =>
            splits.map((value) => (table.clock ? timeOfDay(value) : Number.isInteger(value) ? String(value) : '')),
        },
        {
          ...axis,
          size: 62,
          space: 26,
          values: (_, splits) => splits.map((value) => amount(value, panel.unit).replace(/\.0(?=\D)/, '')),
        },
      ],
      cursor: { sync: { key: sync.key }, drag: { x: true, y: false }, points: { size: 6 } },
      series: [
        { label: table.clock ? 'time' : 'report', value: (_, value) => (value === null ? '' : timeText(value)) },
        ...panel.series.map(({ label, hidden }, i) => ({
          label,
          show: !hidden,
          stroke: colours[i % colours.length] ?? dim,
          width: 1.5,
          spanGaps: true,
          points: { show: table.times.length <= MAX_POINTS, size: 4 },
          value: (_: uPlot, value: number | null) =>
            value === null || value === undefined ? '' : amount(value, panel.unit),
        })),
      ],
    };
  }

  return { draw };
}

/** Shows the latest values in the legend, for when the pointer is not on the chart. */
function showLatest(plot: uPlot): void {
  plot.setLegend({ idx: plot.data[0].length - 1 }, false);
}

function widthOf(element: Element): number {
  return Math.max(200, element.clientWidth);
}

function dataOf(table: Table, panel: Panel): uPlot.AlignedData {
  const rows = table.times.length;
  const scale = bytesOf(panel.unit) ?? 1;
  return [
    table.times.slice(),
    ...panel.series.map(({ key, column }) => {
      const values = table.keys.get(key)?.get(column) ?? [];
      return Array.from({ length: rows }, (_, i) => {
        const value = values[i];
        return value === undefined || value === null ? null : value * scale;
      });
    }),
  ];
}

/** The range of the y axis: from zero; percentages above 50 up to 100. */
function rangeOf(unit: string, min: number | null, max: number | null): [number, number] {
  const minTop = bytesOf(unit) === undefined ? 1 : 1000;
  const top = max === null || max <= 0 ? minTop : max;
  if (unit === '%') return [0, top > 50 && top <= 100 ? 100 : top * 1.1];
  return [Math.min(0, min ?? 0), top * 1.1];
}

/** Bytes per unit; undefined for other quantities. Axes are in bytes, so that their labels are round. */
function bytesOf(unit: string): number | undefined {
  return { memory: 1, KB: 1024, 'KB/s': 1024, 'MB/s': 1024 * 1024 }[unit];
}

/** Formats a value for an axis or legend; sizes are in bytes. */
export function amount(value: number, unit: string): string {
  if (value === 0) return '0';
  if (unit === '%') return `${value < 10 && !Number.isInteger(value) ? value.toFixed(1) : Math.round(value)} %`;
  if (bytesOf(unit) !== undefined) return shortSize(value) + (unit.endsWith('/s') ? '/s' : '');
  const [scale, sign] =
    Math.abs(value) >= 1e9
      ? [1e9, ' G']
      : Math.abs(value) >= 1e6
        ? [1e6, ' M']
        : Math.abs(value) >= 1e4
          ? [1e3, ' k']
          : [1, ''];
  const scaled = value / scale;
  return `${Number.isInteger(scaled) || Math.abs(scaled) >= 100 ? Math.round(scaled) : scaled.toFixed(Math.abs(scaled) < 1 ? 2 : 1)}${sign}${unit === 'ms' ? ' ms' : ''}`;
}

/** A size, short enough for an axis. */
function shortSize(bytes: number): string {
  return size(bytes).replace(/ bytes?$/, ' B');
}

/** The time of day of the host. */
function timeOfDay(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(11, 19);
}
