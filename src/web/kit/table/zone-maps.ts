import type { RowBytes } from '../../../shared/kit/table/delimited-text.ts';
import { type ColumnType, isNumeric } from '../../../shared/kit/table/infer-schema.ts';
import { FOLD } from '../../../shared/kit/table/search.ts';
import {
  cellSpans,
  closingQuote,
  MAX_EXACT_DIGITS,
  POWERS_OF_TEN,
  parseNumber,
} from '../../../shared/kit/table/sort.ts';
import type { SortOrder } from '../../../shared/kit/table/table-view.ts';
import { grow } from '../../../shared/kit/table/typed-arrays.ts';

/**
 * The least and the greatest value of each column in each block of rows, noted while a table is read once: what
 * databases call zone maps. They say which few blocks can hold the first rows of any order, so that those are found
 * without reading the table again.
 */
export interface ZoneMap {
  readonly columns: number;
  /** Rows of a block, and of the table. */
  readonly blockRows: number;
  readonly rows: number;
  /** By column: 1 if it holds numbers. */
  readonly numeric: Uint8Array;
  /** Two of each block and column: the least and the greatest number, NaN where there is none; 0 for texts. */
  readonly numbers: Float64Array;
  /** Of texts the same, by their first bytes, capitals made small. */
  readonly keys: Uint8Array;
}

/** Bytes that are noted of a text: enough for a date with its time. */
const KEY_BYTES = 24;
/** Blocks that are read at a time, and how many before it is given up. */
const CONCURRENT_BLOCKS = 16;
const MAX_BLOCKS_READ = 2048;

/** Makes zones of blocks of `step` rows, from rows that come some at a time. */
export function zoneMapBuilder(
  columns: number,
  types: readonly ColumnType[],
  step: number,
): { add(lines: RowBytes): void; zones(): ZoneMap } {
  const numeric = Uint8Array.from({ length: columns }, (_, column) => (isNumeric(types[column]) ? 1 : 0));
  let numbers = new Float64Array(2 * columns * 64);
  let keys = new Uint8Array(numeric.includes(0) ? 2 * columns * 64 * KEY_BYTES : 0);
  let rows = 0;
  const placeOf = (block: number, column: number): number => 2 * (columns * block + column);

  function begin(block: number): void {
    const at = placeOf(block, 0);
    if (at + 2 * columns > numbers.length) {
      numbers = grow(numbers);
      keys = grow(keys);
    }
    numbers.fill(Number.NaN, at, at + 2 * columns);
  }

  function addNumber(place: number, value: number): void {
    // Nothing is less or more than NaN, which stands there before the first.
    if (Number.isNaN(value)) return;
    if (!((numbers[place] ?? 0) <= value)) numbers[place] = value;
    if (!((numbers[place + 1] ?? 0) >= value)) numbers[place + 1] = value;
  }

  function addText(place: number, bytes: Uint8Array, from: number, to: number): void {
    if (Number.isNaN(numbers[place])) {
      numbers[place] = 0;
      setKey(bytes, from, to, place);
      setKey(bytes, from, to, place + 1);
      return;
    }
    // Most are neither: that is seen in one pass, where the least and the greatest part.
    const [least, greatest] = [place * KEY_BYTES, (place + 1) * KEY_BYTES];
    for (let i = 0; i < KEY_BYTES; i++) {
      const byte = from + i < to ? FOLD[bytes[from + i]!]! : 0;
      const low = keys[least + i]!;
      const high = keys[greatest + i]!;
      if (byte === low && byte === high) {
        if (byte === 0) return;
        continue;
      }
      if (byte < low || (byte === low && orderToKey(bytes, from, to, place, i) < 0)) setKey(bytes, from, to, place);
      else if (byte > high || (byte === high && orderToKey(bytes, from, to, place + 1, i) > 0))
        setKey(bytes, from, to, place + 1);
      return;
    }
  }
  function orderToKey(bytes: Uint8Array, from: number, to: number, place: number, begin: number): number {
    for (let i = begin; i < KEY_BYTES; i++) {
      const byte = from + i < to ? (FOLD[bytes[from + i] ?? 0] ?? 0) : 0;
      const difference = byte - (keys[place * KEY_BYTES + i] ?? 0);
      if (difference !== 0 || byte === 0) return difference;
    }
    return 0;
  }
  function setKey(bytes: Uint8Array, from: number, to: number, place: number): void {
    for (let i = 0; i < KEY_BYTES; i++)
      keys[place * KEY_BYTES + i] = from + i < to ? (FOLD[bytes[from + i] ?? 0] ?? 0) : 0;
  }

  return {
    add({ bytes, starts, ends, dialect }) {
      const { delimiter, quote } = dialect;
      const comma = delimiter !== 44;
      // Cells are found as by `cellsIn`, and plain numbers are read on the way: this is what a gigabyte waits for.
      for (let row = 0; row < starts.length; row++, rows++) {
        const block = Math.floor(rows / step);
        if (rows % step === 0) begin(block);
        const end = ends[row] ?? 0;
        let at = starts[row] ?? 0;
        let place = placeOf(block, 0);
        for (let column = 0; column < columns; column++, place += 2) {
          const quoted = quote && bytes[at] === 34 && at < end;
          const from = quoted ? at + 1 : at;
          if (quoted) at = closingQuote(bytes, at, end);
          const close = at;
          if (numeric[column] === 1) {
            const isNegative = bytes[at] === 45;
            if (isNegative) at++;
            let value = 0;
            let digits = 0;
            let decimals = -1;
            for (; at < end; at++) {
              const byte = bytes[at]!;
              if (byte === delimiter) break;
              if (byte >= 48 && byte <= 57) {
                value = value * 10 + (byte - 48);
                digits++;
                if (decimals >= 0) decimals++;
              } else if (byte === 46 && decimals < 0) decimals = 0;
              // Whatever it is, it is not plain.
              else digits = MAX_EXACT_DIGITS + 1;
            }
            if (digits > 0 && digits <= MAX_EXACT_DIGITS) {
              if (decimals > 0) value /= POWERS_OF_TEN[decimals]!;
              addNumber(place, isNegative ? -value : value);
            } else if (from < at) addNumber(place, parseNumber(bytes, from, quoted ? close : at, comma));
          } else {
            while (at < end && bytes[at] !== delimiter) at++;
            const to = quoted ? close : at;
            if (from < to) addText(place, bytes, from, to);
          }
          if (at >= end) break;
          at++;
        }
      }
    },

    zones: () => ({ columns, blockRows: step, rows, numeric, numbers, keys }),
  };
}

