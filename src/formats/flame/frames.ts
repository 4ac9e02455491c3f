/** Frames as they stand in the output of `perf script`, and the numbers of their names. Made for millions of them: a known frame makes no text. */
export interface FrameNumbers {
  /**
   * The number of the frame in these bytes, `symbol+0x1f (/usr/lib/libc.so.6)`; where in the symbol it is does not matter.
   * `make` gives a number for one that is not known yet.
   */
  number(bytes: DataView, from: number, to: number, make: () => number): number;
  /** Forgets all. */
  clear(): void;
}

/** Different frames that are remembered. */
const MAX_KNOWN = 400_000;
/** `++++` */
const PLUSES = 0x2b2b2b2b;

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
      let first = 0x811c9dc5 | 0;
      let second = 0x1000193;
      let at = from;
      while (at < to) {
        const word = at + 4 <= to ? bytes.getInt32(at, true) : PLUSES;
        const other = word ^ PLUSES;
        // Four bytes at a time, unless one of them is a plus.
        if (((other - 0x01010101) & ~other & 0x80808080) === 0) {
          first = Math.imul(first ^ word, 0x01000193);
          first ^= first >>> 15;
          second = (Math.imul(second, 0x5bd1e995) + word) | 0;
          at += 4;
          continue;
        }
        const byte = bytes.getUint8(at++);
        if (byte === 43 && at + 1 < to && bytes.getUint8(at) === 48 && bytes.getUint8(at + 1) === 120) {
          for (at += 2; at < to && isHex(bytes.getUint8(at)); ) at++;
          continue;
        }
        first = Math.imul(first ^ byte, 0x01000193);
        second = (Math.imul(second, 0x5bd1e995) + byte) | 0;
      }
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

function isHex(byte: number): boolean {
  return (byte >= 48 && byte <= 57) || (byte >= 97 && byte <= 102);
}
