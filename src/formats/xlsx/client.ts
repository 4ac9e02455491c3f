/** What reads a sheet of a workbook in a worker. */

import { columnStore } from '../../shared/kit/table/columnar.ts';
import type { GridFacts } from '../../shared/kit/table/page-data.ts';
import { readAhead } from '../../web/kit/table/cached-ranges.ts';
import { answerInWorker } from '../../web/kit/table/engine.ts';
import { memorySource } from '../../web/kit/table/in-memory-columns.ts';
import { formatOf, kept, openWorkbook, valuesOf } from './shared/sheet.ts';

/** Letters of a sheet and of its texts that are read: enough for what Excel can hold, and not for a bomb. */
const LETTERS = 1024 * 1024 * 1024;

answerInWorker(async (facts: GridFacts, url, progress) => {
  const workbook = await openWorkbook(readAhead(url, facts.size), facts.size);
  const texts = await workbook.texts({ count: Number.POSITIVE_INFINITY, letters: LETTERS / 4 });
  const columns = facts.types.map((type) => ({ name: '', label: type, type, format: formatOf(type) }));
  const rows = memorySource(columns);
  let skip = facts.header === true;
  for await (const row of workbook.rows(facts.part ?? 0, LETTERS)) {
    if (!skip) {
      const values = valuesOf(workbook, row, texts, columns.length);
      if (!rows.add(columns.map((column, i) => kept(values[i] ?? null, column)))) break;
    }
    skip = false;
  }
  return columnStore(rows.source(), progress);
});
