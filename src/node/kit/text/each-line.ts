import { closeSync, openSync, readSync } from 'node:fs';

const CHUNK = 1024 * 1024;
/** Longer lines are passed on in parts. */
const MAX_LINE = 4 * CHUNK;
/** Reading stops after this time: renderers have a time limit, and a page of a part is better than no page. */
const TIME_LIMIT_MS = 35_000;

/** Receives a line as `bytes.subarray(from, to)`, without its line end. `view` is over the same buffer, for numbers. */
type OnLine = (bytes: Buffer, view: DataView, from: number, to: number) => void;

/**
 * Passes the lines of a file to `onLine`. The buffer is reused, so the callback must copy bytes that it keeps. Memory use
 * does not depend on the size of the file.
 * @returns the number of bytes read; less than the size of the file if the time limit was reached
 */
export function eachLine(path: string, onLine: OnLine): number {
  const deadline = Date.now() + TIME_LIMIT_MS;
  const file = openSync(path, 'r');
  const buffer = Buffer.alloc(MAX_LINE + CHUNK);
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
  let rest = 0;
  let read = 0;
  try {
    for (;;) {
      const count = readSync(file, buffer, rest, CHUNK, null);
      if (count === 0) break;
      read += count;
      const bytes = buffer.subarray(0, rest + count);
      let from = 0;
      for (let end = bytes.indexOf(10, rest); end >= 0; end = bytes.indexOf(10, from)) {
        onLine(bytes, view, from, end > from && bytes[end - 1] === 13 ? end - 1 : end);
        from = end + 1;
      }
      if (bytes.length - from >= MAX_LINE) {
        onLine(bytes, view, from, bytes.length);
        from = bytes.length;
      }
      buffer.copyWithin(0, from, bytes.length);
      rest = bytes.length - from;
      if (Date.now() > deadline) return read;
    }
    if (rest > 0) onLine(buffer.subarray(0, rest), view, 0, rest);
    return read;
  } finally {
    closeSync(file);
  }
}
