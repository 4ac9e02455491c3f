/**
 * Parquet's hybrid of run-length encoding and bit-packing, which stores levels and dictionary indices:
 * https://parquet.apache.org/docs/file-format/data-pages/encodings/
 */

/**
 * Decodes the run headers in `bytes`. Returns a function for the value at an index below `count`, which is fastest in
 * ascending order. The values have `bitWidth` bits, 1 to 32. Throws if `bytes` contain fewer values.
 */
export function rleValues(bytes: Uint8Array, bitWidth: number, count: number): (index: number) => number {
  const { starts, contents } = indexRuns(bytes, bitWidth, count);
  let run = 0;
  let from = 0;
  let to = starts[1] ?? 0;
  let content = contents[0] ?? -1;
  return (index) => {
    if (index < from || index >= to) {
      if (index < from) run = 0;
      while ((starts[run + 1] ?? Infinity) <= index) run++;
      from = starts[run] ?? 0;
      to = starts[run + 1] ?? 0;
      content = contents[run] ?? -1;
    }
    if (content < 0) return -1 - content;
    return bitPackedValue(bytes, content + (index - from) * bitWidth, bitWidth);
  };
}

/** The value of `bitWidth` bits, 1 to 32, at a bit offset. */
export function bitPackedValue(bytes: Uint8Array, bitOffset: number, bitWidth: number): number {
  const byte = Math.floor(bitOffset / 8);
  const shift = bitOffset % 8;
  if (bitWidth === 1) return (bytes[byte]! >>> shift) & 1;
  if (bitWidth <= 24) {
    const word = bytes[byte]! | (bytes[byte + 1]! << 8) | (bytes[byte + 2]! << 16) | (bytes[byte + 3]! << 24);
    return (word >>> shift) & ((1 << bitWidth) - 1);
  }
  let value = 0;
  for (let i = 0; i < 5; i++) value += (bytes[byte + i] ?? 0) * 256 ** i;
  return Math.floor(value / 2 ** shift) % 2 ** bitWidth;
}

/**
 * Returns a function that counts the ones among `count` values of one bit, from index `from` up to `to` (exclusive).
 */
export function onesCounter(bytes: Uint8Array, count: number): (from: number, to: number) => number {
  const { starts, contents } = indexRuns(bytes, 1, count);
  let run = 0;
  return (from, to) => {
    if (from < (starts[run] ?? 0)) run = 0;
    let ones = 0;
    for (let index = from; index < to; ) {
      while ((starts[run + 1] ?? Infinity) <= index) run++;
      const content = contents[run] ?? -1;
      const stop = Math.min(to, starts[run + 1] ?? to);
      if (content < 0) {
        if (content === -2) ones += stop - index;
        index = stop;
      }
      for (let bit = content + index - (starts[run] ?? 0); index < stop; ) {
        const step = bit % 8 === 0 && index + 8 <= stop ? 8 : 1;
        ones += step === 8 ? ONES_IN_BYTE[bytes[bit / 8]!]! : (bytes[bit >>> 3]! >>> (bit & 7)) & 1;
        index += step;
        bit += step;
      }
    }
    return ones;
  };
}

const ONES_IN_BYTE = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length);

interface RunIndex {
  /** For each run, the index of its first value; then Infinity. */
  readonly starts: readonly number[];
  /** For each run, the bit offset of its values or, if they are equal, `-1 - value`. */
  readonly contents: readonly number[];
}

function indexRuns(bytes: Uint8Array, bitWidth: number, count: number): RunIndex {
  if (bitWidth > 32) throw new Error(`a page has run-length encoded values of ${bitWidth} bits`);
  const starts: number[] = [];
  const contents: number[] = [];
  let offset = 0;
  for (let decoded = 0; decoded < count; ) {
    const run = readRun(bytes, offset, bitWidth);
    if (!run) throw new Error(TRUNCATED);
    starts.push(decoded);
    if (run.isBitPacked) {
      const bits = Math.min(run.count, count - decoded) * bitWidth;
      if (run.begin * 8 + bits > bytes.length * 8) throw new Error(TRUNCATED);
      contents.push(run.begin * 8);
    } else {
      let value = 0;
      for (let i = run.begin; i < run.end; i++) value += (bytes[i] ?? 0) * 256 ** (i - run.begin);
      if (value >= 2 ** bitWidth) throw new Error(`a page has the value ${value} where values have ${bitWidth} bits`);
      contents.push(-1 - value);
    }
    decoded += run.count;
    offset = run.end;
  }
  starts.push(Infinity);
  return { starts, contents };
}

export const TRUNCATED = 'a page ends before its last run-length encoded value';

/** A run of equal values or of bit-packed values. */
export interface Run {
  readonly isBitPacked: boolean;
  /** Number of values. */
  readonly count: number;
  /** Byte offset of its content, after the header. */
  readonly begin: number;
  /** Byte offset after its content. */
  readonly end: number;
}

/** Reads the header of a run at a byte offset; the content may be incomplete. Undefined if the header is incomplete. */
export function readRun(bytes: Uint8Array, offset: number, bitWidth: number): Run | undefined {
  let header = 0;
  let begin = offset;
  for (let scale = 1; ; scale *= 128) {
    const byte = bytes[begin++];
    if (byte === undefined) return undefined;
    if (scale > 2 ** 42) throw new Error(TRUNCATED);
    header += (byte & 127) * scale;
    if (byte < 128) break;
  }
  const length = Math.floor(header / 2);
  if (header % 2 === 0) return { isBitPacked: false, count: length, begin, end: begin + Math.ceil(bitWidth / 8) };
  return { isBitPacked: true, count: length * 8, begin, end: begin + length * bitWidth };
}
