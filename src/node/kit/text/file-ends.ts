import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

// A renderer has its process to itself and somebody waits for its page, so the reads do not wait in turn either.

/** The beginning of a file and, where that is not all of it, its end. */
export interface FileEnds {
  /** Size of the file when it was read. */
  readonly size: number;
  readonly head: Uint8Array;
  /** The last bytes; empty when `head` is the whole file. */
  readonly tail: Uint8Array;
}

/**
 * Reads a file's ends: all of it up to `whole` bytes, else its first `head` and its last `tail` bytes.
 * Costs the same for any size. The bytes may cut lines and characters.
 */
export function readEnds(path: string, limits: { whole: number; head: number; tail: number }): FileEnds {
  const file = openSync(path, 'r');
  try {
    // Read before asking for the size: files in /proc say 0, and a growing file says less than it has.
    const first = readAt(file, 0, limits.whole + 1);
    const size = Math.max(fstatSync(file).size, first.length);
    if (first.length <= limits.whole && size <= limits.whole) return { size, head: first, tail: new Uint8Array() };
    const from = Math.max(limits.head, size - limits.tail);
    // At a whole row of a dump, and so at a whole unit of UTF-16.
    const start = from - (from % 16);
    const tail = readAt(file, start, size - start);
    return { size, head: first.subarray(0, limits.head), tail };
  } finally {
    closeSync(file);
  }
}

/** The first `length` bytes of a file, or fewer when it has no more. */
export function readHead(path: string, length: number): Uint8Array {
  const file = openSync(path, 'r');
  try {
    return readAt(file, 0, length);
  } finally {
    closeSync(file);
  }
}

/** Up to `length` bytes of an open file from `position` on; fewer where it ends. */
export function readAt(file: number, position: number, length: number): Uint8Array {
  const buffer = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const count = readSync(file, buffer, filled, length - filled, position + filled);
    if (count === 0) break;
    filled += count;
  }
  return buffer.subarray(0, filled);
}
