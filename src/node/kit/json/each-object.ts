import { closeSync, openSync, readSync } from 'node:fs';
import { messageOf } from '../../../shared/errors.ts';

const CHUNK = 1024 * 1024;
/** Larger objects end the reading: the list is then unlikely to be what the caller expects. */
const MAX_OBJECT = 8 * CHUNK;
const TIME_LIMIT_MS = 35_000;

/** How the reading of a list ended. The objects before the problem have been passed to `onObject`. */
export interface ListEnd {
  /** What is wrong and where, one sentence; absent if the list was read to its end. */
  readonly problem?: string;
  /** The problem is only that the file ends before the list does. */
  readonly isTruncated?: boolean;
}

/**
 * Passes the objects of the list `key` in a JSON file, or of its first list, to `onObject` one by one. The file may be
 * larger than memory, or truncated.
 * @param maxObjectBytes the size of the largest object that is parsed
 */
export function eachObject(
  path: string,
  key: string,
  onObject: (value: unknown) => void,
  maxObjectBytes = MAX_OBJECT,
): ListEnd {
  const deadline = Date.now() + TIME_LIMIT_MS;
  const file = openSync(path, 'r');
  const buffer = Buffer.alloc(CHUNK);
  let pending = Buffer.alloc(0);
  let [offset, read] = [0, 0];
  let inList = false;
  try {
    for (;;) {
      const count = readSync(file, buffer, 0, CHUNK, null);
      if (count === 0) break;
      read += count;
      const bytes = Buffer.concat([pending, buffer.subarray(0, count)]);
      let at = 0;
      if (!inList) {
        at = bytes.indexOf('[', Math.max(0, bytes.indexOf(`"${key}"`))) + 1;
        inList = at > 0;
        if (!inList) return { problem: `There is no list of ${key} in its first MB.` };
      }
      for (;;) {
        const from = nextObject(bytes, at);
        if (from === 'end') return {};
        const end = from === undefined ? undefined : objectEnd(bytes, from);
        if (from === undefined || end === undefined) break;
        try {
          onObject(JSON.parse(bytes.toString('utf8', from, end)));
        } catch (error) {
          return {
            problem: `The object at byte ${offset + from} cannot be read (${messageOf(error)}); the rest is left out.`,
          };
        }
        at = end;
      }
      pending = bytes.subarray(at);
      offset += at;
      if (pending.length > maxObjectBytes)
        return { problem: `The object at byte ${offset} has no end; it is left out.` };
      if (Date.now() > deadline) return { problem: `Only the first ${read} bytes were read: the file is very large.` };
    }
    return { problem: 'The list has no end: the file seems to be cut.', isTruncated: true };
  } finally {
    closeSync(file);
  }
}

/** The offset of the next object of a list; `end` at the end of the list; undefined if more bytes are needed. */
function nextObject(bytes: Buffer, from: number): number | 'end' | undefined {
  for (let at = from; at < bytes.length; at++) {
    if (bytes[at] === 0x7b) return at;
    if (bytes[at] === 0x5d) return 'end';
  }
  return undefined;
}

/** The offset after the object that begins at `from`; undefined if its end is not in `bytes`. */
function objectEnd(bytes: Buffer, from: number): number | undefined {
  let depth = 0;
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === 0x22) {
      for (at++; at < bytes.length && bytes[at] !== 0x22; at++) if (bytes[at] === 0x5c) at++;
    } else if (byte === 0x7b) depth++;
    else if (byte === 0x7d && --depth === 0) return at + 1;
  }
  return undefined;
}
