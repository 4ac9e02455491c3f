import { chunksOf, fetchFile, fetchRange, streamFrom } from '../../../shared/kit/ranges/fetch-range.ts';
import type { TextTableData } from '../../../shared/kit/table/page-data.ts';
import type { OnProgress, TableView } from '../../../shared/kit/table/table-view.ts';
import { createTextTable, type TextTable } from '../../../shared/kit/table/text-table.ts';
import { bomLength, type Charset } from '../../../shared/kit/text/charset.ts';
import { asUtf8 } from './as-utf8.ts';
import { openIndexedTable } from './indexed-table.ts';
import { buildZonesInWorker } from './zone-worker.ts';

/** Opens a delimited text that the page contains. */
export async function parseTextTable(data: TextTableData, text: string): Promise<TableView> {
  const bytes = new TextEncoder().encode(text);
  const table = emptyTable(data, bytes.length);
  table.append(bytes);
  table.finish();
  return table;
}

/** Larger files are not held in memory: their rows are fetched when they are shown. */
const MAX_IN_MEMORY_BYTES = 64 * 1024 * 1024;

/** Opens a delimited text over HTTP: a small file in memory, a large one by ranges. */
export async function fetchTextTable(data: TextTableData, url: string, onProgress: OnProgress): Promise<TableView> {
  if (data.size > MAX_IN_MEMORY_BYTES) {
    const { charset } = data;
    const start = bomLength((await fetchRange(url, 0, 3)).bytes, charset);
    const range = async (from: number, to: number): Promise<Uint8Array> => (await fetchRange(url, from, to)).bytes;
    const stream = (): AsyncGenerator<Uint8Array> => streamFrom(url, start);
    if (charset === 'utf-8')
      return openIndexedTable({ ...data, start, range, stream, buildZones: buildZonesInWorker }, onProgress);
    const file = asUtf8(charset, { stream, range: (from, to) => range(from + start, to + start) });
    // The size in UTF-8 is not known before the file is read. Upper bounds: a byte of windows-1252 takes up to 3 bytes, two
    // bytes of UTF-16 take up to 3. Typical texts take a third of that, hence the factor of the onProgress.
    const size = data.size * (charset === 'windows-1252' ? 3 : 1.5);
    const part = (done: number): void => onProgress(Math.min(1, done * 3));
    return openIndexedTable({ ...data, ...file, size, start: 0, buildZones: buildZonesInWorker }, part);
  }
  const table = emptyTable(data, data.size);
  await fetchInto(table, url, data.charset, (bytes) => onProgress(bytes / data.size));
  return table;
}

function emptyTable(data: TextTableData, capacity: number): TextTable {
  const { dialect, skipRows, columns, types } = data;
  return createTextTable({ dialect, skipRows, columns, types, capacity });
}

async function fetchInto(
  table: TextTable,
  url: string,
  charset: Charset,
  onProgress: (bytes: number) => void,
): Promise<void> {
  const response = await fetchFile(url);
  const decoder = charset === 'utf-8' ? undefined : new TextDecoder(charset);
  const encoder = new TextEncoder();
  let done = 0;
  for await (const chunk of chunksOf(response)) {
    if (decoder) table.append(encoder.encode(decoder.decode(chunk, { stream: true })));
    // A byte order mark is not part of the first cell.
    else table.append(done === 0 ? chunk.subarray(bomLength(chunk)) : chunk);
    done += chunk.length;
    onProgress(done);
  }
  table.finish();
}
