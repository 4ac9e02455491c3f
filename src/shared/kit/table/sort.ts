import type { RowBytes } from './delimited-text.ts';
import { ColumnEnds, compareNumberTexts, MAX_EXACT_DIGITS, plainNumber, sortRuns, tiedRuns } from './exact-order.ts';
import { NonNumbers } from './non-numbers.ts';
import { FOLD } from './search.ts';

/**
 * Sorting of millions of rows in seconds: keys are read once, as two 32-bit halves, and row numbers are sorted by radix
 * sort, which is stable. Rows without a value come last in either direction.
 */

interface CellSpans {
  /** Start and end offset of the cell of each row, without quotes; equal for a missing or empty cell. */
  readonly from: Uint32Array;
  readonly to: Uint32Array;
}

/** Sorts rows by the numbers in a column. Cells that are not numbers come after the numbers, empty cells last. */
export function orderByNumber(lines: RowBytes, column: number, descending: boolean): Uint32Array {
  const { from, to } = cellSpans(lines, column);
  const { bytes } = lines;
  const comma = lines.dialect.delimiter !== 44;
  const numbers = new Float64Array(from.length);
  let hasLong = false;
  for (let row = 0; row < from.length; row++) {
    const [start, end] = [from[row]!, to[row]!];
    numbers[row] = parseNumber(bytes, start, end, comma);
    hasLong ||= end - start > MAX_EXACT_DIGITS;
  }
  const order = numberOrder(
    from.length,
    (row) => numbers[row] ?? Number.NaN,
    (row) => from[row] === to[row],
    descending,
  );
  if (!hasLong) return order;
  const runs = tiedRuns(order, numbers, (row) => to[row]! - from[row]! > MAX_EXACT_DIGITS);
  const textOf = (row: number) => decoder.decode(bytes.subarray(from[row], to[row]));
  const compare = (a: number, b: number): number =>
    haveSameBytes(bytes, from[a]!, to[a]!, from[b]!, to[b]!) ? 0 : compareNumberTexts(textOf(a), textOf(b), comma);
  sortRuns(order, runs, compare, descending);
  return order;
}

/**
 * The numbers of a column.
 * @param read parses the cell at an offset; NaN if it is not a number
 * @returns NaN for a cell that is not a number; `nonNumbers`: those of these cells that have text; `ends`: the least and
 * the greatest finite number
 */
export function parseColumn(
  lines: RowBytes,
  column: number,
  read: (from: number, to: number) => number,
): { numbers: Float64Array; nonNumbers: NonNumbers; ends: ColumnEnds } {
  const { from, to } = cellSpans(lines, column);
  const numbers = new Float64Array(from.length);
  const ends = new ColumnEnds(lines.dialect.delimiter !== 44);
  const textOf = (row: number) => decoder.decode(lines.bytes.subarray(from[row], to[row]));
  let [least, greatest, leastRow, greatestRow] = [Infinity, -Infinity, -1, -1];
  const nonNumbers = new NonNumbers();
  for (let row = 0; row < from.length; row++) {
    const [start = 0, end = 0] = [from[row], to[row]];
    const value = start === end ? Number.NaN : read(start, end);
    if (Number.isNaN(value) && start !== end) nonNumbers.add(textOf(row));
    numbers[row] = value;
    if (!Number.isFinite(value)) continue;
    if (!(value > least)) {
      if (value < least || leastRow < 0) [least, leastRow] = [value, row];
      else if (end - start > MAX_EXACT_DIGITS) ends.add({ value, text: textOf(row) });
    }
    if (!(value < greatest)) {
      if (value > greatest || greatestRow < 0) [greatest, greatestRow] = [value, row];
      else if (end - start > MAX_EXACT_DIGITS) ends.add({ value, text: textOf(row) });
    }
  }
  if (leastRow >= 0) ends.add({ value: least, text: textOf(leastRow) });
  if (greatestRow >= 0) ends.add({ value: greatest, text: textOf(greatestRow) });
  return { numbers, nonNumbers, ends };
}

