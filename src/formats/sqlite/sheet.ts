import { formatCell } from '../../shared/kit/table/cell-format.ts';
import type { TableData } from '../../shared/kit/table/page-data.ts';
import { MAX_COLUMNS, previewRows, type Sheet } from '../../shared/kit/table/table-html.ts';
import { about, atLeast, firstOf, plural } from '../../shared/kit/text/numbers.ts';
import { type Database, lastRow, rowsOf } from './shared/database.ts';
import { type Table, valuesOf } from './shared/schema.ts';

export { tablesOf } from './shared/schema.ts';

/** Reads the first rows of a table and estimates their number. Faults become notes; rows before them are shown. */
export async function sheetOf(
  database: Database,
  table: Table,
  facts: Omit<TableData, 'columns' | 'types' | 'rows'>,
): Promise<Sheet> {
  const columns = table.columns.slice(0, MAX_COLUMNS);
  const maxRows = previewRows(columns.length);
  const rows: (string | null)[][] = [];
  const notes: string[] = [];
  let isComplete = true;
  let count = '';
  if (table.problem !== undefined) notes.push(table.problem);
  else
    try {
      for await (const row of rowsOf(database, table.root)) {
        if (rows.length === maxRows) {
          isComplete = false;
          break;
        }
        const values = valuesOf(row, table);
        rows.push(columns.map(({ format }, i) => formatCell(values[i], format)));
      }
      // The last row id is the number of rows, unless rows were deleted.
      const last = isComplete || table.positions ? undefined : await lastRow(database, table.root);
      if (!isComplete && table.positions) count = atLeast(rows.length, 'row');
      if (last) count = about(Math.max(Number(last.id), rows.length), 'row');
    } catch (error) {
      notes.push(`The table is damaged: ${error instanceof Error ? error.message : String(error)}.`);
    }
  if (table.columns.length > columns.length) notes.push(firstOf(columns.length, table.columns.length, 'column'));
  return {
    name: table.name,
    columns,
    rows,
    count: count || plural(rows.length, 'row'),
    all: isComplete,
    notes,
    facts: {
      ...facts,
      columns: columns.length,
      types: columns.map(({ type }) => type),
      rows: isComplete ? rows.length : undefined,
    },
  };
}
