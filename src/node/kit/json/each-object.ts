import { closeSync, openSync, readSync } from 'node:fs';
import { messageOf } from '../../../shared/errors.ts';

const CHUNK = 1024 * 1024;
/** An object larger than this is no event. */
const MAX_OBJECT = 8 * CHUNK;
const TIME_LIMIT_MS = 35_000;

/** What is wrong with a list and where, one sentence; what stood before it has been given. `cut`: only that its end is missing. */
export interface ListEnd {
  readonly problem?: string;
  readonly isTruncated?: boolean;
}

/**
 * Gives the objects of the list `key` in a JSON file, or of its first list, one after another, so that the file may be
 * larger than memory, or cut anywhere.
 * @param most bytes of one object
 */
export function eachObject(path: string, key: string, onObject: (value: unknown) => void, most = MAX_OBJECT): ListEnd {
  const until = Date.now() + TIME_LIMIT_MS;
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
            problem: `The object at byte ${offset + from} cannot be read (${messageOf(error)}); what follows is left out.`,
          };
        }
        at = end;
      }
      pending = bytes.subarray(at);
      offset += at;
      if (pending.length > most) return { problem: `What begins at byte ${offset} has no end; it is left out.` };
      if (Date.now() > until) return { problem: `Only the first ${read} bytes were read: the file is very large.` };
    }
    return { problem: 'The list has no end: the file seems to be cut.', isTruncated: true };
  } finally {
    closeSync(file);
  }
}

/** Where the next object of a list begins; `end` where the list ends before; undefined where neither is there yet. */
function nextObject(bytes: Buffer, from: number): number | 'end' | undefined {
  for (let at = from; at < bytes.length; at++) {
    if (bytes[at] === 0x7b) return at;
    if (bytes[at] === 0x5d) return 'end';
  }
  return undefined;
}

/** Behind the object that begins at `from`, or undefined where it does not end. */
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
