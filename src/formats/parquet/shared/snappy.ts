/**
 * Snappy, element by element: unpacked into a buffer, or only passed over. The format:
 * https://github.com/google/snappy/blob/main/format_description.txt
 */

/** Google's library, and others after it, pack pieces of so many bytes by themselves. The format does not promise it. */
export const BLOCK = 65_536;

export const BROKEN = 'its Snappy is broken';

/** How far one is: behind an element, in the packed bytes and in what they give. */
export interface Place {
  at: number;
  to: number;
}

/** How many bytes at the beginning say how long the output is; undefined where there is more of it to come. */
export function prefixOf(piece: Uint8Array): number | undefined {
  const last = piece.findIndex((byte) => byte < 128);
  return last < 0 ? undefined : last + 1;
}

/**
 * Unpacks elements into `out` until `until` bytes are in it or the next element is cut. Gives false where an element has
 * no room, or refers to what is not in `out`.
 */
export function unpack(piece: Uint8Array, place: Place, out: Uint8Array, until: number): boolean {
  const room = out.length;
  const end = piece.length;
  const source = new DataView(piece.buffer, piece.byteOffset, end);
  const target = new DataView(out.buffer, out.byteOffset, room);
  let { at, to } = place;
  let good = true;
  while (at < end && to < until) {
    const tag = piece[at]!;
    const kind = tag & 3;
    let length = (tag >>> 2) + 1;
    if (kind === 0) {
      let from = at + 1;
      // Short ones are many: a call for each takes longer than the bytes. Where there is room, more is written than has
      // to be, and what comes is written over it.
      if (length <= 16 && from + 16 <= end && to + 16 <= room) {
        target.setInt32(to, source.getInt32(from, true), true);
        if (length > 4) target.setInt32(to + 4, source.getInt32(from + 4, true), true);
        if (length > 8) {
          target.setInt32(to + 8, source.getInt32(from + 8, true), true);
          target.setInt32(to + 12, source.getInt32(from + 12, true), true);
        }
      } else {
        if (length > 60) {
          const more = length - 60;
          if (at + more >= end) break;
          length = lengthAt(piece, from, more);
          from += more;
        }
        good = to + length <= room;
        if (!good || from + length > end) break;
        out.set(piece.subarray(from, from + length), to);
      }
      to += length;
      at = from + length;
      continue;
    }
    // So are short copies from nearby: of both kinds that they have, before all that may be otherwise.
    if (kind === 1 && at + 2 <= end) {
      const back = piece[at + 1]! | ((tag >>> 5) << 8);
      if (back >= 4 && back <= to && to + 12 <= room) {
        length = ((tag >>> 2) & 7) + 4;
        copyShort(target, to, to - back, length);
        to += length;
        at += 2;
        continue;
      }
    } else if (kind === 2 && length <= 12 && at + 3 <= end) {
      const back = piece[at + 1]! | (piece[at + 2]! << 8);
      if (back >= 4 && back <= to && to + 12 <= room) {
        copyShort(target, to, to - back, length);
        to += length;
        at += 3;
        continue;
      }
    }
    const size = kind === 1 ? 2 : kind === 2 ? 3 : 5;
    if (at + size > end) break;
    let back = piece[at + 1]!;
    if (kind === 1) {
      length = ((tag >>> 2) & 7) + 4;
      back |= (tag >>> 5) << 8;
    } else back |= piece[at + 2]! << 8;
    if (kind === 3) back += piece[at + 3]! * 65_536 + piece[at + 4]! * 16_777_216;
    good = back > 0 && back <= to && to + length <= room;
    if (!good) break;
    at += size;
    let from = to - back;
    const stop = to + length;
    // What is copied may be what was just written: no more at a time than lies between.
    if (back >= 4 && stop + 4 <= room)
      for (let i = to; i < stop; i += 4, from += 4) target.setInt32(i, target.getInt32(from, true), true);
    else for (let i = to; i < stop; ) out[i++] = out[from++]!;
    to = stop;
  }
  place.at = at;
  place.to = to;
  return good;
}

/** Copies up to 12 bytes from at least 4 before, four by four, so that what was just written can be copied too. */
function copyShort(target: DataView, to: number, from: number, length: number): void {
  target.setInt32(to, target.getInt32(from, true), true);
  target.setInt32(to + 4, target.getInt32(from + 4, true), true);
  if (length > 8) target.setInt32(to + 8, target.getInt32(from + 8, true), true);
}

/**
 * Passes over elements until they have given `until` bytes or the next one is cut; a literal may end behind the piece.
 * Gives false where an element would give more than that.
 */
export function passOver(piece: Uint8Array, place: Place, until: number): boolean {
  const end = piece.length;
  let { at, to } = place;
  let good = true;
  while (at < end && to < until) {
    const tag = piece[at]!;
    const kind = tag & 3;
    let length = (tag >>> 2) + 1;
    let size = kind + 1;
    if (kind === 0) {
      if (length > 60) {
        const more = length - 60;
        if (at + more >= end) break;
        length = lengthAt(piece, at + 1, more);
        size += more;
      }
      size += length;
    } else if (kind === 1) length = ((tag >>> 2) & 7) + 4;
    else if (kind === 3) size = 5;
    good = to + length <= until;
    if (!good) break;
    at += size;
    to += length;
  }
  place.at = at;
  place.to = to;
  return good;
}

/** The length of a literal that has so many bytes of its own. */
function lengthAt(piece: Uint8Array, at: number, bytes: number): number {
  let length = 0;
  for (let i = bytes - 1; i >= 0; i--) length = length * 256 + piece[at + i]!;
  return length + 1;
}

/** Unpacks a whole. Throws where it does not give `length` bytes. */
export function unsnap(input: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  const place = { at: prefixOf(input) ?? input.length, to: 0 };
  if (!unpack(input, place, out, length) || place.to !== length || place.at !== input.length) throw new Error(BROKEN);
  return out;
}
