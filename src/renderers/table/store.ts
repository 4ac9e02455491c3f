import { cellsOf, type Dialect, type Scanner, scanner } from './rows.ts';
import { matchingRows } from './search.ts';
import { orderByNumber, orderByText } from './sort.ts';

/** A whole table in memory: its bytes as they came, and where its rows are. Made for gigabytes: no object for a row or a cell. */
export interface Store {
  /** Takes the next bytes of the file, in UTF-8. */
  append(bytes: Uint8Array): void;
  /** Says that there are no more bytes. */
  finish(): void;
  /** Rows without the header. */
  rowCount(): number;
  /** Sorts by a column, or goes back to the order of the file; gives the number of rows in view. */
  sort(by: SortBy | undefined): number;
  /** Keeps the rows that contain a text in view, letters' case ignored; gives their number. */
  filter(text: string): number;
  /** Rows in view, from the `from`th: their numbers in the file, from 1, and their cells. */
  rows(from: number, count: number): Row[];
}

export interface SortBy {
  readonly column: number;
  readonly numeric: boolean;
  readonly descending: boolean;
}

export interface Row {
  readonly number: number;
  readonly cells: string[];
}

/** What a store is told of its table. `capacity`: the bytes to expect. */
export interface StoreOptions {
  readonly dialect: Dialect;
  readonly header: boolean;
  readonly columns: number;
  readonly capacity: number;
}

/** The bytes of a table and the positions of its rows, as sorting and searching need them. */
export interface Lines {
  readonly bytes: Uint8Array;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  readonly dialect: Dialect;
}

/** Bytes of a row that are shown: a row may have millions of cells, of which some hundred are. */
const MAX_ROW = 256 * 1024;

/** An empty table. */
export function createStore({ dialect, header, columns, capacity }: StoreOptions): Store {
  let bytes = new Uint8Array(Math.max(capacity, 1024));
  let length = 0;
  let starts = new Uint32Array(1024);
  let ends = new Uint32Array(1024);
  let count = 0;
  let skip = header ? 1 : 0;
  let order: Uint32Array | undefined;
  let matches: Uint32Array | undefined;
  let view: Uint32Array | undefined;
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

  const scan: Scanner = scanner(dialect, (start, end) => {
    if (skip > 0) {
      skip--;
      return;
    }
    if (count === starts.length) {
      starts = grown(starts, new Uint32Array(count * 2));
      ends = grown(ends, new Uint32Array(count * 2));
    }
    starts[count] = start;
    ends[count] = end;
    count++;
  });
  const lines = (): Lines => ({ bytes, dialect, starts: starts.subarray(0, count), ends: ends.subarray(0, count) });
  const inView = (): number => view?.length ?? count;

  /** Rows in view: those that match, in the order asked for. */
  const look = (): number => {
    if (order && matches) {
      const kept = new Uint8Array(count);
      for (const row of matches) kept[row] = 1;
      view = order.filter((row) => kept[row] === 1);
    } else view = order ?? matches;
    return inView();
  };

  return {
    append(more) {
      if (length + more.length > bytes.length) {
        bytes = grown(bytes, new Uint8Array(Math.max(bytes.length * 1.25, length + more.length)));
      }
      bytes.set(more, length);
      scan.feed(bytes, length, length + more.length);
      length += more.length;
    },
    finish() {
      scan.finish(length);
    },
    rowCount: () => count,
    sort(by) {
      order = by && (by.numeric ? orderByNumber : orderByText)(lines(), by.column, by.descending);
      return look();
    },
    filter(text) {
      matches = text === '' ? undefined : matchingRows(lines(), text);
      return look();
    },
    rows(from, wanted) {
      const rows: Row[] = [];
      for (let i = from; i < Math.min(from + wanted, inView()); i++) {
        const row = view ? (view[i] ?? 0) : i;
        const [start = 0, end = 0] = [starts[row], ends[row]];
        const text = decoder.decode(bytes.subarray(start, Math.min(end, start + MAX_ROW)));
        rows.push({ number: row + 1, cells: cellsOf(text, dialect, columns) });
      }
      return rows;
    },
  };
}

function grown<T extends Uint32Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
