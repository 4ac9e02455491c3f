/**
 * Decompresses Snappy element by element, and skips elements without decompressing them. Format:
 * https://github.com/google/snappy/blob/main/format_description.txt
 */

/** Uncompressed size of the blocks that Google's library compresses independently. The format does not require it. */
export const BLOCK_SIZE = 65_536;

export const MALFORMED = 'its Snappy data is malformed';

/** The end of the last element that was processed. */
export interface Position {
  /** Byte offset in the input. */
  input: number;
  /** Byte offset in the output. */
  output: number;
}

/** The length of the preamble, which states the uncompressed length; undefined if it is incomplete. */
export function preambleLength(input: Uint8Array): number | undefined {
  const last = input.findIndex((byte) => byte < 128);
  return last < 0 ? undefined : last + 1;
}

/**
 * Decompresses elements into `out` until it contains `until` bytes or the next element is incomplete. Returns false if
 * an element does not fit or refers to bytes before `out`.
 */
export function decompressElements(input: Uint8Array, position: Position, out: Uint8Array, until: number): boolean {
  const capacity = out.length;
  const inputEnd = input.length;
  const source = new DataView(input.buffer, input.byteOffset, inputEnd);
  const target = new DataView(out.buffer, out.byteOffset, capacity);
  let { input: at, output: to } = position;
  let isValid = true;
  while (at < inputEnd && to < until) {
    const tag = input[at]!;
    const kind = tag & 3;
    let length = (tag >>> 2) + 1;
    if (kind === 0) {
      let from = at + 1;
      // Fast path for short literals, which are frequent: a call of `set` takes longer than these copies. They write up
      // to 16 bytes; the next element overwrites the excess.
      if (length <= 16 && from + 16 <= inputEnd && to + 16 <= capacity) {
        target.setInt32(to, source.getInt32(from, true), true);
        if (length > 4) target.setInt32(to + 4, source.getInt32(from + 4, true), true);
        if (length > 8) {
          target.setInt32(to + 8, source.getInt32(from + 8, true), true);
          target.setInt32(to + 12, source.getInt32(from + 12, true), true);
        }
      } else {
        if (length > 60) {
          const lengthBytes = length - 60;
          if (at + lengthBytes >= inputEnd) break;
          length = literalLength(input, from, lengthBytes);
          from += lengthBytes;
        }
        isValid = to + length <= capacity;
        if (!isValid || from + length > inputEnd) break;
        out.set(input.subarray(from, from + length), to);
      }
      to += length;
      at = from + length;
      continue;
    }
    // Fast path for short copies with a near offset (tags 1 and 2); the general case follows.
    if (kind === 1 && at + 2 <= inputEnd) {
      const offset = input[at + 1]! | ((tag >>> 5) << 8);
      if (offset >= 4 && offset <= to && to + 12 <= capacity) {
        length = ((tag >>> 2) & 7) + 4;
        copyShort(target, to, to - offset, length);
        to += length;
        at += 2;
        continue;
      }
    } else if (kind === 2 && length <= 12 && at + 3 <= inputEnd) {
      const offset = input[at + 1]! | (input[at + 2]! << 8);
      if (offset >= 4 && offset <= to && to + 12 <= capacity) {
        copyShort(target, to, to - offset, length);
        to += length;
        at += 3;
        continue;
      }
    }
    const elementSize = kind === 1 ? 2 : kind === 2 ? 3 : 5;
    if (at + elementSize > inputEnd) break;
    let offset = input[at + 1]!;
    if (kind === 1) {
      length = ((tag >>> 2) & 7) + 4;
      offset |= (tag >>> 5) << 8;
    } else offset |= input[at + 2]! << 8;
    if (kind === 3) offset += input[at + 3]! * 65_536 + input[at + 4]! * 16_777_216;
    isValid = offset > 0 && offset <= to && to + length <= capacity;
    if (!isValid) break;
    at += elementSize;
    let from = to - offset;
    const copyEnd = to + length;
    // The copy may overlap its source by all but `offset` bytes: copy no more than that at a time.
    if (offset >= 4 && copyEnd + 4 <= capacity)
      for (let i = to; i < copyEnd; i += 4, from += 4) target.setInt32(i, target.getInt32(from, true), true);
    else for (let i = to; i < copyEnd; ) out[i++] = out[from++]!;
    to = copyEnd;
  }
  position.input = at;
  position.output = to;
  return isValid;
}

/**
 * Copies `length` bytes, at most 12, within `target`: 4 at a time, because `from` is at least 4 bytes before `to`. May
 * write up to 12 bytes.
 */
function copyShort(target: DataView, to: number, from: number, length: number): void {
  target.setInt32(to, target.getInt32(from, true), true);
  target.setInt32(to + 4, target.getInt32(from + 4, true), true);
  if (length > 8) target.setInt32(to + 8, target.getInt32(from + 8, true), true);
}

/**
 * Skips elements until their output ends at `until` or the next element is incomplete. A literal is skipped even if it
 * ends beyond `input`. Returns false if the output of an element crosses `until`.
 */
export function skipElements(input: Uint8Array, position: Position, until: number): boolean {
  const inputEnd = input.length;
  let { input: at, output: to } = position;
  let isValid = true;
  while (at < inputEnd && to < until) {
    const tag = input[at]!;
    const kind = tag & 3;
    let length = (tag >>> 2) + 1;
    let elementSize = kind + 1;
    if (kind === 0) {
      if (length > 60) {
        const lengthBytes = length - 60;
        if (at + lengthBytes >= inputEnd) break;
        length = literalLength(input, at + 1, lengthBytes);
        elementSize += lengthBytes;
      }
      elementSize += length;
    } else if (kind === 1) length = ((tag >>> 2) & 7) + 4;
    else if (kind === 3) elementSize = 5;
    isValid = to + length <= until;
    if (!isValid) break;
    at += elementSize;
    to += length;
  }
  position.input = at;
  position.output = to;
  return isValid;
}

/** The length of a long literal, which is stored in `size` bytes after its tag, from byte `offset` on. */
function literalLength(input: Uint8Array, offset: number, size: number): number {
  let length = 0;
  for (let i = size - 1; i >= 0; i--) length = length * 256 + input[offset + i]!;
  return length + 1;
}

/** Decompresses a complete input. Throws unless the output has exactly `length` bytes. */
export function decompressSnappy(input: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  const position = { input: preambleLength(input) ?? input.length, output: 0 };
  const isValid = decompressElements(input, position, out, length);
  if (!isValid || position.output !== length || position.input !== input.length) throw new Error(MALFORMED);
  return out;
}