/** Sorts `count` rows by their numbers. NaN comes after all numbers, rows with `isEmpty` last. */
export function numberOrder(
  count: number,
  valueAt: (row: number) => number,
  isEmpty: (row: number) => boolean,
  descending: boolean,
): Uint32Array {
  const high = new Uint32Array(count);
  const low = new Uint32Array(count);
  const float = new Float64Array(1);
  const halves = new Uint32Array(float.buffer);
  const values = new Uint32Array(count);
  const words = new Uint32Array(count);
  const empty = new Uint32Array(count);
  let [valueCount, wordCount, emptyCount] = [0, 0, 0];
  for (let row = 0; row < count; row++) {
    if (isEmpty(row)) {
      empty[emptyCount++] = row;
      continue;
    }
    const value = valueAt(row);
    if (Number.isNaN(value)) {
      words[wordCount++] = row;
      continue;
    }
    values[valueCount++] = row;
    // Map the bits so that unsigned comparison gives numeric order: set the sign bit of positive numbers, invert all
    // bits of negative ones. Adding zero turns -0 into 0. The halves assume a little-endian machine, as all browsers do.
    float[0] = value + 0;
    const [rest = 0, bits = 0] = halves;
    const [top, bottom] = bits >>> 31 === 1 ? [~bits, ~rest] : [bits | 0x80000000, rest];
    high[row] = descending ? ~top : top;
    low[row] = descending ? ~bottom : bottom;
  }
  const order = values.subarray(0, valueCount);
  radixSort(order, high, low);
  values.set(words.subarray(0, wordCount), valueCount);
  values.set(empty.subarray(0, emptyCount), valueCount + wordCount);
  return values;
}

/** Compares the texts of two rows, whose first `depth` bytes are known to be equal. */
function textComparator(
  bytes: Uint8Array,
  from: Uint32Array,
  to: Uint32Array,
  descending: boolean,
): (a: number, b: number, depth?: number) => number {
  return (a, b, depth = 0) => {
    const [startA = 0, endA = 0, startB = 0, endB = 0] = [from[a], to[a], from[b], to[b]];
    const shared = Math.min(endA - startA, endB - startB);
    for (let i = depth; i < shared; i++) {
      const difference = (FOLD[bytes[startA + i] ?? 0] ?? 0) - (FOLD[bytes[startB + i] ?? 0] ?? 0);
      if (difference !== 0) return descending ? -difference : difference;
    }
    const longer = endA - startA - (endB - startB);
    return (descending ? -longer : longer) || a - b;
  };
}

/** Sorts rows by the text in a column, byte by byte, ignoring the case of ASCII letters. */
export function orderByText(lines: RowBytes, column: number, descending: boolean): Uint32Array {
  const { from, to } = cellSpans(lines, column);
  return textOrder(lines.bytes, from, to, descending);
}

/** Sorts rows by texts at offsets of `bytes`; empty texts come last. */
export function textOrder(bytes: Uint8Array, from: Uint32Array, to: Uint32Array, descending: boolean): Uint32Array {
  const count = from.length;
  const high = new Uint32Array(count);
  const low = new Uint32Array(count);
  const order = new Uint32Array(count);
  let filled = 0;
  for (let row = 0; row < count; row++) if (from[row] !== to[row]) order[filled++] = row;

  const four = (row: number, depth: number): number => {
    const at = (from[row] ?? 0) + depth;
    const end = to[row] ?? 0;
    let key = 0;
    for (let i = 0; i < 4; i++) key = (key << 8) | (at + i < end ? (FOLD[bytes[at + i] ?? 0] ?? 0) : 0);
    return descending ? ~key : key;
  };
  const compare = textComparator(bytes, from, to, descending);

  // Radix sort by eight bytes; rows that are equal in these are sorted by the next eight.
  const parts = [{ begin: 0, end: filled, depth: 0 }];
  for (let part = parts.pop(); part; part = parts.pop()) {
    const { begin, end, depth } = part;
    const rows = order.subarray(begin, end);
    if (end - begin < 256) {
      rows.sort((a, b) => compare(a, b, depth));
      continue;
    }
    for (const row of rows) {
      high[row] = four(row, depth);
      low[row] = four(row, depth + 4);
    }
    radixSort(rows, high, low);
    for (let i = 0; i < rows.length; ) {
      const [top, bottom] = [high[rows[i] ?? 0], low[rows[i] ?? 0]];
      let longer = false;
      let j = i;
      for (; j < rows.length; j++) {
        const row = rows[j] ?? 0;
        if (high[row] !== top || low[row] !== bottom) break;
        longer ||= (to[row] ?? 0) - (from[row] ?? 0) > depth + 8;
      }
      if (longer && j - i > 1) parts.push({ begin: begin + i, end: begin + j, depth: depth + 8 });
      i = j;
    }
  }
  // Empty texts in file order.
  for (let row = 0; row < count; row++) if (from[row] === to[row]) order[filled++] = row;
  return order;
}

