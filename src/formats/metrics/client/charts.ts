import uPlot from 'uplot';
import { size } from '../../../shared/kit/text/numbers.ts';
import { comparesKeys, keysOf, type Panel, panelsOf } from './panels.ts';
import type { Table } from './store.ts';

/** Line colours on light and on dark, told apart also by most who see few colours. */
const LIGHT = ['#0b62c4', '#c2410c', '#18794e', '#8b3fb8', '#b3261e', '#0e7490', '#8a6d00', '#646b73'];
const DARK = ['#6cb0ff', '#ff9d5c', '#5bd394', '#d79bf5', '#ff8a80', '#5cc8dc', '#e0c341', '#949ca6'];
const HEIGHT = 150;
/** With no more rows than this each one is a dot, too. */
const FEW = 60;

/** The charts of a page. */
export interface Charts {
  /** Draws what the tables have now; what is drawn already only gets longer. */
  draw(tables: ReadonlyMap<string, Table>): void;
}

interface Drawn {
  readonly plot: uPlot;
  readonly table: Table;
  readonly panel: Panel;
}

/** @param element where the charts go @param bar where the choice of a device or processor goes */
export function createCharts(element: HTMLElement, bar: HTMLElement): Charts {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const sync = uPlot.sync('metrics');
  const chosen = new Map<string, string>();
  let drawn: Drawn[] = [];
  let shape = '';
  let latest: ReadonlyMap<string, Table> = new Map();

  element.className = 'charts';
  dark.addEventListener('change', () => {
    shape = '';
    draw(latest);
  });
  new ResizeObserver(() => {
    for (const { plot } of drawn) plot.setSize({ width: widthOf(plot.root.parentElement ?? element), height: HEIGHT });
  }).observe(element);

  function draw(tables: ReadonlyMap<string, Table>): void {
    latest = tables;
    const wanted = [...tables.values()].flatMap((table) => {
      const keys = keysOf(table);
      const key = chosen.get(table.name) ?? keys[0] ?? '';
      return panelsOf(table, key).map((panel) => ({ table, panel, keys, key }));
    });
    const now = JSON.stringify(wanted.map(({ panel, keys }) => [panel, keys.length]));
    if (now !== shape) {
      shape = now;
      build(wanted);
    }
    for (const { plot, table, panel } of drawn) {
      const [min, max] = [plot.scales.x?.min, plot.scales.x?.max];
      const [first, last] = [plot.data[0]?.[0], plot.data[0]?.at(-1)];
      const zoomed =
        min !== undefined && max !== undefined && first !== undefined && (min > first || max < (last ?? max));
      plot.setData(dataOf(table, panel), !zoomed);
    }
    // A plot makes its legend anew when it is next drawn: what it is to say comes after that.
    requestAnimationFrame(() => {
      for (const { plot } of drawn) if ((plot.cursor.left ?? -1) < 0) sayLast(plot);
    });
  }

  function build(wanted: readonly { table: Table; panel: Panel; keys: readonly string[]; key: string }[]): void {
    for (const { plot } of drawn) plot.destroy();
    drawn = [];
    element.replaceChildren();
    for (const select of bar.querySelectorAll('select')) select.remove();
    const asked = new Set<string>();
    for (const { table, panel, keys, key } of wanted) {
      if (keys.length > 1 && !comparesKeys(table) && !asked.has(table.name)) {
        asked.add(table.name);
        bar.append(choice(table.name, keys, key));
      }
      const box = document.createElement('section');
      box.className = 'chart';
      const title = document.createElement('h2');
      const unit = document.createElement('span');
      const said = [
        panel.title.includes(panel.unit) || panel.unit === 'memory' ? '' : panel.unit,
        comparesKeys(table) ? '' : key,
      ];
      unit.textContent = ` ${said.filter((part) => part !== '').join(', ')}`;
      title.append(panel.title, unit);
      box.append(title);
      element.append(box);
      const data = dataOf(table, panel);
      const plot = new uPlot(options(table, panel, widthOf(box)), data, box);
      plot.over.addEventListener('mouseleave', () => sayLast(plot));
      drawn.push({ plot, table, panel });
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
    const when = (value: number) => (table.clock ? clock(value) : String(value));
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
            splits.map((value) => (table.clock ? clock(value) : Number.isInteger(value) ? String(value) : '')),
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
        { label: table.clock ? 'time' : 'report', value: (_, value) => (value === null ? '' : when(value)) },
        ...panel.series.map(({ label, hidden }, i) => ({
          label,
          show: !hidden,
          stroke: colours[i % colours.length] ?? dim,
          width: 1.5,
          spanGaps: true,
          points: { show: table.times.length <= FEW, size: 4 },
          value: (_: uPlot, value: number | null) =>
            value === null || value === undefined ? '' : amount(value, panel.unit),
        })),
      ],
    };
  }

  return { draw };
}

/** While nobody points at a chart, its legend says the newest values. */
function sayLast(plot: uPlot): void {
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

/** From zero, and for shares up to a hundred where they come near it. */
function rangeOf(unit: string, min: number | null, max: number | null): [number, number] {
  const least = bytesOf(unit) === undefined ? 1 : 1000;
  const top = max === null || max <= 0 ? least : max;
  if (unit === '%') return [0, top > 50 && top <= 100 ? 100 : top * 1.1];
  return [Math.min(0, min ?? 0), top * 1.1];
}

/** How many bytes one of a unit is; undefined where it counts something else. Axes are of bytes, so that they are round. */
function bytesOf(unit: string): number | undefined {
  return { memory: 1, KB: 1024, 'KB/s': 1024, 'MB/s': 1024 * 1024 }[unit];
}

/** A value of an axis or a legend as people read it; sizes are in bytes. */
export function amount(value: number, unit: string): string {
  if (value === 0) return '0';
  if (unit === '%') return `${value < 10 && !Number.isInteger(value) ? value.toFixed(1) : Math.round(value)} %`;
  if (bytesOf(unit) !== undefined) return short(value) + (unit.endsWith('/s') ? '/s' : '');
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

/** A size that fits beside an axis. */
function short(bytes: number): string {
  return size(bytes).replace(/ bytes?$/, ' B');
}

/** The time of day by the clock of the host. */
function clock(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(11, 19);
}
