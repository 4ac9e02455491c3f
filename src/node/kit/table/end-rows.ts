import { type Dialect, rowScanner, splitCells } from '../../../shared/kit/table/delimited-text.ts';
import { mostFrequent } from '../../../shared/kit/table/infer-schema.ts';

/** The first rows of a delimited text, parsed from its first bytes. */
export interface FirstRows {
  /** The first `limits.rows` rows, each with at most `limits.columns` cells. */
  readonly rows: string[][];
  /** Number of complete rows in the bytes. */
  readonly count: number;
  /** Bytes of these rows. */
  readonly bytes: number;
  /** The most frequent number of cells in a row. */
  readonly columns: number;
  /** The largest number of cells in a row. */
  readonly maxColumns: number;
  /** Rows with another number of cells than `columns`. */
  readonly raggedRows: number;
  /** Number of the first such row, from 1; 0 if there is none. */
  readonly firstRagged: number;
  /** The first row does not end within the bytes; `rows` holds its beginning. */
  readonly isCut: boolean;
  /** A quoted cell has no end: the quote is probably an ordinary character. */
  readonly hasStrayQuote: boolean;
  /** All quotes enclose whole cells, or are doubled. */
  readonly isWellFormed: boolean;
}

/** A quoted cell that is still open after this many bytes is taken for a stray quote. */
const MAX_OPEN_CELL_BYTES = 32 * 1024;

export function parseFirstRows(
  bytes: Uint8Array,
  whole: boolean,
  dialect: Dialect,
  limits: { rows: number; columns: number },
): FirstRows {
  const rows: string[][] = [];
  const counts: number[] = [];
  let count = 0;
  let end = 0;
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const scan = rowScanner(dialect, (from, to, cells) => {
    if (rows.length < limits.rows)
      rows.push(splitCells(decoder.decode(bytes.subarray(from, to)), dialect, limits.columns));
    counts.push(cells);
    count++;
  });
  scan.feed(bytes, 0, bytes.length);
  end = scan.rowStart;
  const isCut = !whole && count === 0;
  const hasStrayQuote = scan.isInQuotes && (whole || bytes.length - end > MAX_OPEN_CELL_BYTES);
  if (whole || isCut) {
    scan.finish(bytes.length);
    end = bytes.length;
  }
  const columns = mostFrequent(counts);
  const others = counts.flatMap((cells, i) => (cells === columns ? [] : [i + 1]));
  return {
    rows,
    count,
    bytes: end,
    columns,
    maxColumns: counts.reduce((most, cells) => Math.max(most, cells), 0),
    raggedRows: others.length,
    firstRagged: others[0] ?? 0,
    isCut,
    hasStrayQuote,
    isWellFormed: scan.isWellFormed,
  };
}

/** The last rows of a delimited text, parsed from its last bytes. */
export interface LastRows {
  /** The last `limits.rows` rows, each with at most `limits.columns` cells. */
  readonly rows: string[][];
  /** Number of complete rows in the bytes. */
  readonly count: number;
  /** Bytes of these rows. */
  readonly bytes: number;
}

/** The result if the row boundaries are not certain. */
export const NO_LAST_ROWS: LastRows = { rows: [], count: 0, bytes: 0 };

/**
 * Parses the last rows from the last bytes of a file, which may begin anywhere, also inside a quoted cell. Both cases
 * are tried; the result has no rows unless exactly one of them gives a well-formed table with `columns` cells a row.
 */
export function parseLastRows(
  bytes: Uint8Array,
  dialect: Dialect,
  limits: { rows: number; columns: number },
  columns: number,
): LastRows {
  const outside = rowsAfterFirst(bytes, dialect, false);
  // Bytes without a quote cannot begin inside a quoted cell: it would have no end.
  const inside = dialect.quote && bytes.includes(34) ? rowsAfterFirst(bytes, dialect, true) : undefined;
  let chosen = outside ?? inside;
  if (outside && inside) {
    const [fits, fitsInside] = [outside, inside].map((rows) => rows.every((row) => row.cells === columns));
    if (fits === fitsInside) return NO_LAST_ROWS;
    chosen = fits ? outside : inside;
  }
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const [first] = chosen ?? [];
  if (!chosen || !first) return NO_LAST_ROWS;
  const rows = chosen
    .slice(-limits.rows)
    .map((row) => splitCells(decoder.decode(bytes.subarray(row.from, row.to)), dialect, limits.columns));
  return { rows, count: chosen.length, bytes: bytes.length - first.from };
}

interface RowSpan {
  readonly from: number;
  readonly to: number;
  readonly cells: number;
}

/**
 * The rows after the first, which may be incomplete. Undefined if the bytes are not well-formed.
 * @param inQuotes whether the bytes begin inside a quoted cell
 */
function rowsAfterFirst(bytes: Uint8Array, dialect: Dialect, inQuotes: boolean): RowSpan[] | undefined {
  const rows: RowSpan[] = [];
  let first = true;
  const scan = rowScanner(
    dialect,
    (from, to, cells) => {
      if (!first) rows.push({ from, to, cells });
      first = false;
    },
    inQuotes,
  );
  scan.feed(bytes, 0, bytes.length);
  const closed = !scan.isInQuotes;
  scan.finish(bytes.length);
  return closed && scan.isWellFormed ? rows : undefined;
}
