/** What reads an Arrow table in a worker, from its beginning to its end. */
import type { RecordBatch } from 'apache-arrow';
import { arrowSource, openArrow } from '../arrow/read.ts';
import { readAhead } from '../table/ahead.ts';
import { columnStore } from '../table/columnar.ts';
import { answerInWorker } from '../table/engine.ts';
import type { GridFacts } from '../table/look.ts';

/** Bytes that are kept of a table. */
const MOST = 1e9;

answerInWorker(async (facts: GridFacts, url, progress) => {
  const arrow = await openArrow(readAhead(url, facts.size), facts.size, MOST);
  const batches: RecordBatch[] = [];
  for await (const batch of arrow.batches()) batches.push(batch);
  return columnStore(arrowSource(arrow.columns.slice(0, facts.columns), batches), progress);
});
