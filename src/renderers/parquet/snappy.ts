import { joined } from '../table/arrays.ts';

/**
 * Unpacks Snappy as it comes, so that the beginning of a large page is there without its end. The format:
 * https://github.com/google/snappy/blob/main/format_description.txt
 */
export interface Unpacking {
  /** Bytes of the output that are there. */
  readonly filled: number;
  /** Takes the next bytes. Throws where they cannot be. */
  feed(piece: Uint8Array): void;
}

const BROKEN = 'its Snappy is broken';

/** Unpacks into `out`, which has room for all of it. */
export function unpacking(out: Uint8Array): Unpacking {
  let filled = 0;
  /** Of a literal that has begun: bytes to come. */
  let bare = 0;
  let begun = false;
  /** An element that its piece cut. */
  let left: Uint8Array = new Uint8Array();

  /** Takes whole elements; gives where the first one begins that is cut. */
  function take(piece: Uint8Array): number {
    // Names of its own: what is shared with other functions is several times slower in the loop.
    const target = out;
    const room = target.length;
    const end = piece.length;
    let at = 0;
    let to = filled;
    const rest = (place: number): number => {
      filled = to;
      return place;
    };
    if (!begun) {
      while (at < piece.length && (piece[at] ?? 0) >= 128) at++;
      if (at === piece.length) return 0;
      at++;
      begun = true;
    }
    if (bare > 0) {
      at = Math.min(bare, end);
      target.set(piece.subarray(0, at), to);
      to += at;
      bare -= at;
    }
    while (at < end) {
      const tag = piece[at]!;
      const kind = tag & 3;
      if (kind === 0) {
        const short = tag >>> 2;
        const more = short < 60 ? 0 : short - 59;
        if (at + more >= end) return rest(at);
        let length = short;
        if (more > 0) {
          length = 0;
          for (let i = more; i > 0; i--) length = length * 256 + piece[at + i]!;
        }
        length++;
        at += 1 + more;
        if (to + length > room) throw new Error(BROKEN);
        if (at + length > end) {
          bare = length - (end - at);
          length = end - at;
        }
        // Short ones are many: a call for each takes longer than the bytes.
        if (length < 24) for (const stop = at + length; at < stop; ) target[to++] = piece[at++]!;
        else {
          target.set(piece.subarray(at, at + length), to);
          to += length;
          at += length;
        }
        continue;
      }
      const size = kind === 1 ? 2 : kind === 2 ? 3 : 5;
      if (at + size > end) return rest(at);
      const length = kind === 1 ? ((tag >>> 2) & 7) + 4 : (tag >>> 2) + 1;
      let back = piece[at + 1]!;
      if (kind === 1) back |= (tag >>> 5) << 8;
      else back |= piece[at + 2]! << 8;
      if (kind === 3) back += piece[at + 3]! * 65_536 + piece[at + 4]! * 16_777_216;
      at += size;
      if (back === 0 || back > to || to + length > room) throw new Error(BROKEN);
      // Byte by byte: what is copied may be what was just written.
      for (let from = to - back, stop = to + length; to < stop; ) target[to++] = target[from++]!;
    }
    return rest(at);
  }

  return {
    get filled() {
      return filled;
    },
    feed(piece) {
      const bytes = left.length > 0 ? joined([left, piece]) : piece;
      left = bytes.slice(take(bytes));
    },
  };
}

/** Unpacks a whole. Throws where it does not give `length` bytes. */
export function unsnap(input: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  const work = unpacking(out);
  work.feed(input);
  if (work.filled !== length) throw new Error(BROKEN);
  return out;
}
