import { FOLD } from './search.ts';

/** Finds the first rows of an order while values come one after another, and keeps no others. */
export interface First<Value extends readonly unknown[]> {
  /** Takes the value of a row; rows come in their order. */
  add(row: number, ...value: Value): void;
  /** The first rows: as many as were asked for, or all that have a value. */
  rows(): Uint32Array;
}

/** The first `most` rows by numbers, NaN being none: as `numberOrder` has them. */
export function firstNumbers(descending: boolean, most: number): First<[value: number]> {
  const sign = descending ? -1 : 1;
  const best = bestOf<number>((a, b) => sign * (a - b), most);
  return {
    add(row, value) {
      if (!Number.isNaN(value) && !best.isBehind(value)) best.add(row, value);
    },
    rows: best.rows,
  };
}

/** The first `most` rows by texts, empty ones being none: as `textOrder` has them. */
export function firstTexts(descending: boolean, most: number): First<[bytes: Uint8Array, from: number, to: number]> {
  const sign = descending ? -1 : 1;
  const best = bestOf<Uint8Array>((a, b) => sign * orderOf(a, b), most);
  return {
    add(row, bytes, from, to) {
      if (from === to) return;
      const last = best.last();
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

function bestOf<Value>(
  order: (a: Value, b: Value) => number,
  most: number,
): {
  add(row: number, value: Value): void;
  /** The last one that counts, once there are enough. */
  last(): Value | undefined;
  /** Whether a value comes after that, or is equal: of equal ones the first are there already. */
  isBehind(value: Value): boolean;
  rows(): Uint32Array;
} {
  let found: { row: number; value: Value }[] = [];
  let bound: Value | undefined;
  const tidy = (): void => {
    found = found.sort((a, b) => order(a.value, b.value) || a.row - b.row).slice(0, most);
    bound = found[most - 1]?.value;
  };
  return {
    add(row, value) {
      found.push({ row, value });
      if (found.length >= 4 * most) tidy();
    },
    last: () => bound,
    isBehind: (value) => bound !== undefined && order(value, bound) >= 0,
    rows() {
      tidy();
      return Uint32Array.from(found, ({ row }) => row);
    },
  };
}

/** The order of two texts, byte by byte; a shorter one comes first. */
function orderOf(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) if (a[i] !== b[i]) return (a[i] ?? 0) - (b[i] ?? 0);
  return a.length - b.length;
}
