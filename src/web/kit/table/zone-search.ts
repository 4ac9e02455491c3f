import type { RowBytes } from '../../../shared/kit/table/delimited-text.ts';
import { compareNumberTexts, MAX_EXACT_DIGITS, plainNumber } from '../../../shared/kit/table/exact-order.ts';
import { FOLD } from '../../../shared/kit/table/search.ts';
import { cellSpans, parseNumber } from '../../../shared/kit/table/sort.ts';
import type { SortOrder } from '../../../shared/kit/table/table-view.ts';
import { KEY_BYTES, type ZoneMap } from './zone-maps.ts';

/** Blocks that are read at a time, and the number of blocks after which the search gives up. */
const CONCURRENT_BLOCKS = 16;
const MAX_BLOCKS_READ = 2048;

const decoder = new TextDecoder();

/**
 * Finds the first `limit` rows of a sort order with the zone map.
 * @param read reads the rows of a block
 * @returns undefined if fewer rows have a value, or if too many blocks would have to be read
 */
export async function topRowsFromZones(
  { columns, blockRows: step, rows, numeric, hasLong, numbers, keys }: ZoneMap,
  { column, descending }: SortOrder,
  limit: number,
  read: (block: number) => Promise<RowBytes>,
): Promise<Uint32Array | undefined> {
  const placeOf = (block: number): number => 2 * (columns * block + column);
  const sign = descending ? -1 : 1;
  const isNumber = numeric[column] === 1;
  const order = (a: Value, b: Value): number =>
    sign * (typeof a === 'number' || typeof b === 'number' ? Number(a) - Number(b) : compareBytes(a, b));
  /** A lower bound of the values in a block, in sort order. */
  const boundOf = (block: number): Value => {
    const place = placeOf(block) + (descending ? 1 : 0);
    return isNumber ? (numbers[place] ?? 0) : keys.subarray(place * KEY_BYTES, place * KEY_BYTES + KEY_BYTES);
  };
  /** Whether no row of a block can come before a row. Of texts, only the first bytes are known. */
  const isBehind = (block: number, { row, value }: RowValue): boolean => {
    const difference = order(boundOf(block), typeof value === 'number' ? value : value.subarray(0, KEY_BYTES));
    if (difference !== 0) return difference > 0;
    // Equal floating-point numbers may have different digits.
    if (hasLong[column] === 1) return false;
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
      const text =
        hasLong[column] === 1 ? plainNumber(decoder.decode(lines.bytes.subarray(start, end)), comma) : undefined;
      values.push({ row: block * step + i, value, text });
    }
    return values;
  };

  const compareDigits = (a: RowValue, b: RowValue): number => {
    if (a.text === undefined || b.text === undefined) return 0;
    if (a.text.length <= MAX_EXACT_DIGITS && b.text.length <= MAX_EXACT_DIGITS) return 0;
    return compareNumberTexts(a.text, b.text, false);
  };

  const blocks: number[] = [];
  for (let block = 0; block * step < rows; block++) if (!Number.isNaN(numbers[placeOf(block)])) blocks.push(block);
  blocks.sort((a, b) => order(boundOf(a), boundOf(b)) || a - b);
  let best: RowValue[] = [];
  for (let i = 0; i < blocks.length; i += CONCURRENT_BLOCKS) {
    const last = best[limit - 1];
    if (last && isBehind(blocks[i] ?? 0, last)) break;
    if (i >= MAX_BLOCKS_READ) return undefined;
    const group = blocks.slice(i, i + CONCURRENT_BLOCKS);
    const more = await Promise.all(group.map(async (block) => found(await read(block), block, last)));
    best = best
      .concat(...more)
      .sort((a, b) => order(a.value, b.value) || sign * compareDigits(a, b) || a.row - b.row)
      .slice(0, limit);
  }
  return best.length === limit ? Uint32Array.from(best, ({ row }) => row) : undefined;
}

/** A number, or the bytes of a text with capitals as small letters. */
type Value = number | Uint8Array;

interface RowValue {
  readonly row: number;
  readonly value: Value;
  /** The digits of the number, in a column with numbers that floating point does not hold. */
  readonly text: string | undefined;
}

/** Compares byte by byte; missing bytes count as 0. */
function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