/** Sorts row numbers in place by `high[row]`, then `low[row]`. Stable. */
function radixSort(rows: Uint32Array, high: Uint32Array, low: Uint32Array): void {
  const width = rows.length > 200_000 ? 16 : 8;
  const counts = new Uint32Array(1 << width);
  const mask = counts.length - 1;
  let source = rows;
  let target: Uint32Array = new Uint32Array(rows.length);
  for (const keys of [low, high]) {
    for (let shift = 0; shift < 32; shift += width) {
      counts.fill(0);
      for (const row of source) {
        const digit = ((keys[row] ?? 0) >>> shift) & mask;
        counts[digit] = (counts[digit] ?? 0) + 1;
      }
      // Skip a digit that is equal in all keys.
      if (counts[((keys[source[0] ?? 0] ?? 0) >>> shift) & mask] === source.length) continue;
      let sum = 0;
      for (let digit = 0; digit <= mask; digit++) {
        const here = counts[digit] ?? 0;
        counts[digit] = sum;
        sum += here;
      }
      for (const row of source) {
        const digit = ((keys[row] ?? 0) >>> shift) & mask;
        const place = counts[digit] ?? 0;
        target[place] = row;
        counts[digit] = place + 1;
      }
      [source, target] = [target, source];
    }
  }
  if (source !== rows) rows.set(source);
}

function haveSameBytes(bytes: Uint8Array, fromA: number, toA: number, fromB: number, toB: number): boolean {
  if (toA - fromA !== toB - fromB) return false;
  for (let i = 0; i < toA - fromA; i++) if (bytes[fromA + i] !== bytes[fromB + i]) return false;
  return true;
}

/** The positions of the cells of a column. */
export function cellSpans({ bytes, starts, ends, dialect }: RowBytes, column: number): CellSpans {
  const { delimiter, quote } = dialect;
  const from = new Uint32Array(starts.length);
  const to = new Uint32Array(starts.length);
  for (let row = 0; row < starts.length; row++) {
    const end = ends[row] ?? 0;
    let at = starts[row] ?? 0;
    for (let cell = 0; ; cell++) {
      const start = at;
      const quoted = quote && at < end && bytes[at] === 34;
      if (quoted) at = closingQuote(bytes, at, end);
      const close = at;
      while (at < end && bytes[at] !== delimiter) at++;
      if (cell === column) {
        // Quotes that do not enclose the whole cell are part of its text.
        const isEnclosed = quoted && at <= close + 1;
        from[row] = isEnclosed ? start + 1 : start;
        to[row] = isEnclosed ? Math.max(close, start + 1) : at;
        break;
      }
      if (at >= end) break;
      at++;
    }
  }
  return { from, to };
}

/** Offset of the quote that closes the cell opened by the quote at `at`; `end` if there is none. */
export function closingQuote(bytes: Uint8Array, at: number, end: number): number {
  let close = at + 1;
  while (close < end && (bytes[close] !== 34 || bytes[close + 1] === 34)) close += bytes[close] === 34 ? 2 : 1;
  return Math.min(close, end);
}

export const POWERS_OF_TEN: Float64Array = Float64Array.from({ length: MAX_EXACT_DIGITS + 1 }, (_, i) => 10 ** i);

/** Parses a number; NaN if it is none. `comma`: commas are decimal commas, else thousands separators. */
export function parseNumber(bytes: Uint8Array, from: number, to: number, comma: boolean): number {
  let at = from;
  const negative = bytes[at] === 45;
  if (negative || bytes[at] === 43) at++;
  let digits = 0;
  let value = 0;
  let decimals = -1;
  for (; at < to; at++) {
    const byte = bytes[at] ?? 0;
    if (byte >= 48 && byte <= 57) {
      value = value * 10 + (byte - 48);
      digits++;
      if (decimals >= 0) decimals++;
    } else if (byte === 46 && decimals < 0) decimals = 0;
    else return parseNumberText(bytes, from, to, comma);
  }
  if (digits === 0 || digits > MAX_EXACT_DIGITS) return parseNumberText(bytes, from, to, comma);
  const size = decimals > 0 ? value / (POWERS_OF_TEN[decimals] ?? 1) : value;
  return negative ? -size : size;
}

const decoder = new TextDecoder();

/** The slow path of `parseNumber`: exponents, separators, many digits, infinity. */
function parseNumberText(bytes: Uint8Array, from: number, to: number, comma: boolean): number {
  const text = plainNumber(decoder.decode(bytes.subarray(from, to)), comma);
  const infinite = /^([+-]?)inf(?:inity)?$/i.exec(text);
  if (infinite) return infinite[1] === '-' ? -Infinity : Infinity;
  return /^[+-]?[\d.]/.test(text) ? Number(text) : Number.NaN;
}

/** The rows in view: `matches` in the given order. Without `matches`, the order; undefined if both are undefined. */
export function orderMatches(
  matches: Uint32Array | undefined,
  order: Uint32Array | undefined,
  count: number,
): Uint32Array | undefined {
  if (!matches || !order) return matches ?? order;
  const isMatch = new Uint8Array(count);
  for (const row of matches) isMatch[row] = 1;
  return order.filter((row) => isMatch[row] === 1);
}
