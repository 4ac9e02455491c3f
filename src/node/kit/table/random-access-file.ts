import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** An open file that is read by byte ranges. */
export interface RandomAccessFile {
  readonly byteLength: number;
  /** The bytes from `start` up to, not including, `end`. */
  slice(start: number, end?: number): ArrayBuffer;
  close(): void;
}

/** Opens a local file. `slice` throws if the file has not all of the bytes. */
export function openRandomAccess(path: string): RandomAccessFile {
  const file = openSync(path, 'r');
  const byteLength = fstatSync(file).size;
  return {
    byteLength,
    slice(start, end = byteLength) {
      if (!(start >= 0 && start <= end && end <= byteLength)) throw new Error(`there are no bytes ${start} to ${end}`);
      const bytes = new Uint8Array(end - start);
      for (let filled = 0; filled < bytes.length; ) {
        const count = readSync(file, bytes, filled, bytes.length - filled, start + filled);
        if (count === 0) throw new Error(`the file ends before byte ${end}`);
        filled += count;
      }
      return bytes.buffer;
    },
    close: () => closeSync(file),
  };
}
