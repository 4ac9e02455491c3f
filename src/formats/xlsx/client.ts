/** What reads a sheet of a workbook in a worker. */

import { columnarTable } from '../../shared/kit/table/columnar.ts';
import type { TableData } from '../../shared/kit/table/page-data.ts';
import { cachedRanges } from '../../web/kit/table/cached-ranges.ts';
import { inMemoryColumns } from '../../web/kit/table/in-memory-columns.ts';
import { serveTable } from '../../web/kit/table/lazy-table.ts';
import { formatOf, kept, openWorkbook, valuesOf } from './shared/sheet.ts';

/** Letters of a sheet and of its texts that are read: enough for what Excel can hold, and not for a bomb. */
const LETTERS = 1024 * 1024 * 1024;

serveTable(async (facts: TableData, url, progress) => {
  const workbook = await openWorkbook(cachedRanges(url, facts.size), facts.size);
  const texts = await workbook.texts({ count: Number.POSITIVE_INFINITY, letters: LETTERS / 4 });
  const columns = facts.types.map((type) => ({ name: '', label: type, type, format: formatOf(type) }));
  const rows = inMemoryColumns(columns);
  let skip = facts.header === true;
  for await (const row of workbook.rows(facts.part ?? 0, LETTERS)) {
    if (!skip) {
      const values = valuesOf(workbook, row, texts, columns.length);
      if (!rows.add(columns.map((column, i) => kept(values[i] ?? null, column)))) break;
    }
    skip = false;
  }
  return columnarTable(rows.source(), progress);
});
