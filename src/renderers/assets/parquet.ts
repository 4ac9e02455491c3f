/** What reads a parquet table in a worker, by the parts that are looked at. */
import { coalesced } from '../parquet/coalesced.ts';
import { openParquet, parquetSource } from '../parquet/read.ts';
import { columnStore } from '../table/columnar.ts';
import { answerInWorker } from '../table/engine.ts';
import type { GridFacts } from '../table/look.ts';
import { fetchRange, streamRange } from '../text/range.ts';

answerInWorker(async (facts: GridFacts, url, progress) => {
  const fetch = coalesced(async (from, to) => (await fetchRange(url, from, to)).bytes);
  const slice = async (from: number, to = facts.size): Promise<ArrayBuffer> => {
    const bytes = await fetch(from, to);
    if (bytes.length !== to - from) throw new Error(`the server gave ${bytes.length} bytes of ${to - from}`);
    if (bytes.length === bytes.buffer.byteLength) return bytes.buffer as ArrayBuffer;
    return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  };
  const parquet = await openParquet({
    byteLength: facts.size,
    slice,
    stream: (from, to) => streamRange(url, from, to),
  });
  return columnStore(await parquetSource(parquet, facts.columns), progress);
});
