/**
 * Exact order of numbers that floating point rounds: 64-bit integers, decimals. Columns are sorted by their rounded
 * numbers first, which is fast; only rows whose rounded numbers are equal are compared by their exact values.
 */

import type { Column } from './cell-format.ts';

/** The magnitude from which the numbers of a column may be rounded. */
export function roundingLimit({ type, format }: Column): number {
  if (format.kind === 'decimal') return 1e15 / 10 ** format.scale;
  const isInteger = type === 'integer' || format.kind === 'moment' || format.kind === 'clock';
  return isInteger ? 2 ** 53 : Infinity;
}

/** A range of positions in a sort order. */
interface Run {
  readonly begin: number;
  readonly end: number;
}

/**
 * The runs of rows in a sort order whose numbers are equal and may be rounded.
 * @param isRounded whether the number of a row may differ from its exact value
 */
export function tiedRuns(
  order: Uint32Array,
  numbers: Float64Array,
  isRounded: (row: number, value: number) => boolean,
): Run[] {
  const runs: Run[] = [];
  for (let begin = 0; begin < order.length; ) {
    const value = numbers[order[begin]!]!;
    let end = begin + 1;
    let hasRounded = false;
    for (; end < order.length && numbers[order[end]!] === value; end++) hasRounded ||= isRounded(order[end]!, value);
    if (end - begin > 1 && (hasRounded || isRounded(order[begin]!, value))) runs.push({ begin, end });
    begin = end;
  }
  return runs;
}

/** Sorts runs of a sort order in place by exact values; rows with equal ones stay in the order of the file. */
export function sortRuns(
  order: Uint32Array,
  runs: readonly Run[],
  compare: (rowA: number, rowB: number) => number,
  descending: boolean,
): void {
  const sign = descending ? -1 : 1;
  for (const { begin, end } of runs) order.subarray(begin, end).sort((a, b) => sign * compare(a, b) || a - b);
}

/** Texts of at most this many characters are numbers that floating point holds. */
export const MAX_EXACT_DIGITS = 15;

/**
 * Compares two numbers as they are written in delimited text, digit by digit.
 * @param hasComma whether commas are decimal commas, else thousands separators
 */
export function compareNumberTexts(a: string, b: string, hasComma: boolean): number {
  if (a === b) return 0;
  const [x, y] = [exactNumber(a, hasComma), exactNumber(b, hasComma)];
  if (!x || !y) return 0;
  const scale = Math.max(x.scale, y.scale);
  const difference = x.digits * 10n ** BigInt(scale - x.scale) - y.digits * 10n ** BigInt(scale - y.scale);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** The largest exponent of a number that is compared exactly. */
const MAX_EXPONENT = 2000;

/** A number as an integer divided by ten to the power of `scale`; undefined if it is none, or has a huge exponent. */
function exactNumber(text: string, hasComma: boolean): { digits: bigint; scale: number } | undefined {
  const match = /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(plainNumber(text, hasComma));
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match ?? [];
  if (whole + fraction === '' || Math.abs(Number(exponent)) > MAX_EXPONENT) return undefined;
  const scale = fraction.length - Number(exponent);
  const digits = BigInt(`${whole}${fraction}${'0'.repeat(Math.max(0, -scale))}`);
  return { digits: sign === '-' ? -digits : digits, scale: Math.max(0, scale) };
}

/** A number without thousands separators, with a decimal point. */
export function plainNumber(text: string, hasComma: boolean): string {
  const trimmed = text.trim();
  if (hasComma && trimmed.includes(',')) return trimmed.replaceAll('.', '').replace(',', '.');
  return trimmed.replaceAll(',', '');
}

/** A finite number, and how it is written. */
export interface WrittenNumber {
  readonly value: number;
  readonly text: string;
}

/** The least and the greatest number of a column of text, as they are written. */
export class ColumnEnds {
  readonly #hasComma: boolean;
  least: WrittenNumber | undefined;
  greatest: WrittenNumber | undefined;

  constructor(hasComma: boolean) {
    this.#hasComma = hasComma;
  }

  add(number: WrittenNumber): void {
    if (!this.least || this.#compare(number, this.least) < 0) this.least = number;
    if (!this.greatest || this.#compare(number, this.greatest) > 0) this.greatest = number;
  }

  /** Adds the ends of other rows. */
  merge({ least, greatest }: ColumnEnds): void {
    for (const end of [least, greatest]) if (end) this.add(end);
  }

  #compare(a: WrittenNumber, b: WrittenNumber): number {
    return a.value - b.value || compareNumberTexts(a.text, b.text, this.#hasComma);
  }
}

/** The exact value of some rows, in three floating-point numbers each: enough for 38 digits. */
export class ExactValues {
  readonly #indexOfRow: Map<number, number>;
  readonly #parts: Float64Array;

  constructor(rows: Iterable<number>) {
    this.#indexOfRow = new Map([...rows].map((row, index) => [row, index]));
    this.#parts = new Float64Array(3 * this.#indexOfRow.size);
  }

  /** Sets the value of a row, if it is one of the rows. */
  set(row: number, value: number | bigint): void {
    const index = this.#indexOfRow.get(row);
    if (index === undefined) return;
    let rest = BigInt(value);
    for (let i = 0; i < 3; i++) {
      const part = Number(rest);
      this.#parts[3 * index + i] = part;
      rest -= BigInt(part);
    }
  }

  compare(rowA: number, rowB: number): number {
    const [a, b] = [this.#indexOfRow.get(rowA) ?? 0, this.#indexOfRow.get(rowB) ?? 0];
    for (let i = 0; i < 3; i++) {
      const difference = this.#parts[3 * a + i]! - this.#parts[3 * b + i]!;
      if (difference !== 0) return difference;
    }
    return 0;
  }
}
