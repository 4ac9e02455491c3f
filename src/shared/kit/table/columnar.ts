import { anyCase } from '../../case.ts';
import { formatCell, PLAIN_FORMAT } from './cell-format.ts';
import { ColumnReader } from './column-reader.ts';
import type { ColumnSource } from './column-source.ts';
import { forEachConcurrently } from './concurrency.ts';
import { ExactValues, roundingLimit, sortRuns, tiedRuns, type WrittenNumber } from './exact-order.ts';
import { NonNumbers } from './non-numbers.ts';
import { numberOrder, orderMatches, textOrder } from './sort.ts';
import {
  type Curves,
  computeCurves,
  finiteRange,
  type Series,
  type Summary,
  summarizeNumbers,
  textCounter,
} from './statistics.ts';
import type { OnProgress, SortOrder, TableRow, TableView } from './table-view.ts';
import { topOfGroups, topTexts } from './top-rows.ts';
import { lastAtMost } from './typed-arrays.ts';

/** In blocks of more rows than this, single rows are read by the direct reader if it can. */
const LARGE_BLOCK_ROWS = 4 * 1024;
/** Blocks that are read at a time for rows in view. */
const CONCURRENT_READS = 16;
/** Rows that are selected before the whole table is sorted, so that they can be shown at once. */
const TOP_ROWS = 500;

/** The view of a table stored by columns. Holds the sort order and a cache of blocks, never the whole table. */
export function columnarTable(source: ColumnSource, onProgress: OnProgress): TableView {
  return new ColumnarTable(source, onProgress);
}

/** A sort order: its first rows, and a function that sorts all rows at its first call. */
interface SortState {
  readonly topRows: Uint32Array;
  allRows(): Promise<Uint32Array>;
}

class ColumnarTable implements TableView {
  readonly hasMore: boolean;
  readonly #source: ColumnSource;
  readonly #reader: ColumnReader;
  readonly #onProgress: OnProgress;
  #sort: SortState | undefined;
  /** Rows that match the filter, in file order; undefined without a filter. */
  #matches: Uint32Array | undefined;
  /** With a filter, the matches in sort order. */
  #view: Uint32Array | undefined;

  constructor(source: ColumnSource, onProgress: OnProgress) {
    this.hasMore = source.hasMore ?? false;
    this.#source = source;
    this.#reader = new ColumnReader(source, onProgress);
    this.#onProgress = onProgress;
  }

  rowCount(): number {
    return this.#source.rows;
  }

  async sort(order: SortOrder | undefined): Promise<number> {
    const isText = order && this.#source.columns[order.column]?.type === 'text';
    this.#sort = order && (await (isText ? this.#sortTexts(order) : this.#sortNumbers(order)));
    return this.#updateView();
  }

  async filter(text: string): Promise<number> {
    this.#matches = text === '' ? undefined : await this.#search(text);
    return this.#updateView();
  }

