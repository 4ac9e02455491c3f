import { type Dialect, rowScanner, splitCells } from './delimited-text.ts';

/** Infers the dialect, the header and the column types of a delimited text from some of its rows. */

export type ColumnType = 'integer' | 'number' | 'date' | 'boolean' | 'text';

const DELIMITERS = [',', '\t', ';', '|'].map((one) => one.charCodeAt(0));
/** The delimiter that a file type suggests; the content may outvote it. */
const DELIMITER_OF_TYPE: Record<string, number> = { tsv: 9, tab: 9, psv: 124 };
/**
 * Infers the delimiter and the line end of a delimited text.
 * @param whole whether `head` is the whole file
 * @param type the file type, such as `tsv`
 */
export function guessDialect(head: Uint8Array, whole: boolean, type: string): Dialect {
  const newline = !head.includes(10) && head.includes(13) ? 13 : 10;
  const sample = head.subarray(0, 16 * 1024);
  let best: { score: number; delimiter: number } | undefined;
  for (const delimiter of DELIMITERS) {
    const rows = sampleRows(sample, { delimiter, quote: true, newline }, sample.length === head.length && whole);
    const columns = mostFrequent(rows.map((row) => row.length));
    if (columns < 2) continue;
    const regular = rows.filter((row) => row.length === columns).length / rows.length;
    const cells = rows.flat();
    const typed = cells.filter((cell) => typeOf(cell, delimiter !== 44) !== 'text').length / cells.length;
    const score =
      regular + 0.3 * typed + 0.001 * Math.min(columns, 100) + (DELIMITER_OF_TYPE[type] === delimiter ? 1 : 0);
    if (!best || score > best.score) best = { score, delimiter };
  }
  return { delimiter: best?.delimiter ?? DELIMITER_OF_TYPE[type] ?? 44, newline, quote: true };
}

function sampleRows(head: Uint8Array, dialect: Dialect, whole: boolean): string[][] {
  const rows: string[][] = [];
  const decoder = new TextDecoder();
  const scan = rowScanner(dialect, (start, end) => {
    if (rows.length < 30) rows.push(splitCells(decoder.decode(head.subarray(start, end)), dialect, 200));
  });
  scan.feed(head, 0, head.length);
  if (whole || rows.length === 0) scan.finish(head.length);
  return rows;
}

/** The most frequent number; 0 for an empty list. */
export function mostFrequent(numbers: readonly number[]): number {
  const times = new Map<number, number>();
  for (const one of numbers) times.set(one, (times.get(one) ?? 0) + 1);
  return [...times].reduce((best, one) => (one[1] > best[1] ? one : best), [0, 0])[0];
}

const MISSING = /^\s*(?:NA|N\/A|NaN|null|none|nil|-|\.|\?|)\s*$/i;
/** Whether a cell stands for a missing value. Such cells are ignored when a column's type is inferred. */
export const isMissing = (cell: string): boolean => MISSING.test(cell);

/** The type of a cell that is not missing. `comma`: numbers may have a decimal comma. */
export function typeOf(cell: string, comma: boolean): ColumnType {
  const text = cell.trim();
  // Codes with leading zeros, such as 00123, are text.
  if (/^[+-]?(?:0|[1-9]\d*|[1-9]\d{0,2}(?:,\d{3})+)$/.test(text))
    return comma && text.includes(',') ? 'number' : 'integer';
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text)) return /^[+-]?0\d/.test(text) ? 'text' : 'number';
  if (/^[+-]?[1-9]\d{0,2}(?:,\d{3})+\.\d*$/.test(text) || /^[+-]?inf(?:inity)?$/i.test(text)) return 'number';
  if (comma && /^[+-]?(?:\d+|[1-9]\d{0,2}(?:\.\d{3})+),\d+$/.test(text)) return 'number';
  if (
    /^\d{4}[-/](?:0[1-9]|1[0-2])[-/](?:0[1-9]|[12]\d|3[01])(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?: ?(?:Z|[+-]\d\d:?\d\d|UTC))?)?$/.test(
      text,
    )
  )
    return 'date';
  return /^(?:true|false|yes|no)$/i.test(text) ? 'boolean' : 'text';
}

