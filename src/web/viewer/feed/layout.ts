/** The positions of the rows of a long list, from measured or assumed heights: pixels from the top of the list. */
export interface Layout {
  readonly rows: readonly number[];
  /** The height of all rows together. */
  readonly total: number;
  /** Sets the rows, by their numbers, ascending. Heights are remembered by number. */
  setRows(rows: readonly number[]): void;
  /** Sets the measured height of row `n`. Returns whether it has changed. */
  setHeight(n: number, height: number): boolean;
  /** Forgets all heights. */
  clear(): void;
  /** The index of row `n`, or of the first one after it; `rows.length` after the last. */
  indexOf(n: number): number;
  /** The top of the row with this index; of `rows.length`, the end of the list. */
  top(index: number): number;
  /** The index of the row at `y`, or of the nearest one if `y` is outside. -1 if there are no rows. */
  indexAt(y: number): number;
}

/** @param assumed the height of rows that were never measured */
export function createLayout(assumed: number): Layout {
  const heights: number[] = [];
  let rows: readonly number[] = [];
  let tops: Float64Array = new Float64Array(1);
  /** `tops` is valid up to and including this index. */
  let lastValid = 0;

  const compute = (index: number): void => {
    for (; lastValid < index; lastValid += 1)
      tops[lastValid + 1] = tops[lastValid]! + (heights[rows[lastValid]!] ?? assumed);
  };
  const top = (index: number): number => {
    const bounded = Math.max(0, Math.min(index, rows.length));
    compute(bounded);
    return tops[bounded]!;
  };
  /** Binary search: the first index for which `test` is true. */
  const findFirst = (test: (index: number) => boolean): number => {
    let low = 0;
    let high = rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (test(middle)) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  const indexOf = (n: number): number => findFirst((index) => rows[index]! >= n);

  return {
    get rows() {
      return rows;
    },
    get total() {
      return top(rows.length);
    },
    setRows(next) {
      // If rows are only added at the end, as usual, the tops stay valid.
      const isExtended = next.length >= rows.length && rows.every((n, index) => next[index] === n);
      const previous = tops;
      if (next.length + 1 > tops.length) tops = new Float64Array(Math.max(64, (next.length + 1) * 2));
      if (isExtended) tops.set(previous.subarray(0, lastValid + 1));
      else lastValid = 0;
      rows = next;
    },
    setHeight(n, height) {
      if ((heights[n] ?? assumed) === height) return false;
      heights[n] = height;
      lastValid = Math.min(lastValid, indexOf(n));
      return true;
    },
    clear() {
      heights.length = 0;
      lastValid = 0;
    },
    indexOf,
    top,
    indexAt(y) {
      compute(rows.length);
      return Math.max(
        Math.min(0, rows.length - 1),
        Math.min(
          rows.length - 1,
          findFirst((index) => tops[index + 1]! > y),
        ),
      );
    },
  };
}

/** A row that does not move while heights change: the top of row `n` is `offset` pixels below the top of the window. */
export interface Anchor {
  readonly n: number;
  readonly offset: number;
}

/**
 * The anchor for a window that shows `y` to `y + height`: the first row whose top is in sight, so that a row above it
 * grows upwards; else the row that fills the window.
 */
export function anchorAt(layout: Layout, y: number, height: number): Anchor | undefined {
  let index = layout.indexAt(y);
  if (index < 0) return undefined;
  if (layout.top(index) < y - 1 && index + 1 < layout.rows.length && layout.top(index + 1) < y + height) index += 1;
  return { n: layout.rows[index]!, offset: layout.top(index) - y };
}

/**
 * The rows of `numbers` that are in the layout and at most `margin` away from `view`: those in sight first, then by
 * distance. Of rows at the same distance the last comes first if `lastFirst`.
 */
export function nearest(
  layout: Layout,
  numbers: Iterable<number>,
  view: { readonly y: number; readonly height: number },
  margin: number,
  lastFirst: boolean,
): number[] {
  const rows: { readonly n: number; readonly distance: number }[] = [];
  for (const n of numbers) {
    const index = layout.indexOf(n);
    if (layout.rows[index] !== n) continue;
    const distance = Math.max(layout.top(index) - (view.y + view.height), view.y - layout.top(index + 1), 0);
    if (distance <= margin) rows.push({ n, distance });
  }
  rows.sort((a, b) => a.distance - b.distance || (lastFirst ? b.n - a.n : a.n - b.n));
  return rows.map(({ n }) => n);
}
