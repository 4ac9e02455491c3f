/** How bytes are cut into rows and rows into cells. The preview and the view of the whole table share it. */

export interface Dialect {
  /** The byte between cells. */
  readonly delimiter: number;
  /** Cells may stand in double quotes. */
  readonly quote: boolean;
  /** The byte at the end of a row: a line feed, or a carriage return alone. */
  readonly newline: 10 | 13;
}

const QUOTE = 34;

// Where the scanner is in a cell.
const START = 0;
const BARE = 1;
const QUOTED = 2;
/** After a quote in a quoted cell: it ended the cell, or is the first of two. */
const QUOTE_SEEN = 3;

export interface RowScanner {
  /** Goes on over `bytes[from]` to `bytes[to - 1]`; positions are those in `bytes` and go on from call to call. */
  feed(bytes: Uint8Array, from: number, to: number): void;
  /** Tells of a last row that has no end of line. */
  finish(to: number): void;
  /** The scanner is inside of a quoted cell. */
  readonly isInQuotes: boolean;
  /** All quotes so far stood at the beginning or the end of a cell, or were doubled. */
  readonly isWellFormed: boolean;
  /** Where the row begins that has no end yet. */
  readonly rowStart: number;
}

/**
 * Finds the rows of a table. `onRow` is told where each begins and ends (without its end of line) and how many cells it
 * has; lines with nothing in them are no rows. `inside`: the bytes begin within a quoted cell.
 */
export function rowScanner(
  { delimiter, quote, newline }: Dialect,
  onRow: (start: number, end: number, cells: number) => void,
  inside = false,
): RowScanner {
  let state = inside ? QUOTED : START;
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
      // A local variable: the loop is what reading a gigabyte waits for.
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
          // A carriage return before the end of a row is no text after a quote.
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

/** The cells of a row, at most `limit` of them. */
export function splitCells(row: string, { delimiter, quote }: Dialect, limit: number): string[] {
  const separator = String.fromCharCode(delimiter);
  const cells: string[] = [];
  let at = 0;
  while (cells.length < limit) {
    let cell = '';
    if (quote && row[at] === '"') {
      let close = row.indexOf('"', at + 1);
      while (close >= 0 && row[close + 1] === '"') close = row.indexOf('"', close + 2);
      if (close < 0) close = row.length;
      cell = row.slice(at + 1, close).replaceAll('""', '"');
      at = close + 1;
    }
    let end = row.indexOf(separator, at);
    if (end < 0) end = row.length;
    // What stands after a closing quote belongs to the cell too.
    cells.push(at < end ? cell + row.slice(at, end) : cell);
    if (end >= row.length) break;
    at = end + 1;
  }
  return cells;
}
