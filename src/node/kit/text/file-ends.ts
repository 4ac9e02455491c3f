import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

// Reads are synchronous: a renderer runs in its own process and does nothing else meanwhile.

/** The first bytes of a file and, if these are not the whole file, the last. */
export interface FileEnds {
  /** Size of the file in bytes at the time of reading. */
  readonly size: number;
  readonly head: Uint8Array;
  /** The last bytes; empty when `head` is the whole file. */
  readonly tail: Uint8Array;
}

/**
 * Reads a file of up to `limits.whole` bytes completely, else its first `limits.head` and last `limits.tail` bytes. The
 * cost does not depend on the size of the file. Lines and characters may be cut at the boundaries.
 */
export function readEnds(path: string, limits: { whole: number; head: number; tail: number }): FileEnds {
  const file = openSync(path, 'r');
  try {
    // Read before fstat: files in /proc report size 0, and a growing file may be larger by now.
    const first = readAt(file, 0, limits.whole + 1);
    const size = Math.max(fstatSync(file).size, first.length);
    if (first.length <= limits.whole && size <= limits.whole) return { size, head: first, tail: new Uint8Array() };
    const from = Math.max(limits.head, size - limits.tail);
    // Begin at a multiple of 16: a whole row of a hex dump and a whole UTF-16 code unit.
    const start = from - (from % 16);
    const tail = readAt(file, start, size - start);
    return { size, head: first.subarray(0, limits.head), tail };
  } finally {
    closeSync(file);
  }
}

/** The first `length` bytes of a file; fewer if the file is shorter. */
export function readHead(path: string, length: number): Uint8Array {
  const file = openSync(path, 'r');
  try {
    return readAt(file, 0, length);
  } finally {
    closeSync(file);
  }
}

/** Up to `length` bytes of an open file from offset `position`; fewer at the end of the file. */
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
