import type { Sample } from '../shared/sample.ts';

/** Limits of a table: rows, of which the oldest are dropped, and keys, of which further ones are only counted. */
const MAX_ROWS = 100_000;
const MAX_KEYS = 300;

/** A table in columns, the form that charts need. */
export interface Table {
  readonly name: string;
  /** Seconds or, if the tool prints no times, numbers of reports (then `clock` is false). */
  times: number[];
  clock: boolean;
  readonly columns: string[];
  /** See `Sample`; undefined if sizes have units. */
  sizes?: Sample['sizes'];
  /** For each key and column, the values at `times`; undefined where there is none. */
  readonly keys: Map<string, Map<string, (number | undefined)[]>>;
  /** Number of samples with keys beyond the limit. */
  omitted: number;
}

export interface Store {
  readonly tables: ReadonlyMap<string, Table>;
  add(sample: Sample): void;
}

/** Collects samples into tables. */
export function createStore(): Store {
  const tables = new Map<string, Table>();
  /** Tables that contain only the report since boot, which is dropped when another one follows. */
  const sinceBoot = new Set<Table>();

  function tableFor(name: string): Table {
    const existing = tables.get(name);
    if (existing) return existing;
    const created: Table = { name, times: [], clock: true, columns: [], keys: new Map(), omitted: 0 };
    tables.set(name, created);
    return created;
  }

  return {
    tables,
    add({ table: name, key, time, tick, values, sizes }) {
      const table = tableFor(name);
      if (sizes) table.sizes = sizes;
      if (tick === 0) sinceBoot.add(table);
      else if (sinceBoot.delete(table)) {
        table.times = [];
        table.keys.clear();
      }
      const row = rowFor(table, time, tick);
      let series = table.keys.get(key);
      if (!series) {
        if (table.keys.size >= MAX_KEYS) {
          table.omitted++;
          return;
        }
        series = new Map();
        table.keys.set(key, series);
      }
      for (const [column, value] of values) {
        let list = series.get(column);
        if (!list) {
          list = [];
          series.set(column, list);
          if (!table.columns.includes(column)) table.columns.push(column);
        }
        list[row] = value;
      }
      if (table.times.length > MAX_ROWS) dropOldest(table);
    },
  };
}

/** The row for a time: the last one or a new one. Times of day continue after midnight. */
function rowFor(table: Table, time: number | undefined, tick: number): number {
  const last = table.times.at(-1);
  let moment = time ?? tick;
  if (last === undefined) table.clock = time !== undefined;
  else if (table.clock !== (time !== undefined)) moment = last + 1;
  else if (time !== undefined && time < 86_400 * 366)
    moment += Math.max(0, Math.round((last - moment) / 86_400)) * 86_400;
  if (last !== undefined && moment <= last) return table.times.length - 1;
  table.times.push(moment);
  return table.times.length - 1;
}

function dropOldest(table: Table): void {
  const dropped = Math.floor(MAX_ROWS / 4);
  table.times.splice(0, dropped);
  for (const series of table.keys.values()) for (const values of series.values()) values.splice(0, dropped);
}
