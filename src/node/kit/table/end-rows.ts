import { type Dialect, rowScanner, splitCells } from '../../../shared/kit/table/delimited-text.ts';
import { mostFrequent } from '../../../shared/kit/table/infer-schema.ts';

/** The first rows of a table, from its first bytes. */
export interface FirstRows {
  /** The first rows, cut to some columns. */
  readonly rows: string[][];
  /** How many whole rows the bytes hold, and how many bytes those take. */
  readonly count: number;
  readonly bytes: number;
  /** The usual number of columns, and the largest. */
  readonly columns: number;
  readonly maxColumns: number;
  /** Rows that have another number of cells than usual, and the number of the first of them, from 1. */
  readonly raggedRows: number;
  readonly firstRagged: number;
  /** Not even the first row ends within the bytes: it is shown cut. */
  readonly isCut: boolean;
  /** A quoted cell does not end, or not where a cell should: the quote is rather a sign like others. */
  readonly hasStrayQuote: boolean;
}

/** A cell longer than this, without an end, is not meant so. */
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
  const cut = !whole && count === 0;
  const stray = scan.isInQuotes && (whole || bytes.length - end > MAX_OPEN_CELL_BYTES);
  if (whole || cut) {
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
    isCut: cut,
    hasStrayQuote: stray,
  };
}

/** The last rows of a table. */
export interface LastRows {
  /** The last ones of them, cut to some columns. */
  readonly rows: string[][];
  /** How many whole rows the bytes hold, and how many bytes those take. */
  readonly count: number;
  readonly bytes: number;
}

/** Where no last rows are known. */
export const NO_LAST_ROWS: LastRows = { rows: [], count: 0, bytes: 0 };

/**
 * The last rows of a table, from its last bytes, which begin anywhere. Whether they begin within a quoted cell cannot
 * be seen; so both are tried, and where not exactly one makes a well-formed table, none is given.
 */
export function parseLastRows(
  bytes: Uint8Array,
  dialect: Dialect,
  limits: { rows: number; columns: number },
  columns: number,
): LastRows {
  const outside = rowsAfterFirst(bytes, dialect, false);
  // Without any quote a quoted cell would have no end.
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

/** The rows after the first, which may be cut; undefined where the bytes are not well-formed so. */
function rowsAfterFirst(bytes: Uint8Array, dialect: Dialect, inside: boolean): RowSpan[] | undefined {
  const rows: RowSpan[] = [];
  let first = true;
  const scan = rowScanner(
    dialect,
    (from, to, cells) => {
      if (!first) rows.push({ from, to, cells });
      first = false;
    },
    inside,
  );
  scan.feed(bytes, 0, bytes.length);
  const closed = !scan.isInQuotes;
  scan.finish(bytes.length);
  return closed && scan.isWellFormed ? rows : undefined;
}
