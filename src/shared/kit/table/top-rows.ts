import { forEachConcurrently } from './concurrency.ts';
import { FOLD } from './search.ts';

/** Finds the first rows of an order while values come one after another, and keeps no others. */
export interface TopRows<Value extends readonly unknown[]> {
  /** Takes the value of a row. */
  add(row: number, ...value: Value): void;
  /** The first rows: as many as were asked for, or all that have a value. */
  rows(): Uint32Array;
}

/** The first `most` rows by numbers, NaN being none: as `numberOrder` has them. */
export function topNumbers(
  descending: boolean,
  most: number,
): TopRows<[value: number]> & {
  /** Takes the values of rows that follow one another. */
  addAll(row: number, values: Float64Array): void;
  /** Whether no row from this one on can be among them whose value is this, or further back. */
  isOutside(row: number, value: number): boolean;
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
        // Most are behind the last one that counts.
        if (descending ? value < last : value > last) continue;
        add(row + i, value);
        last = best.last()?.value ?? none;
      }
    },
    rows: best.rows,
    isOutside(row, value) {
      best.rows();
      return best.isOutside(row, value);
    },
  };
}

/** Parts that are read at a time: some are on their way while one is looked at. */
const CONCURRENT_READS = 6;

/** Takes the numbers of rows that follow one another from a row on; NaN is none. They are good until the next come. */
export type OnNumbers = (numbers: Float64Array, row: number) => void;

/** Rows of a table, and the least and the greatest of their numbers where these are known. */
interface RowGroup {
  readonly from: number;
  readonly to: number;
  readonly bounds: readonly [least: number, greatest: number] | undefined;
}

/**
 * The first `most` rows by numbers that `read` gives of one part after another. The part with the best one comes first,
 * and those that cannot have one of them are not read.
 */
export async function topOfGroups(
  parts: readonly RowGroup[],
  descending: boolean,
  most: number,
  read: (part: RowGroup, take: OnNumbers) => Promise<void>,
): Promise<Uint32Array> {
  const first = topNumbers(descending, most);
  const bestOf = ({ bounds }: RowGroup): number => bounds?.[descending ? 1 : 0] ?? (descending ? Infinity : -Infinity);
  const sign = descending ? -1 : 1;
  const ranked = [...parts].sort((a, b) => sign * (bestOf(a) - bestOf(b)) || a.from - b.from);
  const take = async (part: RowGroup): Promise<void> => {
    if (!first.isOutside(part.from, bestOf(part))) await read(part, (numbers, row) => first.addAll(row, numbers));
  };
  const [best, second] = ranked;
  const worst = best?.bounds?.[descending ? 0 : 1];
  // Where none of the others begins before the first one ends, it may be that no other has to be read.
  if (best && second && worst !== undefined && sign * (bestOf(second) - worst) >= 0) await take(ranked.shift()!);
  await forEachConcurrently(ranked, CONCURRENT_READS, take);
  return first.rows();
}

/** The first `most` rows by texts, empty ones being none: as `textOrder` has them. Rows have to come in their order. */
export function topTexts(descending: boolean, most: number): TopRows<[bytes: Uint8Array, from: number, to: number]> {
  const sign = descending ? -1 : 1;
  const best = boundedSelection<Uint8Array>((a, b) => sign * compareBytes(a, b), most);
  return {
    add(row, bytes, from, to) {
      if (from === to) return;
      const last = best.last()?.value;
      if (last) {
        // Most are behind the last by one of their first bytes.
        let i = 0;
        while (from + i < to && i < last.length && FOLD[bytes[from + i]!] === last[i]) i++;
        const left = from + i < to ? FOLD[bytes[from + i]!]! + 1 : 0;
        if (sign * (left - (i < last.length ? last[i]! + 1 : 0)) >= 0) return;
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
  /** The last one that counts, once there are enough. */
  last(): RowValue<Value> | undefined;
  /** Whether a row with a value comes after that. */
  isOutside(row: number, value: Value): boolean;
  rows(): Uint32Array;
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
  };
}

interface RowValue<Value> {
  readonly row: number;
  readonly value: Value;
}

/** The order of two texts, byte by byte; a shorter one comes first. */
function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) if (a[i] !== b[i]) return (a[i] ?? 0) - (b[i] ?? 0);
  return a.length - b.length;
}
