import { closeSync, openSync, readSync } from 'node:fs';
import { messageOf } from '../../shared/errors.ts';

/** Thrown when reading an archive reaches one of its limits. */
export class LimitExceeded extends Error {
  override readonly name = 'LimitExceeded';
}

/** Returns why an archive was not read to its end, as a clause for a message. */
export function faultOf(error: unknown): string {
  // Decompressors throw many kinds of errors; all of them mean damaged data.
  return error instanceof LimitExceeded ? error.message : `it is damaged or incomplete (${messageOf(error)})`;
}

/** Sequential access to the bytes of an archive. */
export interface Source {
  /** The next `length` bytes, or fewer at the end. */
  read(length: number): Promise<Uint8Array>;
  /** Skips `length` bytes. Returns false if the archive has fewer. */
  skip(length: number): Promise<boolean>;
  close(): Promise<void>;
}

/** Returns a source that delivers `head`, bytes that were already read, before the rest of `source`. */
export function withHead(head: Uint8Array, source: Source): Source {
  let remaining = head;
  return {
    async read(length) {
      if (remaining.length === 0) return source.read(length);
      const part = remaining.subarray(0, length);
      remaining = remaining.subarray(part.length);
      if (part.length === length) return part;
      const more = await source.read(length - part.length);
      return Buffer.concat([part, more]);
    },
    async skip(length) {
      const part = Math.min(remaining.length, length);
      remaining = remaining.subarray(part);
      return source.skip(length - part);
    },
    close: () => source.close(),
  };
}

/** Limits for reading a compressed archive. */
export interface Limits {
  /** Milliseconds. */
  readonly time: number;
  /** Unpacked bytes. */
  readonly bytes: number;
}

/** A source for an uncompressed file; skipped bytes are not read. */
export function fileSource(path: string, size: number): Source {
  const file = openSync(path, 'r');
  let position = 0;
  return {
    async read(length) {
      const buffer = new Uint8Array(Math.min(length, Math.max(0, size - position)));
      const bytesRead = readSync(file, buffer, 0, buffer.length, position);
      position += bytesRead;
      return buffer.subarray(0, bytesRead);
    },
    async skip(length) {
      position += length;
      return position <= size;
    },
    close: async () => closeSync(file),
  };
}

/** A source for decompressed chunks. Throws `LimitExceeded` when the limits are reached. */
export function streamSource(chunks: AsyncIterator<Uint8Array>, limits: Limits): Source {
  const deadline = Date.now() + limits.time;
  let current: Uint8Array = new Uint8Array();
  let total = 0;
  async function advance(): Promise<boolean> {
    if (total > limits.bytes)
      throw new LimitExceeded(`more than ${limits.bytes / 1e6} MB of its contents were not read`);
    if (Date.now() > deadline)
      throw new LimitExceeded(`reading all of it takes more than ${limits.time / 1000} seconds`);
    const next = await chunks.next();
    if (next.done) return false;
    current = next.value;
    total += current.length;
    return true;
  }
  /** Returns up to `length` bytes of the current or next chunk; an empty array only at the end. */
  async function take(length: number): Promise<Uint8Array> {
    while (current.length === 0) if (!(await advance())) return current;
    const part = current.subarray(0, length);
    current = current.subarray(part.length);
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
      for (let remaining = length; remaining > 0; ) {
        const part = await take(remaining);
        if (part.length === 0) return false;
        remaining -= part.length;
      }
      return true;
    },
    close: async () => {
      await chunks.return?.();
    },
  };
}
