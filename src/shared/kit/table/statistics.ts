import { type CellFormat, numberText, PLAIN_FORMAT } from './cell-format.ts';
import type { ColumnEnds } from './exact-order.ts';
import type { NonNumbers } from './non-numbers.ts';

/** A statistical summary of a column. */
export interface Summary {
  readonly rows: number;
  /** Number of cells without a value. */
  readonly missing: number;
  /** The cells of a numeric column that are not in the range, by their text: `NaN`, `NA`, `Infinity`, `-Infinity`. */
  readonly named?: readonly CountedText[];
  /** Number of other cells of a numeric column that are not numbers. */
  readonly others?: number;
  /** For columns of numbers, dates and times. */
  readonly range?: {
    readonly least: string;
    readonly greatest: string;
    readonly mean?: string;
    /** A histogram: counts in equally wide bins from the least to the greatest value. */
    readonly bins: readonly number[];
  };
  /** For all other columns: number of distinct texts, and the most frequent ones. */
  readonly words?: {
    readonly distinct: number;
    /** There are more distinct texts than were counted. */
    readonly more: boolean;
    readonly top: readonly CountedText[];
  };
}

interface CountedText {
  readonly text: string;
  readonly count: number;
}

/** A downsampled column: least, greatest and mean value in each step along the x axis; NaN for a step without values. */
export interface Curve {
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly mean: Float64Array;
}

export interface Curves {
  /** The ends of the x axis, as text. */
  readonly from: string;
  readonly to: string;
  /** The range of all curves; `least > greatest` if there are no values. */
  readonly least: number;
  readonly greatest: number;
  /** The ends of this range as the file writes them. */
  readonly leastText: string;
  readonly greatestText: string;
  readonly curves: readonly Curve[];
}

const BINS = 24;
const CURVE_STEPS = 400;
const TOP_TEXTS = 6;
/** Distinct texts beyond this number are not counted. */
const MAX_DISTINCT_TEXTS = 10_000;
const MAX_TEXT_CHARACTERS = 60;

/**
 * Summarises a column of numbers.
 * @param numbers NaN for a cell that is not a number
 * @param nonNumbers the cells among the NaN that have text
 * @param means whether the mean is meaningful
 * @param ends the least and the greatest cell, if they are known as text
 */
export function summarizeNumbers(
  numbers: Float64Array,
  nonNumbers: NonNumbers,
  format: CellFormat,
  means: boolean,
  ends?: ColumnEnds,
): Summary {
  let [count, finite, infinite, sum] = [0, 0, 0, 0];
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of numbers) {
    if (Number.isNaN(value)) continue;
    count++;
    if (value === Number.POSITIVE_INFINITY) infinite++;
    if (!Number.isFinite(value)) continue;
    finite++;
    sum += value;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  const missing = numbers.length - count - nonNumbers.count;
  const { others } = nonNumbers;
  const named = [
    ...[...nonNumbers.markers].map(([text, many]) => ({ text, count: many })),
    { text: 'Infinity', count: infinite },
    { text: '-Infinity', count: count - finite - infinite },
  ].filter((one) => one.count > 0);
  const base = { rows: numbers.length, missing, ...(others > 0 && { others }), ...(named.length > 0 && { named }) };
  if (least > greatest) return base;
  const bins = Array.from({ length: least === greatest ? 1 : BINS }, () => 0);
  const scale = bins.length / (greatest - least || 1);
  for (const value of numbers) {
    if (!Number.isFinite(value)) continue;
    const bin = Math.min(bins.length - 1, Math.floor((value - least) * scale));
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  return {
    ...base,
    range: {
      least: ends?.least?.text.trim() ?? numberText(least, format),
      greatest: ends?.greatest?.text.trim() ?? numberText(greatest, format),
      ...(means && { mean: numberText(sum / finite, format.kind === 'custom' ? format : PLAIN_FORMAT) }),
      bins,
    },
  };
}

/** Counts distinct texts; null and the empty text are missing values. */
export function textCounter(): { add(word: string | null): void; summary(): Summary } {
  const counts = new Map<string, number>();
  let [rows, missing, more] = [0, 0, false];
  return {
    add(word) {
      rows++;
      if (word === null || word === '') {
        missing++;
        return;
      }
      const text = word.length > MAX_TEXT_CHARACTERS ? `${word.slice(0, MAX_TEXT_CHARACTERS)}…` : word;
      const seen = counts.get(text);
      if (seen !== undefined || counts.size < MAX_DISTINCT_TEXTS) counts.set(text, (seen ?? 0) + 1);
      else more = true;
    },
    summary() {
      const top = [...counts].sort((a, b) => b[1] - a[1]).slice(0, TOP_TEXTS);
      return {
        rows,
        missing,
        words: { distinct: counts.size, more, top: top.map(([text, count]) => ({ text, count })) },
      };
    },
  };
}

/** The numbers of a column, NaN for a cell without one, and its ends as the file writes them. */
export interface Series {
  readonly numbers: Float64Array;
  readonly ends?: Pick<ColumnEnds, 'least' | 'greatest'>;
}

/**
 * Downsamples columns (`ys`) over another column, or over the row number if `x` is undefined. Rows without a finite number
 * on either axis are left out.
 * @param format the format of `x`
 */
export function computeCurves(rows: number, x: Series | undefined, ys: readonly Series[], format: CellFormat): Curves {
  let [from, to] = x ? finiteRange(x.numbers) : [1, rows];
  if (from > to) [from, to] = [0, 1];
  const steps = Math.max(1, Math.min(CURVE_STEPS, rows));
  const scale = steps / (to - from || 1);
  const curves = ys.map(({ numbers: y }): Curve => {
    const low = new Float64Array(steps).fill(Number.NaN);
    const high = new Float64Array(steps).fill(Number.NaN);
    const sum = new Float64Array(steps);
    const count = new Uint32Array(steps);
    for (let row = 0; row < rows; row++) {
      const value = y[row] ?? Number.NaN;
      const at = x ? (x.numbers[row] ?? Number.NaN) : row + 1;
      if (!Number.isFinite(value) || !Number.isFinite(at)) continue;
      const step = Math.min(steps - 1, Math.floor((at - from) * scale));
      // NaN marks a step without values: comparisons with it are false, so the first value replaces it.
      if (!(low[step]! <= value)) low[step] = value;
      if (!(high[step]! >= value)) high[step] = value;
      sum[step]! += value;
      count[step]! += 1;
    }
    return { low, high, mean: sum.map((total, step) => total / (count[step] ?? 0)) };
  });
  const least = Math.min(...curves.map(({ low }) => finiteRange(low)[0]));
  const greatest = Math.max(...curves.map(({ high }) => finiteRange(high)[1]));
  return {
    from: endText(from, x ? [x] : [], format),
    to: endText(to, x ? [x] : [], format),
    least,
    greatest,
    leastText: endText(least, ys, PLAIN_FORMAT),
    greatestText: endText(greatest, ys, PLAIN_FORMAT),
    curves,
  };
}

/** The text of a number that is the end of one of some series. */
function endText(value: number, series: readonly Series[], format: CellFormat): string {
  const ends = series.flatMap(({ ends: one }) => [one?.least, one?.greatest]);
  return ends.find((end) => end?.value === value)?.text.trim() ?? numberText(value, format);
}

/** The least and the greatest finite number; Infinity and -Infinity if there is none. */
export function finiteRange(numbers: Float64Array): [number, number] {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of numbers) {
    if (!Number.isFinite(value)) continue;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  return [least, greatest];
}
