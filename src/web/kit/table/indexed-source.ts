import type { Dialect } from '../../../shared/kit/table/delimited-text.ts';
import { MAX_EXACT_DIGITS } from '../../../shared/kit/table/exact-order.ts';
import type { ColumnType } from '../../../shared/kit/table/infer-schema.ts';
import { cellSpans, parseNumber } from '../../../shared/kit/table/sort.ts';
import type { OnProgress } from '../../../shared/kit/table/table-view.ts';
import { grow } from '../../../shared/kit/table/typed-arrays.ts';
import { eachBatch, type RowBatch } from './row-batches.ts';
import type { ZoneMapBuilder } from './zone-worker.ts';

/** A delimited text in UTF-8 that is too large for memory. */
export interface IndexedTextSource {
  readonly dialect: Dialect;
  /** Rows before the first one of the table, such as a header. */
  readonly skipRows: number;
  readonly columns: number;
  readonly types: readonly ColumnType[];
  /** Size of the file in bytes. */
  readonly size: number;
  /** Offset of the first row: the length of the byte order mark. */
  readonly start: number;
  /** Reads bytes `from` to before `to`. */
  range(from: number, to: number): Promise<Uint8Array>;
  /** Streams all bytes from `start` on. */
  stream(): AsyncIterable<Uint8Array>;
  /** Creates the builder of the zone map; by default it is built in this worker. */
  buildZones?(columns: number, types: readonly ColumnType[], blockRows: number): ZoneMapBuilder;
}

/** Passes all rows of the table to `take`, in batches. */
export async function eachDataBatch(
  source: IndexedTextSource,
  onProgress: OnProgress,
  take: (batch: RowBatch) => void | Promise<void>,
): Promise<void> {
  let skip = source.skipRows;
  await eachBatch(source.stream(), source.dialect, source.start, async ({ lines, offset }) => {
    const from = Math.min(skip, lines.starts.length);
    skip -= from;
    await take({ offset, lines: { ...lines, starts: lines.starts.subarray(from), ends: lines.ends.subarray(from) } });
    onProgress((offset + (lines.ends.at(-1) ?? 0)) / source.size);
  });
}

type EachBatch = (take: (batch: RowBatch) => void) => Promise<void>;

/**
 * The sort keys of a numeric column. `isEmpty` is 1 for a row with an empty cell, `isLong` for one with more digits than
 * floating point holds.
 */
export async function readSortNumbers(
  batches: EachBatch,
  column: number,
  rows: number,
): Promise<{ numbers: Float64Array; isEmpty: Uint8Array; isLong: Uint8Array }> {
  const isEmpty = new Uint8Array(rows);
  const isLong = new Uint8Array(rows);
  const numbers = new Float64Array(rows);
  let row = 0;
  await batches(({ lines }) => {
    const { from, to } = cellSpans(lines, column);
    const comma = lines.dialect.delimiter !== 44;
    for (let i = 0; i < from.length && row < rows; i++, row++) {
      const [start = 0, end = 0] = [from[i], to[i]];
      if (start === end) isEmpty[row] = 1;
      if (end - start > MAX_EXACT_DIGITS) isLong[row] = 1;
      numbers[row] = start === end ? Number.NaN : parseNumber(lines.bytes, start, end, comma);
    }
  });
  return { numbers, isEmpty, isLong };
}

/** The texts of a column, concatenated, with the start and end offset of each. */
export async function readSortTexts(
  batches: EachBatch,
  column: number,
  rows: number,
): Promise<{ bytes: Uint8Array; from: Uint32Array; to: Uint32Array }> {
  const from = new Uint32Array(rows);
  const to = new Uint32Array(rows);
  let bytes = new Uint8Array(1 << 20);
  let length = 0;
  let row = 0;
  await batches(({ lines }) => {
    const cells = cellSpans(lines, column);
    for (let i = 0; i < cells.from.length && row < rows; i++, row++) {
      const [start = 0, end = 0] = [cells.from[i], cells.to[i]];
      if (length + end - start > bytes.length) bytes = grow(bytes, Math.max(bytes.length * 2, length + end - start));
      from[row] = length;
      for (let at = start; at < end; at++) bytes[length++] = lines.bytes[at] ?? 0;
      to[row] = length;
    }
  });
  return { bytes, from, to };
}
