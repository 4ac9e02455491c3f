import type { RowBytes } from '../../../shared/kit/table/delimited-text.ts';
import { type Dialect, rowScanner } from '../../../shared/kit/table/delimited-text.ts';
import { grow } from '../../../shared/kit/table/typed-arrays.ts';

/** The initial size of a batch, and the largest row, in bytes. */
const BATCH_BYTES = 4 * 1024 * 1024;
const MAX_ROW_BYTES = 64 * 1024 * 1024;

/** Consecutive rows of a delimited text. The bytes are valid until the callback's promise resolves. */
export interface RowBatch {
  readonly lines: RowBytes;
  /** Offset of `lines.bytes` in the file. */
  readonly offset: number;
}

/**
 * Splits a stream of bytes into batches of complete rows. Only one batch is in memory: the next one waits for `take`.
 * Throws if a row is longer than `MAX_ROW_BYTES`.
 * @param offset the offset of the stream in its file
 */
export async function eachBatch(
  chunks: AsyncIterable<Uint8Array>,
  dialect: Dialect,
  offset: number,
  take: (batch: RowBatch) => void | Promise<void>,
): Promise<void> {
  let bytes = new Uint8Array(BATCH_BYTES);
  let filled = 0;
  let starts = new Uint32Array(64 * 1024);
  let ends = new Uint32Array(64 * 1024);

  const cut = async (last: boolean): Promise<void> => {
    let count = 0;
    const add = (start: number, end: number): void => {
      if (count === starts.length) {
        starts = grow(starts);
        ends = grow(ends);
      }
      starts[count] = start;
      ends[count] = end;
      count++;
    };
    const rest = dialect.quote && bytes.subarray(0, filled).includes(34) ? quoted(add, last) : plain(add, last);
    const lines = { bytes, dialect, starts: starts.subarray(0, count), ends: ends.subarray(0, count) };
    await take({ lines, offset });
    // The rest is an incomplete row: it begins the next batch.
    bytes.copyWithin(0, rest, filled);
    filled -= rest;
    offset += rest;
  };

  // Both functions report complete rows to `add` and return the offset of the incomplete row.
  function quoted(add: (start: number, end: number) => void, last: boolean): number {
    const scan = rowScanner(dialect, add);
    scan.feed(bytes, 0, filled);
    if (last) scan.finish(filled);
    return Math.min(scan.rowStart, filled);
  }
  function plain(add: (start: number, end: number) => void, last: boolean): number {
    const { newline } = dialect;
    const all = bytes.subarray(0, filled);
    let start = 0;
    // `indexOf` is several times faster than a loop over bytes.
    for (let i = all.indexOf(newline); i >= 0; i = all.indexOf(newline, start)) {
      const end = newline === 10 && i > start && all[i - 1] === 13 ? i - 1 : i;
      if (end > start) add(start, end);
      start = i + 1;
    }
    if (last && filled > start) {
      add(start, filled);
      start = filled;
    }
    return start;
  }

  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      if (filled === bytes.length) {
        await cut(false);
        if (filled === bytes.length) {
          if (filled >= MAX_ROW_BYTES) throw new Error(`the row at byte ${offset} has no end`);
          bytes = grow(bytes);
        }
      }
      const part = chunk.subarray(at, at + bytes.length - filled);
      bytes.set(part, filled);
      filled += part.length;
      at += part.length;
    }
  }
  await cut(true);
}
