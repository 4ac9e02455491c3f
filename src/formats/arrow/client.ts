/** Reads an Arrow table in a worker, for sorting and filtering. */
import type { RecordBatch } from 'apache-arrow';
import { columnarTable } from '../../shared/kit/table/columnar.ts';
import type { TableData } from '../../shared/kit/table/page-data.ts';
import { cachedRanges } from '../../web/kit/table/cached-ranges.ts';
import { serveTable } from '../../web/kit/table/lazy-table.ts';
import { arrowSource, openArrow } from './shared/read.ts';

/** Largest number of bytes that are loaded; a larger table is not sorted or filtered. */
const MAX_BYTES = 1e9;

serveTable(async (facts: TableData, url, progress) => {
  const arrow = await openArrow(cachedRanges(url, facts.size), facts.size, MAX_BYTES);
  const batches: RecordBatch[] = [];
  for await (const batch of arrow.batches()) batches.push(batch);
  return columnarTable(arrowSource(arrow.columns.slice(0, facts.columns), batches), progress);
});
