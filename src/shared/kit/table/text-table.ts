import { DATE_FORMAT, PLAIN_FORMAT } from './cell-format.ts';
import { type Dialect, type RowBytes, type RowScanner, rowScanner, splitCells } from './delimited-text.ts';
import type { ColumnEnds } from './exact-order.ts';
import type { ColumnType } from './infer-schema.ts';
import type { NonNumbers } from './non-numbers.ts';
import { matchingRows } from './search.ts';
import { cellSpans, orderByNumber, orderByText, orderMatches, parseColumn, parseNumber } from './sort.ts';
import { type Curves, computeCurves, type Summary, summarizeNumbers, textCounter } from './statistics.ts';
import type { SortOrder, TableRow, TableView } from './table-view.ts';
import { grow } from './typed-arrays.ts';

/**
 * A delimited text in memory: its bytes and the offsets of its rows. There is no object for a row or a cell, so that
 * large files fit. The methods are synchronous.
 */
export interface TextTable extends TableView {
  /** Adds the next bytes of the file, in UTF-8. */
  append(bytes: Uint8Array): void;
  /** Ends the file. */
  finish(): void;
  sort(by: SortOrder | undefined): number;
  filter(text: string): number;
  rows(from: number, count: number): TableRow[];
  summary(column: number): Summary;
  curves(x: number | undefined, ys: readonly number[]): Curves;
}

export interface TextTableOptions {
  readonly dialect: Dialect;
  /** Rows before the first one of the table, such as a header. */
  readonly skipRows: number;
  readonly columns: number;
  /** The columns' types; text if absent. */
  readonly types?: readonly ColumnType[];
  /** Expected size in bytes. */
  readonly capacity: number;
}

/** Bytes of a row that are decoded: a row may have millions of cells, of which a few hundred are shown. */
const MAX_ROW_BYTES = 256 * 1024;

/** Creates an empty table. */
export function createTextTable({ dialect, skipRows, columns, types = [], capacity }: TextTableOptions): TextTable {
  let bytes = new Uint8Array(Math.max(capacity, 1024));
  let length = 0;
  let starts = new Uint32Array(1024);
  let ends = new Uint32Array(1024);
  let count = 0;
  let skip = skipRows;
  let order: Uint32Array | undefined;
  let matches: Uint32Array | undefined;
  let view: Uint32Array | undefined;
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

  const scan: RowScanner = rowScanner(dialect, (start, end) => {
    if (skip > 0) {
      skip--;
      return;
    }
    if (count === starts.length) {
      starts = grow(starts);
      ends = grow(ends);
    }
    starts[count] = start;
    ends[count] = end;
    count++;
  });
  const lines = (): RowBytes => ({ bytes, dialect, starts: starts.subarray(0, count), ends: ends.subarray(0, count) });
  const inView = (): number => view?.length ?? count;

  /** Computes the view from the filter and the sort order. */
  const look = (): number => {
    view = orderMatches(matches, order, count);
    return inView();
  };

  const numbers = (column: number): ReturnType<typeof numericColumn> =>
    numericColumn(lines(), column, types[column] === 'date');

  return {
    append(more) {
      if (length + more.length > bytes.length) {
        bytes = grow(bytes, Math.ceil(Math.max(bytes.length * 1.25, length + more.length)));
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
    rows(from, limit) {
      const rows: TableRow[] = [];
      for (let i = from; i < Math.min(from + limit, inView()); i++) {
        const row = view ? (view[i] ?? 0) : i;
        const [start = 0, end = 0] = [starts[row], ends[row]];
        const text = decoder.decode(bytes.subarray(start, Math.min(end, start + MAX_ROW_BYTES)));
        rows.push({ number: row + 1, cells: splitCells(text, dialect, columns) });
      }
      return rows;
    },
    summary(column) {
      const type = types[column] ?? 'text';
      if (type === 'date' || type === 'integer' || type === 'number') {
        const read = numbers(column);
        return summarizeNumbers(
          read.numbers,
          read.nonNumbers,
          type === 'date' ? DATE_FORMAT : PLAIN_FORMAT,
          type !== 'date',
          read.ends,
        );
      }
      const words = textCounter();
      const { from, to } = cellSpans(lines(), column);
      for (let row = 0; row < count; row++) {
        const word = decoder.decode(bytes.subarray(from[row], to[row]));
        words.add(word.replaceAll('""', '"'));
      }
      return words.summary();
    },
    curves: (x, ys) =>
      computeCurves(
        count,
        x === undefined ? undefined : numbers(x),
        ys.map(numbers),
        x !== undefined && types[x] === 'date' ? DATE_FORMAT : PLAIN_FORMAT,
      ),
  };
}

/**
 * The numbers of a column, or its dates in milliseconds.
 * @returns NaN for all other cells; `nonNumbers`: those of these that have text; `ends`: the ends of the range
 */
export function numericColumn(
  lines: RowBytes,
  column: number,
  dates: boolean,
): { numbers: Float64Array; nonNumbers: NonNumbers; ends: ColumnEnds } {
  const { bytes, dialect } = lines;
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const comma = dialect.delimiter !== 44;
  const text = (from: number, to: number): string => decoder.decode(bytes.subarray(from, to));
  const read = dates
    ? (from: number, to: number) => parseTime(text(from, to))
    : (from: number, to: number) => parseNumber(bytes, from, to, comma);
  return parseColumn(lines, column, read);
}

/** Parses an ISO-like date to milliseconds since 1970; UTC unless it names a zone. */
function parseTime(text: string): number {
  const plain = text
    .trim()
    .replaceAll('/', '-')
    .replace(' ', 'T')
    .replace(',', '.')
    .replace(' ', '')
    .replace('UTC', 'Z');
  return Date.parse(/T.*(?:Z|[+-]\d\d:?\d\d)$/.test(plain) || !plain.includes('T') ? plain : `${plain}Z`);
}
