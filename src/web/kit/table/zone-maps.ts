import type { RowBytes } from '../../../shared/kit/table/delimited-text.ts';
import { MAX_EXACT_DIGITS } from '../../../shared/kit/table/exact-order.ts';
import { type ColumnType, isNumeric } from '../../../shared/kit/table/infer-schema.ts';
import { FOLD } from '../../../shared/kit/table/search.ts';
import { closingQuote, POWERS_OF_TEN, parseNumber } from '../../../shared/kit/table/sort.ts';
import { grow } from '../../../shared/kit/table/typed-arrays.ts';

/**
 * A zone map: the least and the greatest value of each column in each block of rows. It tells which few blocks can
 * contain the first rows of a sort order, so that these are found without reading the whole table again.
 */
export interface ZoneMap {
  readonly columns: number;
  /** Rows of a block. */
  readonly blockRows: number;
  /** Rows of the table. */
  readonly rows: number;
  /** By column: 1 if it is numeric. */
  readonly numeric: Uint8Array;
  /** By column: 1 if it has numbers with more digits than floating point holds. */
  readonly hasLong: Uint8Array;
  /**
   * Two for each block and column, least and greatest: NaN if the block has no value in the column, 0 for texts.
   */
  readonly numbers: Float64Array;
  /** The same for texts: their first `KEY_BYTES` bytes, with capitals as small letters. */
  readonly keys: Uint8Array;
}

/** Bytes of a text that are recorded: enough for a date with a time. */
export const KEY_BYTES = 24;
/** Builds a zone map for blocks of `blockRows` rows from batches of consecutive rows. */
export function zoneMapBuilder(
  columns: number,
  types: readonly ColumnType[],
  step: number,
): { add(lines: RowBytes): void; zones(): ZoneMap } {
  const numeric = Uint8Array.from({ length: columns }, (_, column) => (isNumeric(types[column]) ? 1 : 0));
  const hasLong = new Uint8Array(columns);
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
    // NaN marks a block without values: comparisons with it are false, so the first value replaces it.
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
    // One pass compares with both bounds: most texts lie between them.
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
      // Finds cells as `cellSpans` does, and parses plain numbers in the same loop, which dominates the time to open a
      // large file.
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
              // Not a plain number: left to `parseNumber`.
              else digits = MAX_EXACT_DIGITS + 1;
            }
            if (digits > 0 && digits <= MAX_EXACT_DIGITS) {
              if (decimals > 0) value /= POWERS_OF_TEN[decimals]!;
              addNumber(place, isNegative ? -value : value);
            } else if (from < at) {
              const to = quoted ? close : at;
              if (to - from > MAX_EXACT_DIGITS) hasLong[column] = 1;
              addNumber(place, parseNumber(bytes, from, to, comma));
            }
          } else {
            while (at < end && bytes[at] !== delimiter) at++;
            // Quotes that do not enclose the whole cell are part of its text.
            const isEnclosed = quoted && at <= close + 1;
            const [textStart, textEnd] = [quoted && !isEnclosed ? from - 1 : from, isEnclosed ? close : at];
            if (textStart < textEnd) addText(place, bytes, textStart, textEnd);
          }
          if (at >= end) break;
          at++;
        }
      }
    },

    zones: () => ({ columns, blockRows: step, rows, numeric, hasLong, numbers, keys }),
  };
}
