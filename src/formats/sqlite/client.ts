/** What reads a table of an SQLite database in a worker. */

import { columnStore } from '../../shared/kit/table/columnar.ts';
import type { GridFacts } from '../../shared/kit/table/page-data.ts';
import { readAhead } from '../../web/kit/table/cached-ranges.ts';
import { answerInWorker } from '../../web/kit/table/engine.ts';
import { memorySource } from '../../web/kit/table/in-memory-columns.ts';
import { openDatabase, rowsOf } from './shared/database.ts';
import { tablesOf, valuesOf } from './shared/schema.ts';

answerInWorker(async (facts: GridFacts, url, progress) => {
  const database = await openDatabase(readAhead(url, facts.size), facts.size);
  const table = (await tablesOf(database)).tables[facts.part ?? 0];
  if (!table) throw new Error('the table is not there any more');
  const kept = memorySource(table.columns.slice(0, facts.columns));
  for await (const row of rowsOf(database, table.root)) {
    if (!kept.add(valuesOf(row, table))) break;
  }
  return columnStore(kept.source(), progress);
});
