import { messageOf } from '../../shared/errors.ts';
import { formatCell } from '../../shared/kit/table/cell-format.ts';
import type { TableData } from '../../shared/kit/table/page-data.ts';
import { MAX_COLUMNS, previewRows, type Sheet } from '../../shared/kit/table/table-html.ts';
import { about, atLeast, firstOf, plural } from '../../shared/kit/text/numbers.ts';
import { type Database, lastRow, rowsOf } from './shared/database.ts';
import { type Table, valuesOf } from './shared/schema.ts';

/**
 * Reads the first rows of a table and estimates the number of all. A fault becomes a note; rows before it are shown.
 */
export async function previewTable(
  database: Database,
  table: Table,
  facts: Omit<TableData, 'columns' | 'types' | 'rows'>,
): Promise<Sheet> {
  const columns = table.columns.slice(0, MAX_COLUMNS);
  const maxRows = previewRows(columns.length);
  const rows: (string | null)[][] = [];
  const notes: string[] = [];
  let isComplete = true;
  let count: string | undefined;
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
      if (!isComplete) count = await estimateCount(database, table, rows.length);
    } catch (error) {
      notes.push(`The table is damaged: ${messageOf(error)}.`);
    }
  if (table.columns.length > columns.length) notes.push(firstOf(columns.length, table.columns.length, 'column'));
  return {
    name: table.name,
    columns,
    rows,
    count: count ?? plural(rows.length, 'row'),
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

/** The number of rows of a table as text: the last row id, which is exact unless rows were deleted. */
async function estimateCount(database: Database, table: Table, rowsRead: number): Promise<string | undefined> {
  // A table WITHOUT ROWID has no row ids.
  if (table.positions) return atLeast(rowsRead, 'row');
  const last = await lastRow(database, table.root);
  return last && about(Math.max(Number(last.id), rowsRead), 'row');
}
