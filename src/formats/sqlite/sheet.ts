import { formatCell } from '../../shared/kit/table/cell-format.ts';
import type { TableData } from '../../shared/kit/table/page-data.ts';
import { MAX_COLUMNS, previewRows, type Sheet } from '../../shared/kit/table/table-html.ts';
import { about, atLeast, firstOf, plural } from '../../shared/kit/text/numbers.ts';
import { type Database, lastRow, rowsOf } from './shared/database.ts';
import { type Table, valuesOf } from './shared/schema.ts';

export { tablesOf } from './shared/schema.ts';

/** The first rows of a table, and about how many it has. What is broken is told, and what was read before it shown. */
export async function sheetOf(
  database: Database,
  table: Table,
  facts: Omit<TableData, 'columns' | 'types' | 'rows'>,
): Promise<Sheet> {
  const columns = table.columns.slice(0, MAX_COLUMNS);
  const most = previewRows(columns.length);
  const rows: (string | null)[][] = [];
  const notes: string[] = [];
  let all = true;
  let count = '';
  if (table.problem !== undefined) notes.push(table.problem);
  else
    try {
      for await (const row of rowsOf(database, table.root)) {
        if (rows.length === most) {
          all = false;
          break;
        }
        const values = valuesOf(row, table);
        rows.push(columns.map(({ format }, i) => formatCell(values[i], format)));
      }
      // Ids count the rows where none was deleted.
      const last = all || table.places ? undefined : await lastRow(database, table.root);
      if (!all && table.places) count = atLeast(rows.length, 'row');
      if (last) count = about(Math.max(Number(last.id), rows.length), 'row');
    } catch (error) {
      notes.push(`The table is broken: ${error instanceof Error ? error.message : String(error)}.`);
    }
  if (table.columns.length > columns.length) notes.push(firstOf(columns.length, table.columns.length, 'column'));
  return {
    name: table.name,
    columns,
    rows,
    count: count || plural(rows.length, 'row'),
    all,
    notes,
    facts: {
      ...facts,
      columns: columns.length,
      types: columns.map(({ type }) => type),
      rows: all ? rows.length : undefined,
    },
  };
}