/**
 * The first `most` rows in an order. `read` gives the rows of a block. Gives nothing where there are fewer rows with a
 * value, or too many blocks would have to be read to know.
 */
export async function topRowsFromZones(
  { columns, blockRows: step, rows, numeric, numbers, keys }: ZoneMap,
  { column, descending }: SortOrder,
  most: number,
  read: (block: number) => Promise<RowBytes>,
): Promise<Uint32Array | undefined> {
  const placeOf = (block: number): number => 2 * (columns * block + column);
  const sign = descending ? -1 : 1;
  const isNumber = numeric[column] === 1;
  const order = (a: Value, b: Value): number =>
    sign * (typeof a === 'number' || typeof b === 'number' ? Number(a) - Number(b) : compareBytes(a, b));
  /** What no row of a block comes before. */
  const boundOf = (block: number): Value => {
    const place = placeOf(block) + (descending ? 1 : 0);
    return isNumber ? (numbers[place] ?? 0) : keys.subarray(place * KEY_BYTES, place * KEY_BYTES + KEY_BYTES);
  };
  /** Whether no row of a block comes before a row: of texts only the keys are known. */
  const isBehind = (block: number, { row, value }: RowValue): boolean => {
    const difference = order(boundOf(block), typeof value === 'number' ? value : value.subarray(0, KEY_BYTES));
    if (difference !== 0) return difference > 0;
    return (typeof value === 'number' || value.length < KEY_BYTES) && block * step > row;
  };
  const found = (lines: RowBytes, block: number, last: RowValue | undefined): RowValue[] => {
    const { from, to } = cellSpans(lines, column);
    const comma = lines.dialect.delimiter !== 44;
    const values: RowValue[] = [];
    for (const [i, start] of from.entries()) {
      const end = to[i] ?? 0;
      if (start === end) continue;
      const value = isNumber
        ? parseNumber(lines.bytes, start, end, comma)
        : lines.bytes.subarray(start, end).map((byte) => FOLD[byte] ?? 0);
      if (Number.isNaN(value) || (last && order(value, last.value) > 0)) continue;
      values.push({ row: block * step + i, value });
    }
    return values;
  };

  const blocks: number[] = [];
  for (let block = 0; block * step < rows; block++) if (!Number.isNaN(numbers[placeOf(block)])) blocks.push(block);
  blocks.sort((a, b) => order(boundOf(a), boundOf(b)) || a - b);
  let best: RowValue[] = [];
  for (let i = 0; i < blocks.length; i += CONCURRENT_BLOCKS) {
    const last = best[most - 1];
    if (last && isBehind(blocks[i] ?? 0, last)) break;
    if (i >= MAX_BLOCKS_READ) return undefined;
    const group = blocks.slice(i, i + CONCURRENT_BLOCKS);
    const more = await Promise.all(group.map(async (block) => found(await read(block), block, last)));
    best = best
      .concat(...more)
      .sort((a, b) => order(a.value, b.value) || a.row - b.row)
      .slice(0, most);
  }
  return best.length === most ? Uint32Array.from(best, ({ row }) => row) : undefined;
}

/** A number, or the bytes of a text with capitals made small. */
type Value = number | Uint8Array;

interface RowValue {
  readonly row: number;
  readonly value: Value;
}

/** The order of two texts, byte by byte; a shorter one comes first. */
function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
