import { type ColumnChunk, type FileMetaData, parquetSchema, type SchemaElement } from 'hyparquet';
import { cellNumber } from '../../../shared/kit/table/cell-format.ts';
import type { DirectReader } from '../../../shared/kit/table/column-source.ts';
import { serialQueue } from '../../../shared/kit/table/concurrency.ts';
import { pagesOf } from './pages.ts';
import { type Chunk, eachNumber, eachText, heldOf, isKnown, layoutOf, valuesAt } from './values.ts';
import type { Source } from './window.ts';

/** Bytes of pages that are kept for the next look, and those of them that are quickly read again. */
const KEPT = 48 * 1024 * 1024;
const AT_HAND = 8 * 1024 * 1024;

/** Chunks whose pages are unpacked as a whole that are at work at a time. */
const WHOLE = 2;

interface Group {
  readonly start: number;
  readonly rows: number;
}

/**
 * Reads single values, numbers and texts straight from the pages of plain columns, without an object for each value of a
 * row group. They give nothing where a chunk is to be read by the library.
 */
export function directReader({ file, metadata }: { file: Source; metadata: FileMetaData }): DirectReader {
  const trees = parquetSchema(metadata).children;
  let row = 0;
  const groups: readonly Group[] = metadata.row_groups.map(({ num_rows }) => {
    const group = { start: row, rows: Number(num_rows) };
    row += group.rows;
    return group;
  });
  const known = new Map<string, Chunk>();
  /** Chunks at work, and what is done when their turn is over. */
  const busy = new Map<string, Promise<unknown>>();

  const turns = Array.from({ length: WHOLE }, () => serialQueue());
  const inTurn = <T>(column: number, { pages }: Chunk, work: () => Promise<T>): Promise<T> =>
    pages.areWhole ? turns[column % WHOLE]!(work) : work();

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

  function chunkOf(column: number, index: number, likely: number): Chunk | undefined {
    const { chunk, element } = described(column, index) ?? {};
    const layout = element && layoutOf(element);
    const rows = groups[index]?.rows ?? 0;
    if (!chunk || !layout || chunk.file_path || !chunk.meta_data?.encodings.every(isKnown)) return undefined;
    return {
      pages: pagesOf(file, chunk, rows, likely),
      ...layout,
      optional: element.repetition_type !== 'REQUIRED',
      rows,
    };
  }

  /** Keeps what was looked at last; of what is older only where things are, as long as there is room for that. */
  function tidy(): void {
    let atHand = [...known.values()].reduce((sum, { pages }) => sum + pages.held(), 0);
    for (const [key, { pages }] of known) {
      if (atHand <= AT_HAND) break;
      if (busy.has(key)) continue;
      atHand -= pages.held();
      pages.rest();
      atHand += pages.held();
    }
    let held = [...known.values()].reduce((sum, chunk) => sum + heldOf(chunk), 0);
    for (const [key, chunk] of known) {
      if (held <= KEPT) break;
      if (busy.has(key)) continue;
      held -= heldOf(chunk);
      known.delete(key);
    }
  }

  async function named<T>(column: number, { start, rows }: Group, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const { name } = trees[column]?.element ?? { name: '' };
      const said = error instanceof Error ? error.message : String(error);
      throw new Error(`column ${name}, rows ${start + 1} to ${start + rows}: ${said}`, { cause: error });
    }
  }

  /** The values of some rows of a group. Who wants more of the same chunk waits: its pages are found as one reads on. */
  async function look(column: number, rows: readonly number[]): Promise<unknown[] | undefined> {
    const index = indexAt(rows[0] ?? 0);
    const group = groups[index];
    if (!group) return undefined;
    const key = `${column}:${index}`;
    const within = rows.map((row) => row - group.start);
    const chunk = known.get(key) ?? chunkOf(column, index, 1 + (within.at(-1) ?? 0));
    if (!chunk) return undefined;
    known.delete(key);
    known.set(key, chunk);
    const before = busy.get(key);
    const turn = named(column, group, async () => {
      await before?.catch(() => {});
      return inTurn(column, chunk, () => valuesAt(chunk, within));
    });
    busy.set(key, turn);
    try {
      return await turn;
    } finally {
      if (busy.get(key) === turn) {
        busy.delete(key);
        chunk.pages.pause();
      }
      tidy();
    }
  }

  /** Goes through all of a group; false where that cannot be done here. */
  async function scan(
    column: number,
    from: number,
    isText: boolean,
    work: (chunk: Chunk, start: number) => Promise<void>,
  ): Promise<boolean> {
    const index = indexAt(from);
    const group = groups[index];
    const chunk = group && chunkOf(column, index, group.rows);
    if (!chunk || (chunk.kind === 'BYTE_ARRAY') !== isText) return false;
    await named(column, group, () => inTurn(column, chunk, () => work(chunk, group.start))).finally(chunk.pages.pause);
    // Where things are in it is known now: rows of it that are looked at next are found at once.
    const key = `${column}:${index}`;
    if (!known.has(key)) {
      chunk.pages.rest();
      known.set(key, chunk);
      tidy();
    }
    return true;
  }

  return {
    groups: groups.filter(({ rows }) => rows > 0).map(({ start }) => start),
    at: look,
    bounds(column, from) {
      const { chunk, element } = described(column, indexAt(from)) ?? {};
      const { min_value: min, max_value: max } = chunk?.meta_data?.statistics ?? {};
      if (!element || !layoutOf(element)) return undefined;
      const [least, greatest] = [cellNumber(min), cellNumber(max)];
      return least <= greatest ? [least, greatest] : undefined;
    },
    numbers: (column, from, take) =>
      scan(column, from, false, (chunk, start) => eachNumber(chunk, (numbers, row) => take(numbers, start + row))),
    texts: (column, from, take) =>
      scan(column, from, true, (chunk, start) =>
        eachText(chunk, (bytes, begin, end, row) => take(bytes, begin, end, start + row)),
      ),
  };
}
