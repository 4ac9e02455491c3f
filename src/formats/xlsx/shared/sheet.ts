import { messageOf } from '../../../shared/errors.ts';
import { type Column, formatCell, PLAIN_FORMAT } from '../../../shared/kit/table/cell-format.ts';
import { type ColumnType, hasHeader } from '../../../shared/kit/table/infer-schema.ts';
import type { TableData } from '../../../shared/kit/table/page-data.ts';
import { MAX_COLUMNS, previewRows, type Sheet } from '../../../shared/kit/table/table-html.ts';
import { atLeast, firstOf, plural } from '../../../shared/kit/text/numbers.ts';
import type { RawRow } from './cells.ts';
import { MISSING_LEAP_DAY, type NumberFormat } from './number-formats.ts';
import { CellNumber, type CellValue, type Workbook } from './workbook.ts';

/** Characters of XML that a preview reads of a sheet, and of the shared strings. */
const MAX_CHARACTERS = 2 * 1024 * 1024;

/**
 * Reads the first rows of a sheet, as many as a page shows, and infers its header and the types of its columns. Faults
 * in the file become notes; rows before a fault are shown.
 */
export async function previewSheet(
  workbook: Workbook,
  sheetIndex: number,
  facts: Omit<TableData, 'columns' | 'types' | 'rows'>,
): Promise<Sheet> {
  const notes: string[] = [];
  const { rawRows, isComplete } = await readFirstRows(workbook, sheetIndex, notes);
  const strings = await readUsedStrings(workbook, rawRows, notes);
  const { hasHeaderRow, rows, columns, formats, totalColumns } = inferTable(workbook, rawRows, strings);
  if (totalColumns > columns.length) notes.push(firstOf(columns.length, totalColumns, 'column'));
  if (rawRows.length === 0 && notes.length === 0) notes.push('The sheet is empty.');
  if (rows.some((row) => row.some(isMissingLeapDay)))
    notes.push(`Day ${MISSING_LEAP_DAY} is shown as 29 February 1900, as Excel does. There was no such day.`);
  const shownRows = rows
    .slice(0, previewRows(columns.length))
    .map((row) => columns.map(({ format }, i) => formatCell(toColumnValue(row[i] ?? null, formats[i] ?? ''), format)));
  return {
    name: workbook.sheets[sheetIndex]?.name ?? '',
    columns,
    rows: shownRows,
    count: isComplete ? plural(rows.length, 'row') : atLeast(rows.length, 'row'),
    all: isComplete && shownRows.length === rows.length,
    notes,
    facts: {
      ...facts,
      columns: columns.length,
      types: columns.map(({ type }) => type),
      rows: isComplete ? rows.length : undefined,
      header: hasHeaderRow,
      formats,
    },
  };
}

/** Reads the first rows, the header included. `isComplete`: the sheet has no others. A fault is added to `notes`. */
async function readFirstRows(
  workbook: Workbook,
  sheetIndex: number,
  notes: string[],
): Promise<{ rawRows: RawRow[]; isComplete: boolean }> {
  const maxRows = previewRows(1) + 1;
  const rawRows: RawRow[] = [];
  try {
    for await (const row of workbook.rows(sheetIndex, MAX_CHARACTERS)) {
      if (rawRows.length === maxRows) return { rawRows, isComplete: false };
      rawRows.push(row);
    }
  } catch (error) {
    notes.push(`The sheet is damaged: ${messageOf(error)}.`);
    return { rawRows, isComplete: true };
  }
  return { rawRows, isComplete: (workbook.sheets[sheetIndex]?.file?.size ?? 0) <= MAX_CHARACTERS };
}

/** Reads the shared strings up to the last one that `rows` refer to. A fault is added to `notes`. */
async function readUsedStrings(workbook: Workbook, rows: readonly RawRow[], notes: string[]): Promise<string[]> {
  let maxStrings = 0;
  for (const { kind, text } of rows.flat()) if (kind === 's') maxStrings = Math.max(maxStrings, Number(text) + 1);
  try {
    return await workbook.sharedStrings({ maxStrings, maxCharacters: MAX_CHARACTERS });
  } catch (error) {
    notes.push(`The shared strings are damaged: ${messageOf(error)}.`);
    return [];
  }
}

