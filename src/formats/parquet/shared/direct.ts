import { type ColumnChunk, type FileMetaData, parquetSchema, type SchemaElement } from 'hyparquet';
import { cellNumber } from '../../../shared/kit/table/cell-format.ts';
import type { DirectReader } from '../../../shared/kit/table/column-source.ts';
import { serialQueue } from '../../../shared/kit/table/concurrency.ts';
import { ChunkCache } from './chunk-cache.ts';
import { pagesOf } from './pages.ts';
import { type Chunk, eachNumber, eachText, isSupportedEncoding, layoutOf, valuesAt } from './values.ts';
import type { Source } from './window.ts';

/** Number of chunks read at a time, of those whose pages are decompressed completely. */
const MAX_BUFFERED_CHUNKS = 2;

interface RowGroupRange {
  readonly start: number;
  readonly rows: number;
}

/**
 * Reads values of flat columns from their data pages without creating an object for each value of a row group. Its
 * methods leave chunks with nested types, or types and encodings that are not decoded here, to the library.
 */
export function directReader({ file, metadata }: { file: Source; metadata: FileMetaData }): DirectReader {
  const trees = parquetSchema(metadata).children;
  let row = 0;
  const groups: readonly RowGroupRange[] = metadata.row_groups.map(({ num_rows }) => {
    const group = { start: row, rows: Number(num_rows) };
    row += group.rows;
    return group;
  });
  const cache = new ChunkCache();

  const queues = Array.from({ length: MAX_BUFFERED_CHUNKS }, () => serialQueue());
  /** Runs `work` when the queue of the column is free; at once if its pages are not decompressed completely. */
  const enqueue = <T>(column: number, { pages }: Chunk, work: () => Promise<T>): Promise<T> =>
    pages.areBuffered ? queues[column % MAX_BUFFERED_CHUNKS]!(work) : work();

  const groupIndexAt = (row: number): number =>
    groups.findIndex(({ start, rows }) => row >= start && row < start + rows);

  /** The metadata of the chunk of a flat column in a row group. */
  function chunkMetadata(column: number, index: number): { chunk: ColumnChunk; element: SchemaElement } | undefined {
    const tree = trees[column];
    if (tree?.children.length !== 0 || tree.element.repetition_type === 'REPEATED') return undefined;
    const { element } = tree;
    const chunk = metadata.row_groups[index]?.columns.find(
      ({ meta_data: meta }) => meta?.path_in_schema.length === 1 && meta.path_in_schema[0] === element.name,
    );
    return chunk && { chunk, element };
  }

  /** Opens a chunk; undefined if the library has to read it. */
  function openChunk(column: number, index: number, likelyRows: number): Chunk | undefined {
    const { chunk, element } = chunkMetadata(column, index) ?? {};
    const layout = element && layoutOf(element);
    const rows = groups[index]?.rows ?? 0;
    if (!chunk || !layout || chunk.file_path || !chunk.meta_data?.encodings.every(isSupportedEncoding))
      return undefined;
    return {
      pages: pagesOf(file, chunk, rows, likelyRows),
      ...layout,
      isOptional: element.repetition_type !== 'REQUIRED',
      rows,
    };
  }

  /** Calls `work`. Adds the column and the rows to the message of an error. */
  async function withErrorContext<T>(
    column: number,
    { start, rows }: RowGroupRange,
    work: () => Promise<T>,
  ): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const { name } = trees[column]?.element ?? { name: '' };
      const message = error instanceof Error ? error.message : String(error);
      throw new Error(`column ${name}, rows ${start + 1} to ${start + rows}: ${message}`, { cause: error });
    }
  }

  /** The values of some rows of a row group. */
  async function readRows(column: number, rows: readonly number[]): Promise<unknown[] | undefined> {
    const index = groupIndexAt(rows[0] ?? 0);
    const group = groups[index];
    if (!group) return undefined;
    const key = `${column}:${index}`;
    const rowsInGroup = rows.map((row) => row - group.start);
    const chunk = cache.get(key) ?? openChunk(column, index, 1 + (rowsInGroup.at(-1) ?? 0));
    if (!chunk) return undefined;
    return cache.read(key, chunk, () =>
      withErrorContext(column, group, () => enqueue(column, chunk, () => valuesAt(chunk, rowsInGroup))),
    );
  }

  /** Reads a column in the row group that begins at row `from`. Returns false if the library has to read it. */
  async function scan(
    column: number,
    from: number,
    isText: boolean,
    work: (chunk: Chunk, start: number) => Promise<void>,
  ): Promise<boolean> {
    const index = groupIndexAt(from);
    const group = groups[index];
    const chunk = group && openChunk(column, index, group.rows);
    if (!chunk || (chunk.type === 'BYTE_ARRAY') !== isText) return false;
    await withErrorContext(column, group, () => enqueue(column, chunk, () => work(chunk, group.start))).finally(
      chunk.pages.pause,
    );
    // Keep the page offsets, so that single rows are found at once.
    cache.addReleased(`${column}:${index}`, chunk);
    return true;
  }

  return {
    groups: groups.filter(({ rows }) => rows > 0).map(({ start }) => start),
    at: readRows,
    bounds(column, from) {
      const { chunk, element } = chunkMetadata(column, groupIndexAt(from)) ?? {};
      const { min_value, max_value } = chunk?.meta_data?.statistics ?? {};
      if (!element || !layoutOf(element)) return undefined;
      const [min, max] = [cellNumber(min_value), cellNumber(max_value)];
      return min <= max ? [min, max] : undefined;
    },
    numbers: (column, from, take) =>
      scan(column, from, false, (chunk, start) => eachNumber(chunk, (numbers, row) => take(numbers, start + row))),
    texts: (column, from, take) =>
      scan(column, from, true, (chunk, start) =>
        eachText(chunk, (bytes, begin, end, row) => take(bytes, begin, end, start + row)),
      ),
  };
}
