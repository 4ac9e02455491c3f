import { type FileHandle, open } from 'node:fs/promises';

/** The beginning of a file and, where that is not all of it, its end. */
export interface Ends {
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
export async function readEnds(path: string, limits: { whole: number; head: number; tail: number }): Promise<Ends> {
  const file = await open(path, 'r');
  try {
    // Read before asking for the size: files in /proc say 0, and a growing file says less than it has.
    const first = await readAt(file, 0, limits.whole + 1);
    const size = Math.max((await file.stat()).size, first.length);
    if (first.length <= limits.whole && size <= limits.whole) return { size, head: first, tail: new Uint8Array() };
    const from = Math.max(limits.head, size - limits.tail);
    // At a whole row of a dump, and so at a whole unit of UTF-16.
    const start = from - (from % 16);
    const tail = await readAt(file, start, size - start);
    return { size, head: first.subarray(0, limits.head), tail };
  } finally {
    await file.close();
  }
}

/** The first `length` bytes of a file, or fewer when it has no more. */
export async function readHead(path: string, length: number): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    return await readAt(file, 0, length);
  } finally {
    await file.close();
  }
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const buffer = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}
