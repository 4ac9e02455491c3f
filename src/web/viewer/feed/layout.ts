/** Where the rows of a long list are: their offsets, from heights measured or supposed. Pixels, from the list's top. */
export interface Layout {
  readonly rows: readonly number[];
  /** The height of all rows together. */
  readonly total: number;
  /** Takes the numbers of the rows to show, ascending. Heights are remembered by number. */
  setRows(rows: readonly number[]): void;
  /** Takes the measured height of row `n`; says whether it is another than before. */
  setHeight(n: number, height: number): boolean;
  /** Forgets all heights. */
  clear(): void;
  /** The index of row `n`, or of the first one after it; `rows.length` behind the last. */
  indexOf(n: number): number;
  /** The top of the row with this index; for `rows.length`, the end. */
  top(index: number): number;
  /** The index of the row that contains `y` (the first or last one outside). -1 if there are no rows. */
  indexAt(y: number): number;
}

/** @param supposed the height of rows that were never measured */
export function createLayout(supposed: number): Layout {
  const heights: number[] = [];
  let rows: readonly number[] = [];
  let tops: Float64Array = new Float64Array(1);
  /** Offsets up to and with this index are right. */
  let valid = 0;

  const settle = (index: number): void => {
    for (; valid < index; valid += 1) tops[valid + 1] = tops[valid]! + (heights[rows[valid]!] ?? supposed);
  };
  const top = (index: number): number => {
    const bounded = Math.max(0, Math.min(index, rows.length));
    settle(bounded);
    return tops[bounded]!;
  };
  /** The first index for which `test` holds; `test` is false, then true. */
  const first = (test: (index: number) => boolean): number => {
    let low = 0;
    let high = rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (test(middle)) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  const indexOf = (n: number): number => first((index) => rows[index]! >= n);

  return {
    get rows() {
      return rows;
    },
    get total() {
      return top(rows.length);
    },
    setRows(next) {
      // The common case, one more at the end, keeps the offsets that are known.
      const same = next.length >= rows.length && rows.every((n, index) => next[index] === n);
      const previous = tops;
      if (next.length + 1 > tops.length) tops = new Float64Array(Math.max(64, (next.length + 1) * 2));
      if (same) tops.set(previous.subarray(0, valid + 1));
      else valid = 0;
      rows = next;
    },
    setHeight(n, height) {
      if ((heights[n] ?? supposed) === height) return false;
      heights[n] = height;
      valid = Math.min(valid, indexOf(n));
      return true;
    },
    clear() {
      heights.length = 0;
      valid = 0;
    },
    indexOf,
    top,
    indexAt(y) {
      settle(rows.length);
      return Math.max(
        Math.min(0, rows.length - 1),
        Math.min(
          rows.length - 1,
          first((index) => tops[index + 1]! > y),
        ),
      );
    },
  };
}

/** What stays where it is on the screen while heights change: row `n`, whose top is `offset` below the window's. */
export interface Anchor {
  readonly n: number;
  readonly offset: number;
}

/**
 * The row to hold on to when the window shows `y` to `y + height`: the first one whose top is in sight, so that a row
 * that reaches in from above grows upwards; else the one that fills the window.
 */
export function anchorAt(layout: Layout, y: number, height: number): Anchor | undefined {
  let index = layout.indexAt(y);
  if (index < 0) return undefined;
  if (layout.top(index) < y - 1 && index + 1 < layout.rows.length && layout.top(index + 1) < y + height) index += 1;
  return { n: layout.rows[index]!, offset: layout.top(index) - y };
}

/**
 * The rows of `among` that are listed and at most `margin` away from what the window shows (`y` to `y + height`): those
 * in sight first, then by distance; of equal ones the last first, if the reader is at the end.
 */
export function nearest(
  layout: Layout,
  among: Iterable<number>,
  view: { readonly y: number; readonly height: number },
  margin: number,
  lastFirst: boolean,
): number[] {
  const near: { readonly n: number; readonly away: number }[] = [];
  for (const n of among) {
    const index = layout.indexOf(n);
    if (layout.rows[index] !== n) continue;
    const away = Math.max(layout.top(index) - (view.y + view.height), view.y - layout.top(index + 1), 0);
    if (away <= margin) near.push({ n, away });
  }
  near.sort((a, b) => a.away - b.away || (lastFirst ? b.n - a.n : a.n - b.n));
  return near.map(({ n }) => n);
}
