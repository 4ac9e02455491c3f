import type { Column } from '../../../shared/kit/table/cell-format.ts';
import type { ColumnSource } from '../../../shared/kit/table/column-source.ts';

/** Cells that are held in memory of a table that can only be read sequentially. */
const MAX_CELLS = 30_000_000;

/** Collects rows in memory as a column source, up to `cells` cells; further rows are dropped, and `hasMore` is set. */
export function inMemoryColumns(
  columns: readonly Column[],
  cells: number = MAX_CELLS,
): {
  /** Adds a row; false if it was dropped. */
  add(values: readonly unknown[]): boolean;
  source(): ColumnSource;
} {
  const columnValues: unknown[][] = columns.map(() => []);
  let rows = 0;
  let more = false;
  const most = Math.floor(cells / Math.max(1, columns.length));
  return {
    add(values) {
      more ||= rows === most;
      if (more) return false;
      for (const [i, column] of columnValues.entries()) column.push(values[i] ?? null);
      rows++;
      return true;
    },
    source: () => ({
      rows,
      hasMore: more,
      columns,
      blocks: [0],
      read: async (column, from, to) => {
        const all = columnValues[column] ?? [];
        return from === 0 && to === all.length ? all : all.slice(from, to);
      },
    }),
  };
}
