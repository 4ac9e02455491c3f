import { BLOCK, BROKEN, type Place, passOver, prefixOf, unpack } from './snappy.ts';

/** Packed bytes that are asked for at a time. */
const STEP = 64 * 1024;

/** The values of a page as they lie behind one another, unpacked as far as they are looked at. */
export interface Body {
  /** Bytes of all of it. */
  readonly size: number;
  /** Some of its bytes, good until the next are read. Throws where there are not so many, or where they cannot be. */
  read(from: number, to: number): Promise<Uint8Array>;
  /** Bytes that are kept in memory. */
  held(): number;
  /** Is told how far it will be read, as a part of it, 0 to 1: a guess. */
  expect(part: number): void;
  /** Lets go of what can be read again without what is before it. */
  rest(): void;
}

/**
 * Reads bytes of the file, from one to another, and gives those behind them too where they are there. `likely`: how far
 * one will read on.
 */
export type Get = (from: number, to: number, likely?: number) => Promise<Uint8Array>;

/** A body that is not packed, from byte `begin` of the file on. */
export function plainBody(get: Get, begin: number, size: number): Body {
  return {
    size,
    read: async (from, to) => (await get(begin + from, begin + checked(to, size))).subarray(0, to - from),
    held: () => 0,
    expect() {},
    rest() {},
  };
}

/** A body that is unpacked as a whole when some of it is read. */
export function wholeBody(whole: () => Promise<Uint8Array>, size: number): Body {
  let bytes: Uint8Array | undefined;
  return {
    size,
    async read(from, to) {
      checked(to, size);
      bytes ??= await whole();
      return bytes.subarray(from, to);
    },
    held: () => bytes?.length ?? 0,
    expect() {},
    rest() {},
  };
}

/**
 * A body packed by Snappy, from byte `begin` of the file to `end`. What is before the bytes that are read is passed over,
 * not unpacked, and where each block begins is kept: it is found at once the next time.
 */
export function snappyBody(get: Get, begin: number, end: number, size: number): Body {
  /** What is packed by itself: if that turns out to be otherwise, all of it is one block. */
  let block = BLOCK;
  /** Where in the file each block begins, as far as one has come. */
  let marks: number[] = [];
  /** What is unpacked, of which so much is in use, and where in the body it begins. */
  let out = new Uint8Array();
  let filled = 0;
  let base = 0;
  /** Where in the file one goes on, and how far one is likely to. */
  let at = begin;
  let far = begin;

  /**
   * Takes elements until so many bytes are there behind `base`, none of which is behind byte `stop` of the file. Gives
   * false where these cannot be taken so.
   */
  async function advance(
    until: number,
    stop: number,
    take: (piece: Uint8Array, place: Place) => boolean,
  ): Promise<boolean> {
    for (let step = STEP; filled < until; ) {
      const to = Math.min(stop, at + step);
      if (at >= stop) throw new Error(BROKEN);
      const place = { at: 0, to: filled };
      const piece = await get(at, to, Math.min(stop, far));
      if (!take(at + piece.length > stop ? piece.subarray(0, stop - at) : piece, place)) return false;
      // One that is longer than the piece.
      if (place.to === filled) {
        if (to === stop) throw new Error(BROKEN);
        step *= 2;
      }
      filled = place.to;
      at += place.at;
    }
    return true;
  }

  async function first(): Promise<number> {
    const prefix = prefixOf(await get(begin, Math.min(end, begin + 10)));
    if (prefix === undefined) throw new Error(BROKEN);
    return begin + prefix;
  }

  /** Has the bytes from `from` to `to` in `out`; false where blocks are not by themselves. */
  async function reach(from: number, to: number): Promise<boolean> {
    if (marks.length === 0) marks = [await first()];
    const wanted = Math.floor(from / block);
    const known = Math.min(wanted, marks.length - 1);
    if (from < base || base + filled < known * block || out.length === 0) {
      [base, filled, at] = [known * block, 0, marks[known]!];
    }
    // Where the last of them ends, if one has been there.
    const stop = marks[Math.ceil(to / block)] ?? end;
    // Blocks before it.
    while (base + filled < wanted * block) {
      const next = (Math.floor((base + filled) / block) + 1) * block;
      const left = next - base;
      if (!(await advance(left, stop, (piece, place) => passOver(piece, place, left)))) return false;
      [base, filled] = [next, 0];
      marks[next / block] ??= at;
    }
    // What is needed no more, and room for what comes.
    const drop = Math.min(from, Math.floor((base + filled) / block) * block) - base;
    const room = Math.min(size, Math.ceil(to / block) * block) - base - drop;
    const kept = out.subarray(drop, filled);
    if (room > out.length) {
      out = new Uint8Array(room);
      out.set(kept);
    } else if (drop > 0) out.copyWithin(0, drop, filled);
    base += drop;
    filled -= drop;
    while (base + filled < to) {
      const next = (Math.floor((base + filled) / block) + 1) * block;
      const left = Math.min(next, size, to) - base;
      if (!(await advance(left, stop, (piece, place) => unpack(piece, place, out, left)))) return false;
      if (base + filled > next) return false;
      if (base + filled === next) marks[next / block] ??= at;
    }
    return true;
  }

  return {
    size,
    async read(from, to) {
      checked(to, size);
      if (from < base || to > base + filled) {
        if (!(await reach(from, to))) {
          block = size;
          [marks, out, filled, base] = [[], new Uint8Array(), 0, 0];
          if (!(await reach(from, to))) throw new Error(BROKEN);
        }
      }
      return out.subarray(from - base, to - base);
    },
    held: () => out.length,
    expect(part) {
      far = Math.ceil(begin + part * (end - begin)) + STEP;
    },
    rest() {
      if (block === size || out.length <= BLOCK) return;
      [out, filled] = [new Uint8Array(), 0];
    },
  };
}

function checked(to: number, size: number): number {
  if (to > size) throw new Error('a page is shorter than its values');
  return to;
}
