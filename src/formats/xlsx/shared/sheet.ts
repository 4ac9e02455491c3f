import { messageOf } from '../../../shared/errors.ts';
import {
  type CellFormat,
  type Column,
  DATE_FORMAT,
  formatCell,
  PLAIN_FORMAT,
} from '../../../shared/kit/table/cell-format.ts';
import { type ColumnType, hasHeader } from '../../../shared/kit/table/infer-schema.ts';
import type { TableData } from '../../../shared/kit/table/page-data.ts';
import { MAX_COLUMNS, previewRows, type Sheet } from '../../../shared/kit/table/table-html.ts';
import { atLeast, firstOf, plural } from '../../../shared/kit/text/numbers.ts';
import type { RawRow } from './cells.ts';
import type { CellValue, Workbook } from './workbook.ts';

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
  const { hasHeaderRow, rows, columns, totalColumns } = inferTable(workbook, rawRows, strings);
  if (totalColumns > columns.length) notes.push(firstOf(columns.length, totalColumns, 'column'));
  if (rawRows.length === 0 && notes.length === 0) notes.push('The sheet is empty.');
  const shownRows = rows
    .slice(0, previewRows(columns.length))
    .map((row) => columns.map(({ type, format }, i) => formatCell(toColumnValue(row[i] ?? null, type), format)));
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
 * Converts a value for a column of the given type: a date to milliseconds in a column of dates, elsewhere to text. An
 * empty cell becomes an empty text, because a spreadsheet does not distinguish the two.
 */
export function toColumnValue(value: CellValue, type: ColumnType): number | boolean | string {
  if (value === null) return '';
  if (typeof value !== 'object') return value;
  return type === 'date' ? value.milliseconds : (formatCell(value.milliseconds, DATE_FORMAT) ?? '');
}

/** The format of the values in a column of the given type. */
export function formatOf(type: ColumnType): CellFormat {
  return type === 'date' ? DATE_FORMAT : PLAIN_FORMAT;
}

interface InferredTable {
  /** Whether the first row contains the names of the columns. */
  readonly hasHeaderRow: boolean;
  /** The rows after the header. */
  readonly rows: readonly CellValue[][];
  readonly columns: readonly Column[];
  /** Number of columns, including those beyond the limit of a page. */
  readonly totalColumns: number;
}

function inferTable(workbook: Workbook, rawRows: readonly RawRow[], strings: readonly string[]): InferredTable {
  const totalColumns = rawRows.reduce((most, row) => Math.max(most, (row.at(-1)?.column ?? -1) + 1), 0);
  const width = Math.min(totalColumns, MAX_COLUMNS);
  const allRows = rawRows.map((row) => valuesOfRow(workbook, row, strings, width));
  const texts = allRows.map((row) =>
    Array.from({ length: width }, (_, i) => formatCell(toColumnValue(row[i] ?? null, 'text'), PLAIN_FORMAT) ?? ''),
  );
  const hasHeaderRow = hasHeader(texts, false);
  const rows = hasHeaderRow ? allRows.slice(1) : allRows;
  const columns = Array.from({ length: width }, (_, i): Column => {
    const type = inferType(rows.map((row) => row[i] ?? null));
    const name = (hasHeaderRow && texts[0]?.[i]) || columnLetters(i);
    return { name, type, label: type, format: formatOf(type) };
  });
  return { hasHeaderRow, rows, columns, totalColumns };
}

/** The type of more than half of a column's values, else text. */
function inferType(cells: readonly CellValue[]): ColumnType {
  const values = cells.filter((value) => value !== null);
  const isMajority = (matches: (value: CellValue) => boolean): boolean =>
    values.filter(matches).length > values.length / 2;
  if (isMajority((value) => typeof value === 'object')) return 'date';
  if (isMajority((value) => typeof value === 'boolean')) return 'boolean';
  if (!isMajority((value) => typeof value === 'number')) return 'text';
  return values.every((value) => typeof value !== 'number' || Number.isInteger(value)) ? 'integer' : 'number';
}

/** The name that spreadsheets give a column, counted from 0: A, B, … Z, AA. */
function columnLetters(column: number): string {
  const lastLetter = String.fromCharCode(65 + (column % 26));
  return column < 26 ? lastLetter : columnLetters(Math.floor(column / 26) - 1) + lastLetter;
}
