/** Reads a Parquet file in a worker. Requests only the ranges that are shown, sorted or filtered. */

import { fetchRange, streamRange } from '../../shared/kit/ranges/fetch-range.ts';
import { columnarTable } from '../../shared/kit/table/columnar.ts';
import type { TableData } from '../../shared/kit/table/page-data.ts';
import { serveTable } from '../../web/kit/table/lazy-table.ts';
import { coalesced } from './client/coalesced.ts';
import { openParquet, parquetSource } from './shared/read.ts';

serveTable(async (facts: TableData, url, progress) => {
  const fetch = coalesced(async (from, to) => (await fetchRange(url, from, to)).bytes);
  const slice = async (from: number, to = facts.size): Promise<ArrayBuffer> => {
    const bytes = await fetch(from, to);
    if (bytes.length !== to - from) throw new Error(`the server sent ${bytes.length} of ${to - from} bytes`);
    if (bytes.length === bytes.buffer.byteLength) return bytes.buffer as ArrayBuffer;
    return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  };
  const parquet = await openParquet({
    byteLength: facts.size,
    slice,
    stream: (from, to) => streamRange(url, from, to),
  });
  return columnarTable(await parquetSource(parquet, facts.columns), progress);
});
