/** Reads JSON Lines as a table in a worker. */

import { streamFrom } from '../../shared/kit/ranges/fetch-range.ts';
import type { Column } from '../../shared/kit/table/cell-format.ts';
import { columnarTable } from '../../shared/kit/table/columnar.ts';
import { parseLineObject, valuesOf } from '../../shared/kit/table/json-lines.ts';
import type { TableData } from '../../shared/kit/table/page-data.ts';
import { inMemoryColumns } from '../../web/kit/table/in-memory-columns.ts';
import { serveTable } from '../../web/kit/table/lazy-table.ts';
import { eachBatch } from '../../web/kit/table/row-batches.ts';

serveTable(async (facts: TableData, url, progress) => {
  const columns = (facts.names ?? []).map(
    (name, i): Column => ({ name, type: facts.types[i] ?? 'text', label: '', format: { kind: 'json' } }),
  );
  const rows = inMemoryColumns(columns);
  const decoder = new TextDecoder();
  let hasCapacity = true;
  // Each line is a row, so nothing separates or quotes cells.
  await eachBatch(streamFrom(url, 0), { delimiter: 0, quote: false, newline: 10 }, 0, ({ lines, offset }) => {
    const { bytes, starts, ends } = lines;
    for (let i = 0; i < starts.length && hasCapacity; i++)
      hasCapacity = rows.add(valuesOf(parseLineObject(decoder.decode(bytes.subarray(starts[i], ends[i]))), columns));
    progress((offset + (ends.at(-1) ?? 0)) / facts.size);
  });
  return columnarTable(rows.source(), progress);
});
