import { type AsyncBuffer, type ColumnChunk, type FileMetaData, parquetSchema, type SchemaElement } from 'hyparquet';
import type { Direct } from '../table/columnar.ts';
import { numberOf } from '../table/values.ts';
import { pagesOf } from './pages.ts';
import { type Chunk, eachNumber, eachText, isKnown, layoutOf, valuesAt } from './values.ts';

/** Bytes of pages that are kept for the next look, and those of them that are quickly read again. */
const KEPT = 48 * 1024 * 1024;
const AT_HAND = 8 * 1024 * 1024;
/** Columns that are read at the same time: the pages of all at once would be too much. */
const LANES = 2;

interface Group {
  readonly start: number;
  readonly rows: number;
}

/**
 * Reads single values, numbers and texts straight from the pages of plain columns, without an object for each value of a
 * row group. They give nothing where a chunk is to be read by the library.
 */
export function directReader({ file, metadata }: { file: AsyncBuffer; metadata: FileMetaData }): Direct {
  const trees = parquetSchema(metadata).children;
  let row = 0;
  const groups: readonly Group[] = metadata.row_groups.map(({ num_rows }) => {
    const group = { start: row, rows: Number(num_rows) };
    row += group.rows;
    return group;
  });
  const known = new Map<string, Chunk>();
  const busy = new Map<number, Promise<unknown>>();

  const indexAt = (row: number): number => groups.findIndex(({ start, rows }) => row >= start && row < start + rows);

  /** The chunk of a plain column in a group, as the footer describes it. */
  function described(column: number, index: number): { chunk: ColumnChunk; element: SchemaElement } | undefined {
    const tree = trees[column];
    if (tree?.children.length !== 0 || tree.element.repetition_type === 'REPEATED') return undefined;
    const { element } = tree;
    const chunk = metadata.row_groups[index]?.columns.find(
      ({ meta_data: meta }) => meta?.path_in_schema.length === 1 && meta.path_in_schema[0] === element.name,
    );
    return chunk && { chunk, element };
  }

  function chunkOf(column: number, index: number): Chunk | undefined {
    const { chunk, element } = described(column, index) ?? {};
    const layout = element && layoutOf(element);
    const rows = groups[index]?.rows ?? 0;
    if (!chunk || !layout || chunk.file_path || !chunk.meta_data?.encodings.every(isKnown)) return undefined;
    return { pages: pagesOf(file, chunk, rows), ...layout, optional: element.repetition_type !== 'REQUIRED', rows };
  }

  /** Keeps what was looked at last; of what is older only where things are, as long as there is room for that. */
  function tidy(): void {
    let held = [...known.values()].reduce((sum, { pages }) => sum + pages.held(), 0);
    for (const { pages } of known.values()) {
      if (held <= AT_HAND) break;
      held -= pages.held();
      pages.rest();
      held += pages.held();
    }
    for (const [key, { pages }] of known) {
      if (held <= KEPT) break;
      held -= pages.held();
      known.delete(key);
    }
  }

  /** Does something with the chunk that holds a row. A column's chunks one after another: pages are found as one reads on. */
  async function within<T>(
    column: number,
    from: number,
    keep: boolean,
    work: (chunk: Chunk, group: Group) => Promise<T>,
  ): Promise<T | undefined> {
    const before = busy.get(column % LANES);
    const turn = (async () => {
      await before?.catch(() => {});
      const index = indexAt(from);
      const key = `${column}:${index}`;
      const chunk = (keep && known.get(key)) || chunkOf(column, index);
      const group = groups[index];
      if (!chunk || !group) return undefined;
      if (keep) {
        known.delete(key);
        known.set(key, chunk);
      }
      try {
        return await work(chunk, group);
      } catch (error) {
        const { name } = trees[column]?.element ?? { name: '' };
        const said = error instanceof Error ? error.message : String(error);
        throw new Error(`column ${name}, rows ${group.start + 1} to ${group.start + group.rows}: ${said}`, {
          cause: error,
        });
      } finally {
        tidy();
      }
    })();
    busy.set(column % LANES, turn);
    return turn;
  }

  return {
    groups: groups.filter(({ rows }) => rows > 0).map(({ start }) => start),
    at: (column, rows) =>
      within(column, rows[0] ?? 0, true, (chunk, { start }) =>
        valuesAt(
          chunk,
          rows.map((one) => one - start),
        ),
      ),
    bounds(column, from) {
      const { chunk, element } = described(column, indexAt(from)) ?? {};
      const { min_value: min, max_value: max } = chunk?.meta_data?.statistics ?? {};
      if (!element || !layoutOf(element)) return undefined;
      const [least, greatest] = [numberOf(min), numberOf(max)];
      return least <= greatest ? [least, greatest] : undefined;
    },
    numbers: async (column, from, take) =>
      (await within(column, from, false, async (chunk, { start }) => {
        if (chunk.kind === 'BYTE_ARRAY') return false;
        await eachNumber(chunk, (numbers, row) => take(numbers, start + row));
        return true;
      })) ?? false,
    texts: async (column, from, take) =>
      (await within(column, from, false, async (chunk, { start }) => {
        if (chunk.kind !== 'BYTE_ARRAY') return false;
        await eachText(chunk, (bytes, begin, end, one) => take(bytes, begin, end, start + one));
        return true;
      })) ?? false,
  };
}
