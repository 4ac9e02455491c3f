import { type CellFormat, numberText } from './cell-format.ts';

/** What a column holds, in a few numbers and words. */
export interface Summary {
  readonly rows: number;
  /** Cells without a value. */
  readonly missing: number;
  /** Cells of a column of numbers that are none. */
  readonly others?: number;
  /** Of a column of numbers, dates or the like. */
  readonly range?: {
    readonly least: string;
    readonly greatest: string;
    readonly mean?: string;
    /** How many fall into each of equally wide parts between the least and the greatest. */
    readonly bins: readonly number[];
  };
  /** Of a column of words: how many different ones, and the most frequent. */
  readonly words?: {
    readonly distinct: number;
    /** There are more than were counted. */
    readonly more: boolean;
    readonly top: readonly { readonly text: string; readonly count: number }[];
  };
}

/** A line through the values of a column: the mean and both ends in each of some hundred steps. */
export interface Curve {
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly mean: Float64Array;
}

export interface Curves {
  /** The ends of the axis below, in words. */
  readonly from: string;
  readonly to: string;
  /** The least and the greatest value; the wrong way round where there is none. */
  readonly least: number;
  readonly greatest: number;
  readonly curves: readonly Curve[];
}

const BINS = 24;
const CURVE_STEPS = 400;
const TOP_TEXTS = 6;
/** Different words that are counted; where there are more, the frequent ones among the first are told. */
const MAX_DISTINCT_TEXTS = 10_000;
const MAX_TEXT_CHARACTERS = 60;

/** Summary of numbers. NaN: no number; `others` of them are words. */
export function summarizeNumbers(numbers: Float64Array, others: number, format: CellFormat, means: boolean): Summary {
  let [count, finite, sum, least, greatest] = [0, 0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of numbers) {
    if (Number.isNaN(value)) continue;
    count++;
    if (!Number.isFinite(value)) continue;
    finite++;
    sum += value;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  const missing = numbers.length - count - others;
  const base = { rows: numbers.length, missing, ...(others > 0 && { others }) };
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
      least: numberText(least, format),
      greatest: numberText(greatest, format),
      ...(means && { mean: numberText(sum / finite, { kind: 'plain' }) }),
      bins,
    },
  };
}

/** Counts words as they come. */
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

/**
 * Curves of some columns (`ys`) over another, or over the number of the row where `x` is left out. What has no number
 * on either axis is left out. `format`: how to write numbers of `x`.
 */
export function computeCurves(
  rows: number,
  x: Float64Array | undefined,
  ys: readonly Float64Array[],
  format: CellFormat,
): Curves {
  let [from, to] = x ? finiteRange(x) : [1, rows];
  if (from > to) [from, to] = [0, 1];
  const steps = Math.max(1, Math.min(CURVE_STEPS, rows));
  const scale = steps / (to - from || 1);
  const curves = ys.map((y): Curve => {
    const low = new Float64Array(steps).fill(Number.NaN);
    const high = new Float64Array(steps).fill(Number.NaN);
    const sum = new Float64Array(steps);
    const count = new Uint32Array(steps);
    for (let row = 0; row < rows; row++) {
      const value = y[row] ?? Number.NaN;
      const at = x ? (x[row] ?? Number.NaN) : row + 1;
      if (!Number.isFinite(value) || !Number.isFinite(at)) continue;
      const step = Math.min(steps - 1, Math.floor((at - from) * scale));
      // Nothing is less or more than NaN, which stands there before the first.
      if (!(low[step]! <= value)) low[step] = value;
      if (!(high[step]! >= value)) high[step] = value;
      sum[step]! += value;
      count[step]! += 1;
    }
    return { low, high, mean: sum.map((total, step) => total / (count[step] ?? 0)) };
  });
  const least = Math.min(...curves.map(({ low }) => finiteRange(low)[0]));
  const greatest = Math.max(...curves.map(({ high }) => finiteRange(high)[1]));
  return { from: numberText(from, format), to: numberText(to, format), least, greatest, curves };
}

/** The least and the greatest finite number; the wrong way round where there is none. */
function finiteRange(numbers: Float64Array): [number, number] {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of numbers) {
    if (!Number.isFinite(value)) continue;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  return [least, greatest];
}
