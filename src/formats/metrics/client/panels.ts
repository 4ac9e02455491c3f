import { unitOf } from '../shared/units.ts';
import type { Table } from './store.ts';

/** A chart of values with the same unit. */
export interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly series: readonly PanelSeries[];
}

export interface PanelSeries {
  readonly label: string;
  readonly key: string;
  readonly column: string;
  /** Not drawn until selected in the legend, because it would dwarf the others. */
  readonly hidden: boolean;
}

/** Largest number of series in a chart. */
const MAX_SERIES = 8;
/** Columns of processes that get a chart of the busiest processes. */
const PROCESS_COLUMNS = ['%CPU', 'RSS', 'kB_rd/s', 'kB_wr/s', 'cswch/s', 'nvcswch/s', 'StkSize', '%MEM', 'threads'];
const HIDDEN = new Set(['id', 'idle', '%idle', 'total', 'swpd']);

/** Whether a table contains processes, whose charts compare keys instead of columns. */
export function comparesKeys(table: Table): boolean {
  return table.name === 'processes' && table.keys.size > 0 && !table.keys.has('');
}

/** The keys of a table: `all` first, then the busiest. */
export function keysOf(table: Table): string[] {
  const activity = new Map(
    [...table.keys].map(([key, series]) => [key, Math.max(0, ...[...series.values()].map(meanOf))]),
  );
  const rank = (key: string) => (key === 'all' ? Infinity : (activity.get(key) ?? 0));
  return [...table.keys.keys()].sort((a, b) => rank(b) - rank(a) || a.localeCompare(b));
}

/** A panel, its table, the keys that the table has, and the key that is shown. */
export interface ShownPanel {
  readonly table: Table;
  readonly panel: Panel;
  readonly keys: readonly string[];
  readonly key: string;
}

/** The panels of all tables. @param selectedKeys the selected key of a table, by its name; without one, its first key */
export function shownPanels(tables: Iterable<Table>, selectedKeys: ReadonlyMap<string, string>): ShownPanel[] {
  return [...tables].flatMap((table) => {
    const keys = keysOf(table);
    const key = selectedKeys.get(table.name) ?? keys[0] ?? '';
    return panelsOf(table, key).map((panel) => ({ table, panel, keys, key }));
  });
}

/** The tables of which one key is selected: those with several keys that are not compared in one chart. */
export function tablesWithChoice(panels: readonly ShownPanel[]): ShownPanel[] {
  const firstOfTable = new Map<string, ShownPanel>();
  for (const shown of panels) {
    if (shown.keys.length < 2 || comparesKeys(shown.table) || firstOfTable.has(shown.table.name)) continue;
    firstOfTable.set(shown.table.name, shown);
  }
  return [...firstOfTable.values()];
}

/** What follows the title of a panel: its unit, unless the title has it, and the key. */
export function subtitleOf({ table, panel, key }: ShownPanel): string {
  const unit = panel.title.includes(panel.unit) || panel.unit === 'memory' ? '' : panel.unit;
  return [unit, comparesKeys(table) ? '' : key].filter((part) => part !== '').join(', ');
}

/** The charts of a table for a key. */
export function panelsOf(table: Table, key: string): Panel[] {
  if (comparesKeys(table)) {
    const present = PROCESS_COLUMNS.filter((column) => table.columns.includes(column));
    return (present.length > 0 ? present : table.columns.slice(0, 4)).slice(0, 4).map((column) => ({
      title: `${table.name}: ${column}`,
      unit: shownUnit(table, column),
      series: busiest(table, column).map((process) => ({ label: process, key: process, column, hidden: false })),
    }));
  }
  const groups = new Map<string, string[]>();
  const numbers = table.keys.get(key);
  for (const column of table.columns) {
    if (!numbers?.has(column)) continue;
    const unit = shownUnit(table, column);
    groups.set(unit, [...(groups.get(unit) ?? []), column]);
  }
  return [...groups].map(([unit, columns]) => ({
    title: table.name,
    unit,
    series: columns.map((column, i) => ({ label: column, key, column, hidden: HIDDEN.has(column) || i >= MAX_SERIES })),
  }));
}

function busiest(table: Table, column: string): string[] {
  const means = [...table.keys].map(
    ([key, series]) => [key, meanOf(series.get(column) ?? [], table.times.length)] as const,
  );
  return means
    .sort(([, a], [, b]) => b - a)
    .slice(0, MAX_SERIES)
    .map(([key]) => key);
}

function meanOf(values: readonly (number | undefined)[], count = values.length): number {
  let sum = 0;
  for (const value of values) sum += value ?? 0;
  return sum / Math.max(1, count);
}

/** The unit of a column; the output of some tools does not tell the unit of sizes. */
function shownUnit({ name, sizes }: Table, column: string): string {
  const unit = unitOf(name, column);
  return unit === 'memory' && sizes === 'unknown' ? 'unit of the command' : unit;
}
