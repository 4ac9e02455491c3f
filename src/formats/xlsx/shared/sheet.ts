import { type CellFormat, type Column, formatCell } from '../../../shared/kit/table/cell-format.ts';
import { type ColumnType, hasHeader } from '../../../shared/kit/table/infer-schema.ts';
import type { TableData } from '../../../shared/kit/table/page-data.ts';
import { MAX_COLUMNS, previewRows, type Sheet } from '../../../shared/kit/table/table-html.ts';
import { atLeast, firstOf, plural } from '../../../shared/kit/text/numbers.ts';
import type { RawRow } from './cells.ts';
import type { Cell, Workbook } from './workbook.ts';

export { openWorkbook } from './workbook.ts';

/** Letters of a sheet, and of the shared texts, that a preview reads. */
const LETTERS = 2 * 1024 * 1024;

const MOMENT: CellFormat = { kind: 'moment', perSecond: 1000, zone: false, short: true };
const BARE: CellFormat = { kind: 'plain' };

/** Of a sheet: its first rows, as many as a page shows. What is broken is told, and what was read before it shown. */
export async function sheetOf(
  workbook: Workbook,
  sheet: number,
  facts: Omit<TableData, 'columns' | 'types' | 'rows'>,
): Promise<Sheet> {
  const raw: RawRow[] = [];
  const notes: string[] = [];
  let all = true;
  const most = previewRows(1) + 1;
  try {
    for await (const row of workbook.rows(sheet, LETTERS)) {
      raw.push(row);
      if (raw.length > most) break;
    }
    // One more than is shown says that there are more.
    all = raw.length <= most && (workbook.sheets[sheet]?.file?.size ?? 0) <= LETTERS;
    if (!all) raw.length = Math.min(raw.length, most);
  } catch (error) {
    notes.push(`The sheet is broken: ${error instanceof Error ? error.message : String(error)}.`);
  }
  const highest = raw.flat().reduce((top, { kind, text }) => (kind === 's' ? Math.max(top, Number(text) + 1) : top), 0);
  const texts = await workbook.texts({ count: highest, letters: LETTERS }).catch((error: unknown) => {
    notes.push(`The texts of cells are broken: ${error instanceof Error ? error.message : String(error)}.`);
    return [];
  });
  const { names, rows, columns, widest } = tableOf(workbook, raw, texts);
  if (widest > columns.length) notes.push(firstOf(columns.length, widest, 'column'));
  const shown = rows.map((row) => columns.map((column, i) => cellText(row[i] ?? null, column)));
  const count = all ? plural(rows.length, 'row') : atLeast(rows.length, 'row');
  return {
    name: workbook.sheets[sheet]?.name ?? '',
    columns,
    rows: shown.slice(0, previewRows(columns.length)),
    count,
    all: all && shown.length <= previewRows(columns.length),
    notes: raw.length === 0 && notes.length === 0 ? ['The sheet is empty.'] : notes,
    facts: {
      ...facts,
      columns: columns.length,
      types: columns.map(({ type }) => type),
      rows: all ? rows.length : undefined,
      header: names,
    },
  };
}

/** The values of a row as its columns keep them: dates by their milliseconds. */
export function valuesOf(workbook: Workbook, row: RawRow, texts: readonly string[], columns: number): Cell[] {
  const values: Cell[] = [];
  for (const cell of row) if (cell.column < columns) values[cell.column] = workbook.valueOf(cell, texts);
  return values;
}

/** What a column keeps of a cell: in a column of dates the moment, elsewhere what it says. */
export function kept(cell: Cell, { type }: Pick<Column, 'type'>): number | boolean | string {
  // What is empty in a spreadsheet looks so.
  if (cell === null) return '';
  if (typeof cell !== 'object') return cell;
  return type === 'date' ? cell.moment : (formatCell(cell.moment, MOMENT) ?? '');
}

/** How the values of a column are written, by its type. */
export const formatOf = (type: ColumnType | undefined): CellFormat => (type === 'date' ? MOMENT : BARE);

const cellText = (cell: Cell, column: Column): string | null => formatCell(kept(cell, column), column.format);

function tableOf(
  workbook: Workbook,
  raw: readonly RawRow[],
  texts: readonly string[],
): { names: boolean; rows: Cell[][]; columns: Column[]; widest: number } {
  const widest = raw.reduce((most, row) => Math.max(most, (row.at(-1)?.column ?? -1) + 1), 0);
  const width = Math.min(widest, MAX_COLUMNS);
  const all = raw.map((row) => valuesOf(workbook, row, texts, width));
  const words = all.map((row) =>
    Array.from({ length: width }, (_, i) => formatCell(kept(row[i] ?? null, { type: 'text' }), BARE) ?? ''),
  );
  const names = hasHeader(words, false);
  const rows = names ? all.slice(1) : all;
  const columns = Array.from({ length: width }, (_, i): Column => {
    const type = typeOf(rows.map((row) => row[i] ?? null));
    const name = (names && words[0]?.[i]) || lettersOf(i);
    return { name, type, label: type, format: formatOf(type) };
  });
  return { names, rows, columns, widest };
}

/** What most values of a column are. */
function typeOf(cells: readonly Cell[]): ColumnType {
  const values = cells.filter((cell) => cell !== null);
  const part = (is: (cell: Cell) => boolean): boolean =>
    values.length > 0 && values.filter(is).length > values.length / 2;
  if (part((cell) => typeof cell === 'object')) return 'date';
  if (part((cell) => typeof cell === 'boolean')) return 'boolean';
  if (!part((cell) => typeof cell === 'number')) return 'text';
  return values.every((cell) => typeof cell !== 'number' || Number.isInteger(cell)) ? 'integer' : 'number';
}

/** The name of a column in a spreadsheet: A, B, … Z, AA. */
function lettersOf(column: number): string {
  const last = String.fromCharCode(65 + (column % 26));
  return column < 26 ? last : lettersOf(Math.floor(column / 26) - 1) + last;
}
