import type { Curves, Summary } from './statistics.ts';

type Awaitable<T> = T | Promise<T>;

/**
 * A table as its page uses it: rows in view, which can be sorted and filtered, and statistics of all rows. The view is
 * state of the table: `sort` and `filter` change it, and `rows` reads from it.
 *
 * Implementations: `createTextTable` (delimited text in memory), `openIndexedTable` (delimited text read by ranges),
 * `columnarTable` (formats that store columns). A method rejects if the file cannot be read; the call may be repeated.
 * `rows` may be called at any time. Calls of the other methods must not overlap (`serveTable` queues them).
 */
export interface TableView {
  /** Number of rows in the table, without the header. */
  rowCount(): number;
  /** The file has more rows than this table holds. */
  readonly hasMore?: boolean;
  /**
   * Sorts the view by a column; undefined restores the file order. Equal values keep their file order, and missing
   * values come last in either direction. Resolves to the number of rows in view.
   */
  sort(order: SortOrder | undefined): Awaitable<number>;
  /** Keeps the rows that contain `text`, ignoring case; '' keeps all. Resolves to the number of rows in view. */
  filter(text: string): Awaitable<number>;
  /** Up to `count` rows of the view, from index `from`; fewer at the end of the view. */
  rows(from: number, count: number): Awaitable<TableRow[]>;
  /** A summary of a column over all rows, in view or not. */
  summary(column: number): Awaitable<Summary>;
  /** Curves of the columns `ys` over column `x`, or over the row number, of all rows. */
  curves(x: number | undefined, ys: readonly number[]): Awaitable<Curves>;
}

/** A sort order. `numeric`: compare numbers, else bytes with ASCII capitals as small letters. */
export interface SortOrder {
  readonly column: number;
  readonly numeric: boolean;
  readonly descending: boolean;
}

export interface TableRow {
  /** Number of the row in the file, from 1, without the header. */
  readonly number: number;
  /** By column. Null is a missing value of a typed column; cells that a short row does not have are left out. */
  readonly cells: (string | null)[];
}

/**
 * A table that the page loads when it first needs it, in the page itself or in a worker. `load` is called once, before
 * any other method. If it rejects, the table cannot be used, and the page creates a new one for the next attempt.
 */
export interface LazyTable extends Omit<TableView, 'rowCount' | 'hasMore'> {
  load(onProgress: OnProgress): Promise<TableSize>;
}

/** `rows` and `hasMore` of a loaded table, as in `TableView`. */
export interface TableSize {
  readonly rows: number;
  readonly hasMore: boolean;
}

/** Receives the completed part of a long operation, from 0 to 1. */
export type OnProgress = (part: number) => void;
