/** Frames as they stand in the output of `perf script`, and the numbers of their names. Made for millions of them: a known frame makes no text. */
export interface FrameNumbers {
  /** The number of the frame in these bytes, `symbol+0x1f (/usr/lib/libc.so.6)`; `make` gives one where it is not known yet. */
  number(bytes: DataView, from: number, to: number, make: () => number): number;
  /** Forgets all. */
  clear(): void;
}

/** Different frames that are remembered. */
const MAX_KNOWN = 400_000;

/** A table of frames by two hashes of their bytes: 64 bits, so no two frames of one file can be expected to share them. */
export function createFrameNumbers(): FrameNumbers {
  let table = new Int32Array(3 * 1024);
  let count = 0;

  function slot(first: number, second: number): number {
    const places = table.length / 3;
    for (let at = (first >>> 0) & (places - 1); ; at = (at + 1) & (places - 1)) {
      const i = at * 3;
      if (table[i + 2] === 0 || (table[i] === first && table[i + 1] === second)) return i;
    }
  }

  function grow(): void {
    const old = table;
    table = new Int32Array(old.length * 2);
    for (let i = 0; i < old.length; i += 3) {
      if (old[i + 2] === 0) continue;
      table.set(old.subarray(i, i + 3), slot(old[i] ?? 0, old[i + 1] ?? 0));
    }
  }

  function clear(): void {
    table = new Int32Array(3 * 1024);
    count = 0;
  }

  return {
    number(bytes, from, to, make) {
      let first = to - from;
      let second = 0x1000193;
      let at = from;
      // Four bytes at a time.
      for (; at + 4 <= to; at += 4) {
        const word = bytes.getInt32(at, true);
        first = Math.imul(first ^ word, 0x01000193);
        first ^= first >>> 15;
        second = Math.imul(second, 0x5bd1e995) + word;
      }
      for (; at < to; at++) {
        first = Math.imul(first ^ bytes.getUint8(at), 0x01000193);
        second = Math.imul(second, 0x5bd1e995) + bytes.getUint8(at);
      }
      second |= 0;
      first ^= first >>> 15;
      const place = slot(first, second);
      const known = table[place + 2] ?? 0;
      if (known > 0) return known - 1;
      const number = make();
      if (count >= MAX_KNOWN) clear();
      table.set([first, second, number + 1], slot(first, second));
      if (++count * 6 > table.length) grow();
      return number;
    },
    clear,
  };
}
