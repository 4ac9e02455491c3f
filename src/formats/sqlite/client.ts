/** Reads a table of an SQLite database in a worker. */

import { columnarTable } from '../../shared/kit/table/columnar.ts';
import type { TableData } from '../../shared/kit/table/page-data.ts';
import { cachedRanges } from '../../web/kit/table/cached-ranges.ts';
import { inMemoryColumns } from '../../web/kit/table/in-memory-columns.ts';
import { serveTable } from '../../web/kit/table/lazy-table.ts';
import { openDatabase, rowsOf } from './shared/database.ts';
import { tablesOf, valuesOf } from './shared/schema.ts';

serveTable(async (facts: TableData, url, progress) => {
  const database = await openDatabase(cachedRanges(url, facts.size), facts.size);
  const table = (await tablesOf(database)).tables[facts.part ?? 0];
  if (!table) throw new Error('the table no longer exists');
  const rows = inMemoryColumns(table.columns.slice(0, facts.columns));
  for await (const row of rowsOf(database, table.root)) if (!rows.add(valuesOf(row, table))) break;
  return columnarTable(rows.source(), progress);
});
