import { closeSync, openSync, readSync } from 'node:fs';

const CHUNK = 1024 * 1024;
/** A line longer than this is given in parts. */
const MAX_LINE = 4 * CHUNK;
/** How long a file is read, milliseconds: renderers have a limit, and a page of a part is better than none. */
const TIME_LIMIT_MS = 35_000;

/** Takes a line: where it begins and ends in these bytes, without its end; and the same bytes to read numbers from. */
type OnLine = (bytes: Buffer, view: DataView, from: number, to: number) => void;

/**
 * Gives all lines of a file as parts of a buffer, which is used again: what is to stay has to be copied. A file of any size takes little memory. Gives the number of bytes that
 * were read, which is less than the size of the file where reading it takes too long.
 */
export function eachLine(path: string, onLine: OnLine): number {
  const until = Date.now() + TIME_LIMIT_MS;
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
      if (Date.now() > until) return read;
    }
    if (rest > 0) onLine(buffer.subarray(0, rest), view, 0, rest);
    return read;
  } finally {
    closeSync(file);
  }
}