/** The types of the first `columns` columns, inferred from some rows. */
export function columnTypes(rows: readonly (readonly string[])[], columns: number, comma: boolean): ColumnType[] {
  return Array.from({ length: columns }, (_, column) => {
    let type: ColumnType | undefined;
    for (const row of rows) {
      const cell = row[column];
      if (cell === undefined || isMissing(cell)) continue;
      const one = typeOf(cell, comma);
      if (type === undefined || type === one) type = one;
      else if (isNumeric(type) && isNumeric(one)) type = 'number';
      else return 'text';
    }
    return type ?? 'text';
  });
}

export const isNumeric = (type: ColumnType | undefined): boolean => type === 'integer' || type === 'number';

/**
 * Whether the first row is a header. Each column whose other cells share a type votes: for a header if the first cell is
 * of another type, else against. Without votes, a row of distinct texts is a header.
 */
export function hasHeader(rows: readonly (readonly string[])[], comma: boolean): boolean {
  const [first = [], ...others] = rows;
  if (others.length === 0) return false;
  const types = columnTypes(others, first.length, comma);
  let votes = 0;
  first.forEach((cell, column) => {
    const type = types[column];
    if (type === undefined || type === 'text') return;
    if (isMissing(cell)) return;
    const own = typeOf(cell, comma);
    votes += own === type || (isNumeric(own) && isNumeric(type)) ? -1 : 1;
  });
  if (votes !== 0) return votes > 0;
  return areNames(first);
}

/** Whether a row can be a header by itself: distinct texts, of which one may be empty. */
export function areNames(row: readonly string[]): boolean {
  const names = row.filter((cell) => cell.trim() !== '');
  return (
    new Set(names).size === names.length &&
    names.length >= row.length - 1 &&
    names.every((name) => typeOf(name, true) === 'text' && name.length <= 80)
  );
}

/**
 * Returns `csv` or `tsv` if the first bytes of a file are clearly a table: at least three lines with the same number of
 * short cells.
 */
export function sniffTable(head: Uint8Array): string | undefined {
  const bytes = head[0] === 0xef ? head.subarray(3) : head;
  if (bytes.some((byte) => byte < 32 && byte !== 9 && byte !== 10 && byte !== 13)) return undefined;
  if (/^\s*[{[<#%]|^(?:---|\/\/|\/\*)/.test(new TextDecoder().decode(bytes.subarray(0, 64)))) return undefined;
  for (const [delimiter, type] of [
    [9, 'tsv'],
    [44, 'csv'],
    [59, 'csv'],
  ] as const) {
    const dialect: Dialect = { delimiter, quote: true, newline: 10 };
    const rows: string[][] = [];
    const scan = rowScanner(dialect, (start, end) =>
      rows.push(splitCells(new TextDecoder().decode(bytes.subarray(start, end)), dialect, 1000)),
    );
    scan.feed(bytes, 0, bytes.length);
    if (head.length < 4096) scan.finish(bytes.length);
    const columns = rows[0]?.length ?? 0;
    if (
      rows.length < 3 ||
      columns < 2 ||
      scan.isInQuotes ||
      !scan.isWellFormed ||
      rows.some((row) => row.length !== columns)
    )
      continue;
    const cells = rows.flat();
    // In prose and code, cells are long, begin with a space, or are empty at the end of every line.
    if (cells.some((cell) => cell.length > 120) || cells.filter((cell) => /^\s/.test(cell)).length > cells.length / 10)
      continue;
    if (rows.every((row) => row[columns - 1] === '') || rows.every((row) => row[0] === '')) continue;
    return type;
  }
  return undefined;
}
