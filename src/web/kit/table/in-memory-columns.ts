import type { Column } from '../../../shared/kit/table/cell-format.ts';
import type { ColumnSource } from '../../../shared/kit/table/columnar.ts';

/** Cells that a page keeps of a table that it has to read from its beginning. */
const MAX_CELLS = 30_000_000;

/** A table that is kept as a whole. Takes the rows as they come, until they have so many `cells`: then it has `more`. */
export function inMemoryColumns(
  columns: readonly Column[],
  cells: number = MAX_CELLS,
): {
  /** Takes a row; says whether it had room for it. */
  add(values: readonly unknown[]): boolean;
  source(): ColumnSource;
} {
  const kept: unknown[][] = columns.map(() => []);
  let rows = 0;
  let more = false;
  const most = Math.floor(cells / Math.max(1, columns.length));
  return {
    add(values) {
      more ||= rows === most;
      if (more) return false;
      for (const [i, column] of kept.entries()) column.push(values[i] ?? null);
      rows++;
      return true;
    },
    source: () => ({
      rows,
      hasMore: more,
      columns,
      blocks: [0],
      read: async (column, from, to) => {
        const all = kept[column] ?? [];
        return from === 0 && to === all.length ? all : all.slice(from, to);
      },
    }),
  };
}
