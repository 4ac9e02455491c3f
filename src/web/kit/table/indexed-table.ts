import { DATE_FORMAT, PLAIN_FORMAT } from '../../../shared/kit/table/cell-format.ts';
import { type Dialect, type RowBytes, rowScanner, splitCells } from '../../../shared/kit/table/delimited-text.ts';
import { ColumnEnds, compareNumberTexts, sortRuns, tiedRuns } from '../../../shared/kit/table/exact-order.ts';
import { NonNumbers } from '../../../shared/kit/table/non-numbers.ts';
import { matchingRows } from '../../../shared/kit/table/search.ts';
import { cellSpans, numberOrder, orderMatches, textOrder } from '../../../shared/kit/table/sort.ts';
import {
  type Curves,
  computeCurves,
  type Series,
  type Summary,
  summarizeNumbers,
  textCounter,
} from '../../../shared/kit/table/statistics.ts';
import type { OnProgress, SortOrder, TableRow, TableView } from '../../../shared/kit/table/table-view.ts';
import { numericColumn } from '../../../shared/kit/table/text-table.ts';
import { concatenate } from '../../../shared/kit/table/typed-arrays.ts';
import { eachDataBatch, type IndexedTextSource, readSortNumbers, readSortTexts } from './indexed-source.ts';
import type { RowBatch } from './row-batches.ts';
import { type ZoneMap, zoneMapBuilder } from './zone-maps.ts';
import { topRowsFromZones } from './zone-search.ts';

/** Rows of a block. The offset of each block is recorded. */
const BLOCK_ROWS = 256;
/** Blocks in the cache. */
const MAX_CACHED_BLOCKS = 300;
/** Bytes of a row that are decoded. */
const MAX_ROW_BYTES = 256 * 1024;
/** Numbers of first rows that are searched for with the zone map before the whole table is sorted. */
const TOP_ROW_STEPS = [128, 1024];

/**
 * Opens a delimited text by reading it once. Records the offset of every block of rows and the range of each column in
 * it (the zone map). Rows, and the first rows of any sort order, are then read by ranges; sorting the rest, filtering and
 * statistics stream the file again, and keep one column at most.
 */
export async function openIndexedTable(source: IndexedTextSource, onProgress: OnProgress): Promise<TableView> {
  const { columns, types } = source;
  const builder = (source.buildZones ?? zoneMapBuilder)(columns, types, BLOCK_ROWS);
  const offsets: number[] = [];
  let rows = 0;
  await eachDataBatch(source, onProgress, ({ lines, offset }) => {
    const { starts } = lines;
    const first = (BLOCK_ROWS - (rows % BLOCK_ROWS)) % BLOCK_ROWS;
    for (let i = first; i < starts.length; i += BLOCK_ROWS) offsets.push(offset + (starts[i] ?? 0));
    rows += starts.length;
    return builder.add(lines);
  });
  return new IndexedTable(source, onProgress, { rows, offsets, zones: Promise.resolve(builder.zones()) });
}

/** What the first pass over the file has recorded. */
interface TableIndex {
  readonly rows: number;
  /** Offset of each block of `BLOCK_ROWS` rows. */
  readonly offsets: readonly number[];
  readonly zones: Promise<ZoneMap | undefined>;
}

/** A sort order, and as much of its result as is known. */
interface SortState {
  readonly order: SortOrder;
  /** The first rows, found with the zone map. */
  topRows?: Uint32Array;
  /** The largest number of first rows searched for. */
  triedTopRows: number;
  /** All rows, once they are needed; undefined again after a failure. */
  allRows?: Promise<Uint32Array>;
}

class IndexedTable implements TableView {
  readonly #source: IndexedTextSource;
  readonly #onProgress: OnProgress;
  readonly #index: TableIndex;
  /** Blocks by number, least recently used first. */
  readonly #blocks = new Map<number, Promise<Uint8Array>>();
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  #sort: SortState | undefined;
  /** Rows that match the filter, in file order; undefined without a filter. */
  #matches: Uint32Array | undefined;
  /** With a filter, the matches in sort order. */
  #view: Uint32Array | undefined;

  constructor(source: IndexedTextSource, onProgress: OnProgress, index: TableIndex) {
    this.#source = source;
    this.#onProgress = onProgress;
    this.#index = index;
  }

  rowCount(): number {
    return this.#index.rows;
  }

  async sort(order: SortOrder | undefined): Promise<number> {
    this.#sort = order && { order, triedTopRows: 0 };
    return this.#updateView();
  }