  async rows(from: number, count: number): Promise<TableRow[]> {
    const { columns, direct } = this.#source;
    const numbers = await this.#rowNumbers(from, count);
    const cells = numbers.map((): (string | null)[] => []);
    const positions = new Map(numbers.map((row, i) => [row, i]));
    // Read all columns of a block together: they are adjacent in the file.
    const reads = [...this.#byBlock(numbers)].flatMap(([block, rows]) =>
      columns.map(({ format }, column) => ({ block, rows, column, format })),
    );
    await forEachConcurrently(reads, CONCURRENT_READS, async ({ block, rows, column, format }) => {
      const begin = this.#reader.blocks[block] ?? 0;
      const isLarge = this.#reader.blockEnd(block) - begin > LARGE_BLOCK_ROWS;
      const single = isLarge ? await direct?.at(column, rows) : undefined;
      const values = single ?? (await this.#reader.block(column, block));
      for (const [i, row] of rows.entries())
        cells[positions.get(row)!]![column] = formatCell(values[single ? i : row - begin], format);
    });
    return numbers.map((row, i): TableRow => ({ number: row + 1, cells: cells[i] ?? [] }));
  }

  async summary(column: number): Promise<Summary> {
    const { type, format } = this.#source.columns[column]!;
    if (type === 'integer' || type === 'number' || type === 'date') return this.#summarizeNumbers(column);
    const counter = textCounter();
    let last: [value: unknown, text: string | null] = [undefined, null];
    await this.#reader.scan(column, (value) => {
      if (value !== last[0]) last = [value, formatCell(value, format)];
      counter.add(last[1]);
    });
    return counter.summary();
  }

  /** The summary of a column of numbers. Its ends are the cells of the column, with all their digits. */
  async #summarizeNumbers(column: number): Promise<Summary> {
    const { type, format } = this.#source.columns[column]!;
    const numbers = await this.#reader.numbers(column);
    const nonNumbers = await this.#nonNumbers(column, numbers);
    const summary = summarizeNumbers(numbers, nonNumbers, format, type !== 'date');
    if (!summary.range) return summary;
    const { least, greatest } = await this.#ends(column, numbers);
    return { ...summary, range: { ...summary.range, least: least.text, greatest: greatest.text } };
  }

  /** The ends of a column that has finite numbers. */
  async #ends(column: number, numbers: Float64Array): Promise<Record<'least' | 'greatest', WrittenNumber>> {
    const [least, greatest] = finiteRange(numbers);
    return {
      least: { value: least, text: await this.#textOfEnd(column, numbers, least, false) },
      greatest: { value: greatest, text: await this.#textOfEnd(column, numbers, greatest, true) },
    };
  }

  async #series(column: number): Promise<Series> {
    const numbers = await this.#reader.numbers(column);
    return numbers.some(Number.isFinite) ? { numbers, ends: await this.#ends(column, numbers) } : { numbers };
  }

  /** The cells of a column of numbers that are neither numbers nor missing. */
  async #nonNumbers(column: number, numbers: Float64Array): Promise<NonNumbers> {
    const { format } = this.#source.columns[column]!;
    const nonNumbers = new NonNumbers();
    // Only values of these formats can be NaN, or no numbers; a missing value is NaN, too.
    if (!/^(?:plain|bytes|float|json|custom)$/.test(format.kind) || !numbers.some(Number.isNaN)) return nonNumbers;
    await this.#reader.scan(column, (value, row) => {
      if (!Number.isNaN(numbers[row]) || value === null || value === undefined) return;
      if (typeof value === 'number') nonNumbers.addNaN();
      else nonNumbers.add(formatCell(value, format) ?? '');
    });
    return nonNumbers;
  }

  /** The text of the least or the greatest cell of a column, whose number is `end`. */
  async #textOfEnd(column: number, numbers: Float64Array, end: number, isGreatest: boolean): Promise<string> {
    const { format } = this.#source.columns[column]!;
    const isRounded = Math.abs(end) >= roundingLimit(this.#source.columns[column]!);
    const rows: number[] = [];
    for (let row = 0; row < numbers.length && (isRounded || rows.length === 0); row++)
      if (numbers[row] === end) rows.push(row);
    const order = Uint32Array.from(rows);
    if (isRounded && rows.length > 1) await this.#sortTies(column, order, numbers, isGreatest);
    return formatCell(await this.#valueAt(column, order[0] ?? 0), format) ?? '';
  }

  async #valueAt(column: number, row: number): Promise<unknown> {
    const block = lastAtMost(this.#reader.blocks, row);
    const single = await this.#source.direct?.at(column, [row]);
    if (single) return single[0];
    return (await this.#reader.block(column, block))[row - (this.#reader.blocks[block] ?? 0)];
  }

  /** Sorts rows with equal numbers by their exact values, which are read for these rows only. */
  async #sortTies(column: number, order: Uint32Array, numbers: Float64Array, descending: boolean): Promise<void> {
    const limit = roundingLimit(this.#source.columns[column]!);
    const runs = tiedRuns(order, numbers, (_, value) => Math.abs(value) >= limit);
    if (runs.length === 0) return;
    const exact = new ExactValues(runs.flatMap(({ begin, end }) => [...order.subarray(begin, end)]));
    await this.#reader.scan(column, (value, row) => {
      if (typeof value === 'bigint' || Number.isInteger(value)) exact.set(row, value as number | bigint);
    });
    sortRuns(order, runs, (a, b) => exact.compare(a, b), descending);
  }

  async curves(x: number | undefined, ys: readonly number[]): Promise<Curves> {
    const { columns, rows } = this.#source;
    const xValues = x === undefined ? undefined : await this.#series(x);
    const yValues: Series[] = [];
    for (const y of ys) yValues.push(await this.#series(y));
    return computeCurves(rows, xValues, yValues, x === undefined ? PLAIN_FORMAT : columns[x]!.format);
  }

  /** Computes the view from the filter and the sort order. Returns the number of rows in view. */
  async #updateView(): Promise<number> {
    const { rows } = this.#source;
    this.#view = this.#matches && orderMatches(this.#matches, await this.#sort?.allRows(), rows);
    return this.#matches?.length ?? rows;
  }

  /** Row numbers of the view from index `from`. */
  async #rowNumbers(from: number, count: number): Promise<number[]> {
    const to = Math.min(from + count, this.#matches?.length ?? this.#source.rows);
    const order = this.#matches ? this.#view : await this.#rowsUpTo(to);
    return Array.from({ length: Math.max(0, to - from) }, (_, i) => (order ? (order[from + i] ?? 0) : from + i));
  }

  /** The rows in sort order, at least the first `end`; undefined in file order. */
  async #rowsUpTo(end: number): Promise<Uint32Array | undefined> {
    const sort = this.#sort;
    return sort && end <= sort.topRows.length ? sort.topRows : sort?.allRows();
  }

  /** Groups row numbers by block, in ascending order. */
  #byBlock(numbers: readonly number[]): Map<number, number[]> {
    const groups = new Map<number, number[]>();
    for (const row of [...new Set(numbers)].sort((a, b) => a - b)) {
      const block = lastAtMost(this.#reader.blocks, row);
      const rows = groups.get(block);
      if (rows) rows.push(row);
      else groups.set(block, [row]);
    }
    return groups;
  }

  async #sortTexts({ column, descending }: SortOrder): Promise<SortState> {
    const top = topTexts(descending, TOP_ROWS);
    await this.#reader.eachText(column, (bytes, from, to, row) => top.add(row, bytes, from, to));
    return {
      topRows: top.rows(),
      allRows: once(async () => {
        const { bytes, from, to } = await this.#reader.texts(column);
        return textOrder(bytes, from, to, descending);
      }),
    };
  }

  async #sortNumbers({ column, descending }: SortOrder): Promise<SortState> {
    const { direct, rows } = this.#source;
    const groups = this.#reader.groups.map((group) => ({ ...group, bounds: direct?.bounds(column, group.from) }));
    let done = 0;
    const top = await topOfGroups(groups, descending, TOP_ROWS, async (group, take) => {
      await this.#reader.groupNumbers(column, group, take);
      this.#onProgress(++done / groups.length);
    });
    // If some of the numbers are rounded, others may come before them.
    const isExact = top.magnitude < roundingLimit(this.#source.columns[column]!);
    return {
      topRows: isExact ? top.rows : new Uint32Array(),
      allRows: once(async () => {
        const numbers = await this.#reader.numbers(column);
        const order = numberOrder(
          rows,
          (row) => numbers[row] ?? Number.NaN,
          () => false,
          descending,
        );
        await this.#sortTies(column, order, numbers, descending);
        return order;
      }),
    };
  }

  /** The rows with a cell that contains `text`, ignoring case. */
  async #search(text: string): Promise<Uint32Array> {
    const { columns, rows } = this.#source;
    const pattern = anyCase(text);
    const isMatch = new Uint8Array(rows);
    let last: [value: unknown, matches: boolean] = [undefined, false];
    for (const [column, { format }] of columns.entries())
      await this.#reader.scan(column, (value, row) => {
        if (isMatch[row] === 1) return;
        // Dictionary-encoded values repeat the same object: test it once.
        if (value !== last[0]) last = [value, pattern.test(formatCell(value, format) ?? '')];
        if (last[1]) isMatch[row] = 1;
      });
    const found = new Uint32Array(isMatch.reduce((sum, one) => sum + one, 0));
    let length = 0;
    for (let row = 0; row < rows; row++) if (isMatch[row] === 1) found[length++] = row;
    return found;
  }
}

/** Calls `work` at the first call, and returns its result at each. */
function once<T>(work: () => T): () => T {
  let done: { readonly value: T } | undefined;
  return () => {
    done ??= { value: work() };
    return done.value;
  };
}
