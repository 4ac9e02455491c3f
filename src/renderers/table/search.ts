import type { Lines } from './store.ts';

/** Bytes with ASCII capitals made small. */
export const FOLD = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 65 && byte <= 90 ? byte + 32 : byte));

/** The rows that contain a text, in the order of the file; the case of ASCII letters is ignored. */
export function matchingRows({ bytes, starts, ends }: Lines, text: string): Uint32Array {
  const needle = new TextEncoder().encode(text).map((byte) => FOLD[byte] ?? byte);
  const last = needle.length - 1;
  // Horspool: how far to go on, by the byte under the end of the needle.
  const steps = new Uint32Array(256).fill(needle.length);
  needle.forEach((byte, i) => {
    if (i < last) steps[byte] = last - i;
  });
  let found = new Uint32Array(1024);
  let count = 0;
  for (let row = 0; row < starts.length; row++) {
    const end = ends[row] ?? 0;
    let at = (starts[row] ?? 0) + last;
    while (at < end) {
      const byte = FOLD[bytes[at] ?? 0] ?? 0;
      if (byte === needle[last]) {
        let i = 1;
        while (i <= last && FOLD[bytes[at - i] ?? 0] === needle[last - i]) i++;
        if (i > last) break;
      }
      at += steps[byte] ?? 1;
    }
    if (at >= end) continue;
    if (count === found.length) {
      const more = new Uint32Array(count * 2);
      more.set(found);
      found = more;
    }
    found[count++] = row;
  }
  return found.slice(0, count);
}