  async filter(text: string): Promise<number> {
    if (text === '') this.#matches = undefined;
    else {
      const found: Uint32Array[] = [];
      let row = 0;
      await this.#eachBatch(({ lines }) => {
        const base = row;
        found.push(matchingRows(lines, text).map((n) => base + n));
        row += lines.starts.length;
      });
      this.#matches = concatenate([new Uint32Array(), ...found]);
    }
    return this.#updateView();
  }

  async rows(from: number, count: number): Promise<TableRow[]> {
    const { dialect, columns } = this.#source;
    const end = Math.min(from + count, this.#matches?.length ?? this.#index.rows);
    const order = await this.#rowsUpTo(end);
    const numbers = Array.from({ length: Math.max(0, end - from) }, (_, i) => order?.[from + i] ?? from + i);
    const blocks = new Map<number, RowBytes>();
    const needed = new Set(numbers.map((row) => Math.floor(row / BLOCK_ROWS)));
    await Promise.all([...needed].map(async (number) => blocks.set(number, await this.#blockRows(number))));
    return numbers.map((row): TableRow => {
      const lines = blocks.get(Math.floor(row / BLOCK_ROWS));
      const [start = 0, stop = 0] = [lines?.starts[row % BLOCK_ROWS], lines?.ends[row % BLOCK_ROWS]];
      const text = this.#decoder.decode(lines?.bytes.subarray(start, Math.min(stop, start + MAX_ROW_BYTES)));
      return { number: row + 1, cells: splitCells(text, dialect, columns) };
    });
  }

  async summary(column: number): Promise<Summary> {
    const type = this.#source.types[column] ?? 'text';
    if (type === 'date' || type === 'integer' || type === 'number') {
      const { numbers, nonNumbers, ends } = await this.#numbers(column);
      return summarizeNumbers(numbers, nonNumbers, type === 'date' ? DATE_FORMAT : PLAIN_FORMAT, type !== 'date', ends);
    }
    const counter = textCounter();
    await this.#eachBatch(({ lines }) => {
      const { from, to } = cellSpans(lines, column);
      for (let i = 0; i < from.length; i++) {
        const text = this.#decoder.decode(lines.bytes.subarray(from[i], to[i]));
        counter.add(text.replaceAll('""', '"'));
      }
    });
    return counter.summary();
  }

  async curves(x: number | undefined, ys: readonly number[]): Promise<Curves> {
    const xValues = x === undefined ? undefined : await this.#numbers(x);
    const yValues: Series[] = [];
    for (const y of ys) yValues.push(await this.#numbers(y));
    const format = x !== undefined && this.#source.types[x] === 'date' ? DATE_FORMAT : PLAIN_FORMAT;
    return computeCurves(this.#index.rows, xValues, yValues, format);
  }

  /** Computes the view from the filter and the sort order. Returns the number of rows in view. */
  async #updateView(): Promise<number> {
    const { rows } = this.#index;
    this.#view = this.#matches && orderMatches(this.#matches, await (this.#sort && this.#allRows(this.#sort)), rows);
    return this.#matches?.length ?? rows;
  }

  /** The row numbers of the view, at least those before index `end`; undefined in file order. */
  async #rowsUpTo(end: number): Promise<Uint32Array | undefined> {
    for (;;) {
      const sort = this.#sort;
      if (this.#matches || !sort) return this.#view;
      try {
        return (await this.#topRows(sort, end)) ?? (await this.#allRows(sort));
      } catch (error) {
        // A sort ends with an error when the user has chosen another order: start again with that.
        if (sort === this.#sort) throw error;
      }
    }
  }

  /** The first rows of a sort order, at least `end`; undefined if the zone map does not find them. */
  async #topRows(sort: SortState, end: number): Promise<Uint32Array | undefined> {
    const wanted = TOP_ROW_STEPS.find((rows) => rows >= end) ?? 0;
    if (end > (sort.topRows?.length ?? 0) && wanted > sort.triedTopRows) {
      sort.triedTopRows = wanted;
      const zones = await this.#index.zones;
      const found = zones && (await topRowsFromZones(zones, sort.order, wanted, (number) => this.#blockRows(number)));
      sort.topRows = found ?? sort.topRows;
    }
    return end <= (sort.topRows?.length ?? 0) ? sort.topRows : undefined;
  }

  /** All rows in a sort order. */
  #allRows(sort: SortState): Promise<Uint32Array> {
    sort.allRows ??= this.#sortAll(sort).catch((error: unknown) => {
      sort.allRows = undefined;
      throw error;
    });
    return sort.allRows;
  }

  async #sortAll(sort: SortState): Promise<Uint32Array> {
    const { column, numeric, descending } = sort.order;
    const eachBatchOfSort = (take: (batch: RowBatch) => void): Promise<void> =>
      this.#eachBatch((batch) => {
        if (sort !== this.#sort) throw new Error('another sort order was chosen');
        take(batch);
      });
    const { rows } = this.#index;
    if (numeric) {
      const { numbers, isEmpty, isLong } = await readSortNumbers(eachBatchOfSort, column, rows);
      const order = numberOrder(
        rows,
        (row) => numbers[row] ?? Number.NaN,
        (row) => isEmpty[row] === 1,
        descending,
      );
      const runs = tiedRuns(order, numbers, (row) => isLong[row] === 1);
      if (runs.length > 0) {
        const tied = new Set(runs.flatMap(({ begin, end }) => [...order.subarray(begin, end)]));
        const texts = await this.#textsOf(eachBatchOfSort, column, tied);
        const comma = this.#source.dialect.delimiter !== 44;
        sortRuns(order, runs, (a, b) => compareNumberTexts(texts.get(a) ?? '', texts.get(b) ?? '', comma), descending);
      }
      return order;
    }
    const { bytes, from, to } = await readSortTexts(eachBatchOfSort, column, rows);
    return textOrder(bytes, from, to, descending);
  }

  /** The texts of a column in some rows. */
  async #textsOf(
    eachBatchOfSort: (take: (batch: RowBatch) => void) => Promise<void>,
    column: number,
    wanted: ReadonlySet<number>,
  ): Promise<Map<number, string>> {
    const texts = new Map<number, string>();
    let row = 0;
    await eachBatchOfSort(({ lines }) => {
      const { from, to } = cellSpans(lines, column);
      for (let i = 0; i < from.length; i++, row++)
        if (wanted.has(row)) texts.set(row, this.#decoder.decode(lines.bytes.subarray(from[i], to[i])));
    });
    return texts;
  }

  /** The numbers of a column, as `numericColumn` returns them. */
  async #numbers(column: number): Promise<{ numbers: Float64Array; nonNumbers: NonNumbers; ends: ColumnEnds }> {
    const { rows } = this.#index;
    const numbers = new Float64Array(rows);
    let row = 0;
    const nonNumbers = new NonNumbers();
    const ends = new ColumnEnds(this.#source.dialect.delimiter !== 44);
    await this.#eachBatch(({ lines }) => {
      const batch = numericColumn(lines, column, this.#source.types[column] === 'date');
      numbers.set(batch.numbers.subarray(0, rows - row), row);
      row += batch.numbers.length;
      nonNumbers.merge(batch.nonNumbers);
      ends.merge(batch.ends);
    });
    return { numbers, nonNumbers, ends };
  }

  /** Streams the file again. */
  #eachBatch(take: (batch: RowBatch) => void | Promise<void>): Promise<void> {
    return eachDataBatch(this.#source, this.#onProgress, take);
  }

  /** The rows of a block. */
  async #blockRows(number: number): Promise<RowBytes> {
    return splitRows(await this.#block(number), this.#source.dialect);
  }

  /** The bytes of a block, from the cache if it is there. */
  #block(number: number): Promise<Uint8Array> {
    const { offsets } = this.#index;
    const known = this.#blocks.get(number);
    const bytes = known ?? this.#source.range(offsets[number] ?? 0, offsets[number + 1] ?? this.#source.size);
    this.#blocks.delete(number);
    this.#blocks.set(number, bytes);
    bytes.catch(() => this.#blocks.delete(number));
    if (this.#blocks.size > MAX_CACHED_BLOCKS) this.#blocks.delete(this.#blocks.keys().next().value ?? 0);
    return bytes;
  }
}

/** Finds the rows of a block. */
function splitRows(bytes: Uint8Array, dialect: Dialect): RowBytes {
  const starts: number[] = [];
  const ends: number[] = [];
  const scanner = rowScanner(dialect, (start, end) => {
    starts.push(start);
    ends.push(end);
  });
  scanner.feed(bytes, 0, bytes.length);
  scanner.finish(bytes.length);
  return { bytes, dialect, starts: Uint32Array.from(starts), ends: Uint32Array.from(ends) };
}