/** The values of the first `columns` cells of a row, by column; cells that the file omits are missing. */
export function valuesOfRow(workbook: Workbook, row: RawRow, strings: readonly string[], columns: number): CellValue[] {
  const values: CellValue[] = [];
  for (const cell of row) if (cell.column < columns) values[cell.column] = workbook.valueOf(cell, strings);
  return values;
}

/**
 * Converts a value for a column whose number format has the given code: a number in this format stays a number. An
 * empty cell becomes an empty text, because a spreadsheet does not distinguish the two.
 */
export function toColumnValue(value: CellValue, formatCode: string): unknown {
  if (value === null) return '';
  return value instanceof CellNumber && value.format.code === formatCode ? value.value : value;
}

function isMissingLeapDay(value: CellValue): boolean {
  return value instanceof CellNumber && value.format.kind === 'date' && Math.floor(value.value) === MISSING_LEAP_DAY;
}

/** A column whose numbers have the given format, unless their cells say otherwise. */
export function columnOf(name: string, type: ColumnType, format: NumberFormat): Column {
  const cells = format.code === '' ? PLAIN_FORMAT : ({ kind: 'custom', numbers: format } as const);
  return { name, type, label: type, format: cells };
}

interface InferredTable {
  /** Whether the first row contains the names of the columns. */
  readonly hasHeaderRow: boolean;
  /** The rows after the header. */
  readonly rows: readonly CellValue[][];
  readonly columns: readonly Column[];
  /** The codes of the columns' number formats. */
  readonly formats: readonly string[];
  /** Number of columns, including those beyond the limit of a page. */
  readonly totalColumns: number;
}

function inferTable(workbook: Workbook, rawRows: readonly RawRow[], strings: readonly string[]): InferredTable {
  const totalColumns = rawRows.reduce((most, row) => Math.max(most, (row.at(-1)?.column ?? -1) + 1), 0);
  const width = Math.min(totalColumns, MAX_COLUMNS);
  const allRows = rawRows.map((row) => valuesOfRow(workbook, row, strings, width));
  const texts = allRows.map((row) =>
    Array.from({ length: width }, (_, i) => formatCell(row[i] ?? '', PLAIN_FORMAT, true) ?? ''),
  );
  const hasHeaderRow = hasHeader(texts, false);
  const rows = hasHeaderRow ? allRows.slice(1) : allRows;
  const cellsOf = (column: number): CellValue[] => rows.map((row) => row[column] ?? null);
  const formats = Array.from({ length: width }, (_, i) => commonFormat(cellsOf(i)));
  const columns = formats.map((code, i) => {
    const name = (hasHeaderRow && formatCell(allRows[0]?.[i] ?? '', PLAIN_FORMAT)) || columnLetters(i);
    return columnOf(name, inferType(cellsOf(i)), workbook.numberFormat(code));
  });
  return { hasHeaderRow, rows, columns, formats, totalColumns };
}

/** The type of more than half of a column's values, else text. */
function inferType(cells: readonly CellValue[]): ColumnType {
  const values = cells.filter((value) => value !== null);
  const isMajority = (matches: (value: CellValue) => boolean): boolean =>
    values.filter(matches).length > values.length / 2;
  const isNumber = (value: CellValue): boolean => value instanceof CellNumber || typeof value === 'bigint';
  const isDate = (value: CellValue): boolean =>
    value instanceof CellNumber && /^(?:date|time)$/.test(value.format.kind);
  if (isMajority(isDate)) return 'date';
  if (isMajority((value) => typeof value === 'boolean')) return 'boolean';
  if (!isMajority(isNumber)) return 'text';
  const isInteger = (value: CellValue): boolean => !(value instanceof CellNumber) || Number.isInteger(value.value);
  return values.every(isInteger) ? 'integer' : 'number';
}

/** The code of the most frequent number format of some cells. */
function commonFormat(cells: readonly CellValue[]): string {
  const counts = new Map<string, number>();
  for (const cell of cells)
    if (cell instanceof CellNumber) counts.set(cell.format.code, (counts.get(cell.format.code) ?? 0) + 1);
  return [...counts].reduce((best, one) => (one[1] > best[1] ? one : best), ['', 0])[0];
}

/** The name that spreadsheets give a column, counted from 0: A, B, … Z, AA. */
function columnLetters(column: number): string {
  const lastLetter = String.fromCharCode(65 + (column % 26));
  return column < 26 ? lastLetter : columnLetters(Math.floor(column / 26) - 1) + lastLetter;
}
