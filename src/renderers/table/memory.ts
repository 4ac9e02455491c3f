import type { ColumnSource } from './columnar.ts';
import type { Column } from './values.ts';

/** Cells that a page keeps of a table that it has to read from its beginning. */
const MAX_CELLS = 30_000_000;

/** A table that is kept as a whole. Takes the rows as they come, until there are too many. */
export function memorySource(columns: readonly Column[]): {
  /** Takes a row; says whether there is room for another. */
  add(values: readonly unknown[]): boolean;
  source(): ColumnSource;
} {
  const kept: unknown[][] = columns.map(() => []);
  let rows = 0;
  const most = Math.floor(MAX_CELLS / Math.max(1, columns.length));
  return {
    add(values) {
      for (const [i, column] of kept.entries()) column.push(values[i] ?? null);
      rows++;
      return rows < most;
    },
    source: () => ({
      rows,
      columns,
      blocks: [0],
      read: async (column, from, to) => {
        const all = kept[column] ?? [];
        return from === 0 && to === all.length ? all : all.slice(from, to);
      },
    }),
  };
}
