/** Maps frames in the output of `perf script` to name numbers, without decoding frames that are known. */
export interface FrameNumbers {
  /**
   * The number of the frame in these bytes, `symbol+0x1f (/usr/lib/libc.so.6)`, ignoring the offset in the symbol. Calls
   * `make` for the number of a new frame.
   */
  number(bytes: DataView, from: number, to: number, make: () => number): number;
  /** Removes all frames. */
  clear(): void;
}

/** Largest number of frames in the table. */
const MAX_FRAMES = 400_000;
/** `++++` */
const PLUSES = 0x2b2b2b2b;

/** An open-addressed hash table. A frame is identified by two 32-bit hashes, so collisions are not expected. */
export function createFrameNumbers(): FrameNumbers {
  let table = new Int32Array(3 * 1024);
  let count = 0;

  function findSlot(hash1: number, hash2: number): number {
    const slots = table.length / 3;
    for (let slotIndex = (hash1 >>> 0) & (slots - 1); ; slotIndex = (slotIndex + 1) & (slots - 1)) {
      const i = slotIndex * 3;
      if (table[i + 2] === 0 || (table[i] === hash1 && table[i + 1] === hash2)) return i;
    }
  }

  function grow(): void {
    const old = table;
    table = new Int32Array(old.length * 2);
    for (let i = 0; i < old.length; i += 3) {
      if (old[i + 2] === 0) continue;
      table.set(old.subarray(i, i + 3), findSlot(old[i] ?? 0, old[i + 1] ?? 0));
    }
  }

  function clear(): void {
    table = new Int32Array(3 * 1024);
    count = 0;
  }

  return {
    number(bytes, from, to, make) {
      let hash1 = 0x811c9dc5 | 0;
      let hash2 = 0x1000193;
      let offset = from;
      while (offset < to) {
        const word = offset + 4 <= to ? bytes.getInt32(offset, true) : PLUSES;
        const difference = word ^ PLUSES;
        // Hash four bytes at once if none of them is `+` (a zero byte of `other`).
        if (((difference - 0x01010101) & ~difference & 0x80808080) === 0) {
          hash1 = Math.imul(hash1 ^ word, 0x01000193);
          hash1 ^= hash1 >>> 15;
          hash2 = (Math.imul(hash2, 0x5bd1e995) + word) | 0;
          offset += 4;
          continue;
        }
        const byte = bytes.getUint8(offset++);
        if (byte === 43 && offset + 1 < to && bytes.getUint8(offset) === 48 && bytes.getUint8(offset + 1) === 120) {
          for (offset += 2; offset < to && isHex(bytes.getUint8(offset)); ) offset++;
          continue;
        }
        hash1 = Math.imul(hash1 ^ byte, 0x01000193);
        hash2 = (Math.imul(hash2, 0x5bd1e995) + byte) | 0;
      }
      hash1 ^= hash1 >>> 15;
      const index = findSlot(hash1, hash2);
      const stored = table[index + 2] ?? 0;
      if (stored > 0) return stored - 1;
      const number = make();
      if (count >= MAX_FRAMES) clear();
      table.set([hash1, hash2, number + 1], findSlot(hash1, hash2));
      if (++count * 6 > table.length) grow();
      return number;
    },
    clear,
  };
}

function isHex(byte: number): boolean {
  return (byte >= 48 && byte <= 57) || (byte >= 97 && byte <= 102);
}
