/** What reads a table of an SQLite database in a worker. */
import { openDatabase, rowsOf } from '../sqlite/database.ts';
import { tablesOf, valuesOf } from '../sqlite/schema.ts';
import { readAhead } from '../table/ahead.ts';
import { columnStore } from '../table/columnar.ts';
import { answerInWorker } from '../table/engine.ts';
import type { GridFacts } from '../table/look.ts';
import { memorySource } from '../table/memory.ts';

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
