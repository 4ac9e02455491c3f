import { closeSync, openSync, readSync } from 'node:fs';
import { messageOf } from '../../shared/errors.ts';

/** Why the rest of an archive was not read. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

/** Why an archive was not read to its end, in words. */
export function faultOf(error: unknown): string {
  // What decompressors throw is said to be damage, whatever they call it.
  return error instanceof Stopped ? error.message : `it is damaged or cut short (${messageOf(error)})`;
}

/** The bytes of an archive, one after the other. */
export interface Source {
  /** The next bytes, `length` of them, or fewer where it ends. */
  read(length: number): Promise<Uint8Array>;
  /** Goes over bytes without looking at them. Gives whether they were there. */
  skip(length: number): Promise<boolean>;
  close(): Promise<void>;
}

/** A source of which the first bytes have been read already. */
export function withHead(head: Uint8Array, source: Source): Source {
  let left = head;
  return {
    async read(length) {
      if (left.length === 0) return source.read(length);
      const part = left.subarray(0, length);
      left = left.subarray(part.length);
      if (part.length === length) return part;
      const rest = await source.read(length - part.length);
      return Buffer.concat([part, rest]);
    },
    async skip(length) {
      const part = Math.min(left.length, length);
      left = left.subarray(part);
      return source.skip(length - part);
    },
    close: () => source.close(),
  };
}

/** How much is read of an archive before its listing is what it is. */
export interface Limits {
  /** Milliseconds. */
  readonly time: number;
  /** Unpacked bytes. */
  readonly bytes: number;
}

/** A file as it is: what is skipped is not read. */
export function fileSource(path: string, size: number): Source {
  const file = openSync(path, 'r');
  let at = 0;
  return {
    async read(length) {
      const buffer = new Uint8Array(Math.min(length, Math.max(0, size - at)));
      const got = readSync(file, buffer, 0, buffer.length, at);
      at += got;
      return buffer.subarray(0, got);
    },
    async skip(length) {
      at += length;
      return at <= size;
    },
    close: async () => closeSync(file),
  };
}

/** What comes piece by piece. It throws `Stopped` when the limits are reached. */
export function streamSource(pieces: AsyncIterator<Uint8Array>, limits: Limits): Source {
  const until = Date.now() + limits.time;
  let held: Uint8Array = new Uint8Array();
  let total = 0;
  async function more(): Promise<boolean> {
    if (total > limits.bytes) throw new Stopped(`more than ${limits.bytes / 1e6} MB of its contents were not read`);
    if (Date.now() > until) throw new Stopped(`reading all of it takes more than ${limits.time / 1000} seconds`);
    const next = await pieces.next();
    if (next.done) return false;
    held = next.value;
    total += held.length;
    return true;
  }
  /** Takes what is at hand, at most `length`; nothing at the end. */
  async function take(length: number): Promise<Uint8Array> {
    while (held.length === 0) if (!(await more())) return held;
    const part = held.subarray(0, length);
    held = held.subarray(part.length);
    return part;
  }
  return {
    async read(length) {
      const first = await take(length);
      if (first.length === length || first.length === 0) return first;
      const out = new Uint8Array(length);
      out.set(first);
      let filled = first.length;
      while (filled < length) {
        const part = await take(length - filled);
        if (part.length === 0) break;
        out.set(part, filled);
        filled += part.length;
      }
      return out.subarray(0, filled);
    },
    async skip(length) {
      for (let left = length; left > 0; ) {
        const part = await take(left);
        if (part.length === 0) return false;
        left -= part.length;
      }
      return true;
    },
    close: async () => {
      await pieces.return?.();
    },
  };
}
