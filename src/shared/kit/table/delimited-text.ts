/** Splits delimited text (CSV, TSV) into rows and cells. Shared by the preview and the view of the whole table. */

export interface Dialect {
  /** The byte that separates cells. */
  readonly delimiter: number;
  /** Whether cells may be enclosed in double quotes. */
  readonly quote: boolean;
  /** The byte at the end of a row: a line feed, or a carriage return alone. */
  readonly newline: 10 | 13;
}

/** Bytes of a delimited text, and the start and end offset of each row in them. */
export interface RowBytes {
  readonly bytes: Uint8Array;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  readonly dialect: Dialect;
}

const QUOTE = 34;

// States of the scanner within a cell.
const START = 0;
const BARE = 1;
const QUOTED = 2;
/** After a quote in a quoted cell: the end of the cell, or the first of two quotes. */
const QUOTE_SEEN = 3;

export interface RowScanner {
  /** Scans `bytes[from]` to before `bytes[to]`. Each call continues where the previous one ended, in the same `bytes`. */
  feed(bytes: Uint8Array, from: number, to: number): void;
  /** Reports a last row without a line end. */
  finish(to: number): void;
  /** Whether the scanner is inside a quoted cell. */
  readonly isInQuotes: boolean;
  /** Whether all quotes so far were at the beginning or the end of a cell, or doubled. */
  readonly isWellFormed: boolean;
  /** Offset of the row that has no end yet. */
  readonly rowStart: number;
}

/**
 * Finds the rows of a delimited text. Empty lines are skipped.
 * @param onRow receives the start and the end of a row (without its line end) and its number of cells
 * @param inQuotes whether the bytes begin inside a quoted cell
 */
export function rowScanner(
  { delimiter, quote, newline }: Dialect,
  onRow: (start: number, end: number, cells: number) => void,
  inQuotes = false,
): RowScanner {
  let state = inQuotes ? QUOTED : START;
  let rowStart = 0;
  let cells = 1;
  let strict = true;
  let lastByte = 0;

  const endRow = (at: number, before: number): void => {
    const end = newline === 10 && before === 13 && at > rowStart ? at - 1 : at;
    if (end > rowStart) onRow(rowStart, end, cells);
    rowStart = at + 1;
    cells = 1;
  };

  return {
    feed(bytes, from, to) {
      // A local copy of `state`: this loop dominates the time to read a large file.
      let now = state;
      for (let i = from; i < to; i++) {
        const byte = bytes[i];
        if (now === QUOTED) {
          if (byte === QUOTE) now = QUOTE_SEEN;
        } else if (byte === delimiter) {
          cells++;
          now = START;
        } else if (byte === newline) {
          endRow(i, bytes[i - 1] ?? 0);
          now = START;
        } else if (now === BARE) {
          if (byte === QUOTE && quote) strict = false;
        } else if (byte === QUOTE && quote) {
          now = QUOTED;
        } else {
          // A carriage return between the closing quote and the line feed is allowed.
          if (now === QUOTE_SEEN && byte !== 13) strict = false;
          now = BARE;
        }
      }
      state = now;
      if (to > from) lastByte = bytes[to - 1] ?? 0;
    },
    finish(to) {
      if (to > rowStart) endRow(to, lastByte);
    },
    get isInQuotes() {
      return state === QUOTED;
    },
    get isWellFormed() {
      return strict;
    },
    get rowStart() {
      return rowStart;
    },
  };
}

/** The first `limit` cells of a row. */
export function splitCells(row: string, { delimiter, quote }: Dialect, limit: number): string[] {
  const separator = String.fromCharCode(delimiter);
  const cells: string[] = [];
  let at = 0;
  while (cells.length < limit) {
    let cell = '';
    const start = at;
    if (quote && row[at] === '"') {
      let close = row.indexOf('"', at + 1);
      while (close >= 0 && row[close + 1] === '"') close = row.indexOf('"', close + 2);
      if (close < 0) close = row.length;
      cell = row.slice(at + 1, close).replaceAll('""', '"');
      at = close + 1;
    }
    let end = row.indexOf(separator, at);
    if (end < 0) end = row.length;
    // Quotes that do not enclose the whole cell are part of its text.
    cells.push(at < end ? row.slice(start, end) : cell);
    if (end >= row.length) break;
    at = end + 1;
  }
  return cells;
}
