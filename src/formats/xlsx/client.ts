/** Reads a sheet of a workbook in a worker, for sorting and filtering. */

import { columnarTable } from '../../shared/kit/table/columnar.ts';
import type { TableData } from '../../shared/kit/table/page-data.ts';
import { cachedRanges } from '../../web/kit/table/cached-ranges.ts';
import { inMemoryColumns } from '../../web/kit/table/in-memory-columns.ts';
import { serveTable } from '../../web/kit/table/lazy-table.ts';
import { columnOf, toColumnValue, valuesOfRow } from './shared/sheet.ts';
import { openWorkbook } from './shared/workbook.ts';

/**
 * Characters of XML read of a sheet: more than Excel's largest sheets have, and a limit for archives made to be huge.
 */
const MAX_SHEET_CHARACTERS = 1024 * 1024 * 1024;
/** Characters of XML read of the shared strings. */
const MAX_STRING_CHARACTERS = 256 * 1024 * 1024;

serveTable(async (facts: TableData, url, progress) => {
  const workbook = await openWorkbook(cachedRanges(url, facts.size), facts.size);
  const strings = await workbook.sharedStrings({ maxStrings: Infinity, maxCharacters: MAX_STRING_CHARACTERS });
  const formats = facts.formats ?? [];
  const columns = facts.types.map((type, i) => columnOf('', type, workbook.numberFormat(formats[i] ?? '')));
  const rows = inMemoryColumns(columns);
  let isHeader = facts.header === true;
  for await (const row of workbook.rows(facts.part ?? 0, MAX_SHEET_CHARACTERS)) {
    if (!isHeader) {
      const values = valuesOfRow(workbook, row, strings, columns.length);
      if (!rows.add(columns.map((_, i) => toColumnValue(values[i] ?? null, formats[i] ?? '')))) break;
    }
    isHeader = false;
  }
  return columnarTable(rows.source(), progress);
});
