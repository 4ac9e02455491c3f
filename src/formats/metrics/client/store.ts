import type { Sample } from '../shared/sample.ts';

/** Rows of a table and keys that are kept; older rows go, more keys are not taken. */
const MAX_ROWS = 100_000;
const MAX_KEYS = 300;

/** The values of one table, in columns, as charts take them. */
export interface Table {
  readonly name: string;
  /** Seconds, or numbers of reports where the tool does not say the time (`clock` is false then). */
  times: number[];
  clock: boolean;
  readonly columns: string[];
  /** For each key, for each column: values beside `times`; holes where there are none. */
  readonly keys: Map<string, Map<string, (number | undefined)[]>>;
  /** Keys for which there was no room. */
  left: number;
}

export interface Store {
  readonly tables: ReadonlyMap<string, Table>;
  add(sample: Sample): void;
}

/** Collects samples into tables. */
export function createStore(): Store {
  const tables = new Map<string, Table>();
  /** Tables that have nothing yet but what sums up the time since the host started, which no chart of moments shows. */
  const summed = new Set<Table>();

  function tableFor(name: string): Table {
    const known = tables.get(name);
    if (known) return known;
    const made: Table = { name, times: [], clock: true, columns: [], keys: new Map(), left: 0 };
    tables.set(name, made);
    return made;
  }

  return {
    tables,
    add({ table: name, key, time, tick, values }) {
      const table = tableFor(name);
      if (tick === 0) summed.add(table);
      else if (summed.delete(table)) {
        table.times = [];
        table.keys.clear();
      }
      const at = placeOf(table, time, tick);
      let series = table.keys.get(key);
      if (!series) {
        if (table.keys.size >= MAX_KEYS) {
          table.left++;
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
        list[at] = value;
      }
      if (table.times.length > MAX_ROWS) forget(table);
    },
  };
}

/** The row of a moment: the last one, or a new one behind it. Times of day go on after midnight. */
function placeOf(table: Table, time: number | undefined, tick: number): number {
  const last = table.times.at(-1);
  let at = time ?? tick;
  if (last === undefined) table.clock = time !== undefined;
  else if (table.clock !== (time !== undefined)) at = last + 1;
  else if (time !== undefined && time < 86_400 * 366) at += Math.max(0, Math.round((last - at) / 86_400)) * 86_400;
  if (last !== undefined && at <= last) return table.times.length - 1;
  table.times.push(at);
  return table.times.length - 1;
}

function forget(table: Table): void {
  const gone = Math.floor(MAX_ROWS / 4);
  table.times.splice(0, gone);
  for (const series of table.keys.values()) for (const list of series.values()) list.splice(0, gone);
}
