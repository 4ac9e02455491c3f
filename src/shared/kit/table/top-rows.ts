import { forEachConcurrently } from './concurrency.ts';
import { FOLD } from './search.ts';

/** Selects the first rows of a sort order from a stream of values, with memory for these rows only. */
export interface TopRows<Value extends readonly unknown[]> {
  /** Adds the value of a row. */
  add(row: number, ...value: Value): void;
  /** The selected rows in order; fewer than requested if fewer rows have a value. */
  rows(): Uint32Array;
}

/** Selects the first `limit` rows by number, in the order of `numberOrder`. NaN is a missing value. */
export function topNumbers(
  descending: boolean,
  most: number,
): TopRows<[value: number]> & {
  /** Adds the values of consecutive rows from `row` on. */
  addAll(row: number, values: Float64Array): void;
  /** Whether no row from `row` on with `value`, or a value after it, can be selected. */
  isOutside(row: number, value: number): boolean;
  /** The largest magnitude of the selected numbers; 0 without any. */
  magnitude(): number;
} {
  const sign = descending ? -1 : 1;
  const best = boundedSelection<number>((a, b) => sign * (a - b), most);
  const add = (row: number, value: number): void => {
    if (!Number.isNaN(value) && !best.isOutside(row, value)) best.add(row, value);
  };
  return {
    add,
    addAll(row, values) {
      const none = descending ? -Infinity : Infinity;
      let last = best.last()?.value ?? none;
      for (let i = 0; i < values.length; i++) {
        const value = values[i]!;
        // Fast path: most values come after the last selected one.
        if (descending ? value < last : value > last) continue;
        add(row + i, value);
        last = best.last()?.value ?? none;
      }
    },
    rows: best.rows,
    magnitude: () => best.values().reduce((most, value) => Math.max(most, Math.abs(value)), 0),
    isOutside(row, value) {
      best.rows();
      return best.isOutside(row, value);
    },
  };
}

/** Row groups that are read at a time. */
const CONCURRENT_READS = 6;

/** Receives the numbers of consecutive rows from `row` on; NaN is a missing value. The array is reused afterwards. */
export type OnNumbers = (numbers: Float64Array, row: number) => void;

/** Consecutive rows of a table, with the range of their numbers if known. */
interface RowGroup {
  readonly from: number;
  readonly to: number;
  readonly bounds: readonly [least: number, greatest: number] | undefined;
}

/**
 * Selects the first `limit` rows by number, reading as few row groups as possible: groups are read in the order of their
 * bounds, and groups whose bounds exclude them are skipped.
 * @returns the rows, and the largest magnitude of their numbers
 */
export async function topOfGroups(
  parts: readonly RowGroup[],
  descending: boolean,
  most: number,
  read: (part: RowGroup, take: OnNumbers) => Promise<void>,
): Promise<{ readonly rows: Uint32Array; readonly magnitude: number }> {
  const first = topNumbers(descending, most);
  const bestOf = ({ bounds }: RowGroup): number => bounds?.[descending ? 1 : 0] ?? (descending ? Infinity : -Infinity);
  const sign = descending ? -1 : 1;
  const ranked = [...parts].sort((a, b) => sign * (bestOf(a) - bestOf(b)) || a.from - b.from);
  const take = async (part: RowGroup): Promise<void> => {
    if (!first.isOutside(part.from, bestOf(part))) await read(part, (numbers, row) => first.addAll(row, numbers));
  };
  const [best, second] = ranked;
  const worst = best?.bounds?.[descending ? 0 : 1];
  // If no other group overlaps the best one, read it alone first: it may be sufficient.
  if (best && second && worst !== undefined && sign * (bestOf(second) - worst) >= 0) await take(ranked.shift()!);
  await forEachConcurrently(ranked, CONCURRENT_READS, take);
  return { rows: first.rows(), magnitude: first.magnitude() };
}

/** Selects the first `limit` rows by text, in the order of `textOrder`. Rows must be added in ascending order. */
export function topTexts(descending: boolean, most: number): TopRows<[bytes: Uint8Array, from: number, to: number]> {
  const sign = descending ? -1 : 1;
  const best = boundedSelection<Uint8Array>((a, b) => sign * compareBytes(a, b), most);
  return {
    add(row, bytes, from, to) {
      if (from === to) return;
      const last = best.last()?.value;
      if (last) {
        // Fast path: one of the first bytes shows that most texts come after the last selected one.
        let i = 0;
        while (from + i < to && i < last.length && FOLD[bytes[from + i]!] === last[i]) i++;
        const byte = from + i < to ? FOLD[bytes[from + i]!]! + 1 : 0;
        if (sign * (byte - (i < last.length ? last[i]! + 1 : 0)) >= 0) return;
      }
      best.add(
        row,
        bytes.slice(from, to).map((byte) => FOLD[byte] ?? 0),
      );
    },
    rows: best.rows,
  };
}

function boundedSelection<Value>(
  order: (a: Value, b: Value) => number,
  most: number,
): {
  add(row: number, value: Value): void;
  /** The last selected row; undefined while there are fewer than `limit`. */
  last(): RowValue<Value> | undefined;
  /** Whether a row with a value comes after the last selected one. */
  isOutside(row: number, value: Value): boolean;
  rows(): Uint32Array;
  /** The values of the selected rows, in order. */
  values(): Value[];
} {
  let found: RowValue<Value>[] = [];
  let bound: RowValue<Value> | undefined;
  const tidy = (): void => {
    found = found.sort((a, b) => order(a.value, b.value) || a.row - b.row).slice(0, most);
    bound = found[most - 1];
  };
  return {
    add(row, value) {
      found.push({ row, value });
      if (found.length >= 4 * most) tidy();
    },
    last: () => bound,
    isOutside(row, value) {
      if (bound === undefined) return false;
      const side = order(value, bound.value);
      return side > 0 || (side === 0 && row > bound.row);
    },
    rows() {
      tidy();
      return Uint32Array.from(found, ({ row }) => row);
    },
    values() {
      tidy();
      return found.map(({ value }) => value);
    },
  };
}

interface RowValue<Value> {
  readonly row: number;
  readonly value: Value;
}

/** Compares byte by byte; a prefix comes first. */
function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) if (a[i] !== b[i]) return (a[i] ?? 0) - (b[i] ?? 0);
  return a.length - b.length;
}
