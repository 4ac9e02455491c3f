/**
 * Numbers of `width` bits each, 1 to 32, in runs of equal ones and in groups of eight, as Parquet has them. Only the runs
 * are found at once; gives the number at an index below `count`, quickest where one goes on from the one before. Throws
 * where there are fewer. The format: https://parquet.apache.org/docs/file-format/data-pages/encodings/
 */
export function codesIn(bytes: Uint8Array, width: number, count: number): (index: number) => number {
  const { starts, values } = runsIn(bytes, width, count);
  let run = 0;
  let from = 0;
  let to = starts[1] ?? 0;
  let value = values[0] ?? -1;
  return (index) => {
    if (index < from || index >= to) {
      if (index < from) run = 0;
      while ((starts[run + 1] ?? Infinity) <= index) run++;
      from = starts[run] ?? 0;
      to = starts[run + 1] ?? 0;
      value = values[run] ?? -1;
    }
    if (value < 0) return -1 - value;
    return codeAt(bytes, value + (index - from) * width, width);
  };
}

/** The number of `width` bits, 1 to 32, that begins at a bit. */
export function codeAt(bytes: Uint8Array, bit: number, width: number): number {
  const byte = Math.floor(bit / 8);
  const shift = bit % 8;
  if (width === 1) return (bytes[byte]! >>> shift) & 1;
  if (width <= 24) {
    const four = bytes[byte]! | (bytes[byte + 1]! << 8) | (bytes[byte + 2]! << 16) | (bytes[byte + 3]! << 24);
    return (four >>> shift) & ((1 << width) - 1);
  }
  let code = 0;
  for (let i = 0; i < 5; i++) code += (bytes[byte + i] ?? 0) * 256 ** i;
  return Math.floor(code / 2 ** shift) % 2 ** width;
}

/** Counts numbers of one bit, of which there are `count`: how many from one to before another are 1. */
export function onesIn(bytes: Uint8Array, count: number): (from: number, to: number) => number {
  const { starts, values } = runsIn(bytes, 1, count);
  let run = 0;
  return (from, to) => {
    if (from < (starts[run] ?? 0)) run = 0;
    let ones = 0;
    for (let at = from; at < to; ) {
      while ((starts[run + 1] ?? Infinity) <= at) run++;
      const value = values[run] ?? -1;
      const stop = Math.min(to, starts[run + 1] ?? to);
      if (value < 0) {
        if (value === -2) ones += stop - at;
        at = stop;
      }
      for (let bit = value + at - (starts[run] ?? 0); at < stop; ) {
        const step = bit % 8 === 0 && at + 8 <= stop ? 8 : 1;
        ones += step === 8 ? BITS[bytes[bit / 8]!]! : (bytes[bit >>> 3]! >>> (bit & 7)) & 1;
        at += step;
        bit += step;
      }
    }
    return ones;
  };
}

/** How many bits of a byte are 1. */
const BITS = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length);

/** Where each run begins, by its numbers; and where its bits begin, or -1 less the number that all of it are. */
function runsIn(bytes: Uint8Array, width: number, count: number): { starts: number[]; values: number[] } {
  if (width > 32) throw new Error(`a page has codes of ${width} bits`);
  const starts: number[] = [];
  const values: number[] = [];
  let at = 0;
  for (let filled = 0; filled < count; ) {
    const run = runAt(bytes, at, width);
    if (!run) throw new Error(SHORT);
    starts.push(filled);
    if (run.isPacked) {
      const needed = Math.min(run.count, count - filled) * width;
      if (run.begin * 8 + needed > bytes.length * 8) throw new Error(SHORT);
      values.push(run.begin * 8);
    } else {
      let value = 0;
      for (let i = run.begin; i < run.end; i++) value += (bytes[i] ?? 0) * 256 ** (i - run.begin);
      if (value >= 2 ** width) throw new Error(`a page has the code ${value}, which is more than ${width} bits`);
      values.push(-1 - value);
    }
    filled += run.count;
    at = run.end;
  }
  starts.push(Infinity);
  return { starts, values };
}

export const SHORT = 'a page is shorter than its codes';

/** Numbers that are all the same, or lie packed behind one another. */
export interface Run {
  readonly isPacked: boolean;
  readonly count: number;
  /** Where it begins behind its head, and ends. */
  readonly begin: number;
  readonly end: number;
}

/** The run whose head is at a byte; undefined where the head is cut. */
export function runAt(bytes: Uint8Array, at: number, width: number): Run | undefined {
  let head = 0;
  let begin = at;
  for (let scale = 1; ; scale *= 128) {
    const byte = bytes[begin++];
    if (byte === undefined) return undefined;
    if (scale > 2 ** 42) throw new Error(SHORT);
    head += (byte & 127) * scale;
    if (byte < 128) break;
  }
  const length = Math.floor(head / 2);
  if (head % 2 === 0) return { isPacked: false, count: length, begin, end: begin + Math.ceil(width / 8) };
  return { isPacked: true, count: length * 8, begin, end: begin + length * width };
}
