import { DATE_FORMAT, PLAIN_FORMAT } from '../../../shared/kit/table/cell-format.ts';
import type { RowBytes } from '../../../shared/kit/table/delimited-text.ts';
import { type Dialect, rowScanner, splitCells } from '../../../shared/kit/table/delimited-text.ts';
import { type ColumnType, isMissing } from '../../../shared/kit/table/infer-schema.ts';
import { matchingRows } from '../../../shared/kit/table/search.ts';
import { cellSpans, numberOrder, orderMatches, parseNumber, textOrder } from '../../../shared/kit/table/sort.ts';
import { computeCurves, summarizeNumbers, textCounter } from '../../../shared/kit/table/statistics.ts';
import type { SortOrder, TableRow, TableView } from '../../../shared/kit/table/table-view.ts';
import { numericColumn } from '../../../shared/kit/table/text-table.ts';
import { concatenate, grow } from '../../../shared/kit/table/typed-arrays.ts';
import { eachBatch, type RowBatch } from './row-batches.ts';
import { topRowsFromZones, type ZoneMap, zoneMapBuilder } from './zone-maps.ts';
import type { ZoneMapBuilder } from './zone-worker.ts';

/** A table of text in UTF-8 that is too large to be kept: its rows are read where they are, as they are looked at. */
export interface IndexedTextSource {
  readonly dialect: Dialect;
  readonly header: boolean;
  readonly columns: number;
  readonly types: readonly ColumnType[];
  readonly size: number;
  /** Where its first row begins: after a byte order mark. */
  readonly start: number;
  /** Bytes `from` up to, not including, `to`. */
  range(from: number, to: number): Promise<Uint8Array>;
  /** All bytes from `start` on, as they come. */
  stream(): AsyncIterable<Uint8Array>;
  /** What notes the zones; if nothing is said it is done here. */
  buildZones?(columns: number, types: readonly ColumnType[], step: number): ZoneMapBuilder;
}

/** Rows from one place that is known to the next. */
const BLOCK_ROWS = 256;
/** Blocks of so many rows that are kept for the next look, and bytes of a row that are shown. */
const MAX_CACHED_BLOCKS = 300;
const MAX_ROW_BYTES = 256 * 1024;
/** First rows of an order that are found without all others: a few screens, then some more. */
const TOP_ROW_STEPS = [128, 1024];

/**
 * Reads the whole once, and keeps where each 256th row begins and what is least and greatest in between; then gives any
 * rows, and the first ones of any order, by reading these alone. What needs all of a column (to sort the rest, to count)
 * reads the whole again and keeps that column only.
 */
export async function openIndexedTable(text: IndexedTextSource, progress: (part: number) => void): Promise<TableView> {
  const { dialect, columns, types } = text;
  const places: number[] = [];
  const maker = (text.buildZones ?? zoneMapBuilder)(columns, types, BLOCK_ROWS);
  let count = 0;
  await batches(({ lines, offset }) => {
    const { starts } = lines;
    for (let i = (BLOCK_ROWS - (count % BLOCK_ROWS)) % BLOCK_ROWS; i < starts.length; i += BLOCK_ROWS)
      places.push(offset + (starts[i] ?? 0));
    count += starts.length;
    return maker.add(lines);
  });
  const zones: Promise<ZoneMap | undefined> = Promise.resolve(maker.zones());

  let sorted: SortState | undefined;
  let matches: Uint32Array | undefined;
  let view: Uint32Array | undefined;
  const blocks = new Map<number, Promise<Uint8Array>>();
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

  /** Tells of all rows but the header, some at a time. */
  async function batches(take: (batch: RowBatch) => void | Promise<void>): Promise<void> {
    let skip = text.header ? 1 : 0;
    await eachBatch(text.stream(), dialect, text.start, async (batch) => {
      const { lines, offset } = batch;
      const from = Math.min(skip, lines.starts.length);
      skip -= from;
      await take({ offset, lines: { ...lines, starts: lines.starts.subarray(from), ends: lines.ends.subarray(from) } });
      progress((offset + (lines.ends.at(-1) ?? 0)) / text.size);
    });
  }

  /** The numbers of a column, and how many cells are words. */
  async function numbers(column: number): Promise<{ numbers: Float64Array; others: number }> {
    const all = new Float64Array(count);
    let row = 0;
    let others = 0;
    await batches(({ lines }) => {
      const read = numericColumn(lines, column, types[column] === 'date');
      all.set(read.numbers.subarray(0, count - row), row);
      row += read.numbers.length;
      others += read.others;
    });
    return { numbers: all, others };
  }

  /** The order of all rows. Ends with an error when another order was asked for meanwhile. */
  async function orderOf(asked: SortState): Promise<Uint32Array> {
    const { column, numeric, descending } = asked.by;
    const goOn = (): void => {
      if (asked !== sorted) throw new Error('another order was asked for');
    };
    if (numeric) {
      const empty = new Uint8Array(count);
      const all = new Float64Array(count);
      let row = 0;
      await batches(({ lines }) => {
        goOn();
        const { from, to } = cellSpans(lines, column);
        for (let i = 0; i < from.length && row < count; i++, row++) {
          const [start = 0, end = 0] = [from[i], to[i]];
          if (start === end) empty[row] = 1;
          all[row] = start === end ? Number.NaN : parseNumber(lines.bytes, start, end, dialect.delimiter !== 44);
        }
      });
      const valueAt = (n: number): number => all[n] ?? Number.NaN;
      return numberOrder(count, valueAt, (n) => empty[n] === 1, descending);
    }
    const from = new Uint32Array(count);
    const to = new Uint32Array(count);
    let bytes = new Uint8Array(1 << 20);
    let length = 0;
    let row = 0;
    await batches(({ lines }) => {
      goOn();
      const cells = cellSpans(lines, column);
      for (let i = 0; i < cells.from.length && row < count; i++, row++) {
        const [start = 0, end = 0] = [cells.from[i], cells.to[i]];
        if (length + end - start > bytes.length) bytes = grow(bytes, Math.max(bytes.length * 2, length + end - start));
        from[row] = length;
        for (let at = start; at < end; at++) bytes[length++] = lines.bytes[at] ?? 0;
        to[row] = length;
      }
    });
    return textOrder(bytes, from, to, descending);
  }

  function sortedBy(by: SortOrder): SortState {
    let order: Promise<Uint32Array> | undefined;
    const asked: SortState = {
      by,
      tried: 0,
      order() {
        order ??= orderOf(asked).catch((error: unknown) => {
          order = undefined;
          throw error;
        });
        return order;
      },
    };
    return asked;
  }

  async function look(): Promise<number> {
    view = matches && orderMatches(matches, await sorted?.order(), count);
    return matches?.length ?? count;
  }

  /** The rows in view, at least those before `end`; nothing where they are in the order of the file. */
  async function inView(end: number): Promise<Uint32Array | undefined> {
    if (matches || !sorted) return view;
    const asked = sorted;
    const most = TOP_ROW_STEPS.find((rows) => rows >= end) ?? 0;
    if (end > (asked.first?.length ?? 0) && most > asked.tried) {
      asked.tried = most;
      const known = await zones;
      const read = async (number: number): Promise<RowBytes> => splitRows(await block(number), dialect);
      const found = known && (await topRowsFromZones(known, asked.by, most, read));
      asked.first = found ?? asked.first;
    }
    return end <= (asked.first?.length ?? 0) ? asked.first : asked.order();
  }

  /** Bytes of the rows from the `number`th place to the next. */
  function block(number: number): Promise<Uint8Array> {
    const known = blocks.get(number);
    const bytes = known ?? text.range(places[number] ?? 0, places[number + 1] ?? text.size);
    blocks.delete(number);
    blocks.set(number, bytes);
    bytes.catch(() => blocks.delete(number));
    if (blocks.size > MAX_CACHED_BLOCKS) blocks.delete(blocks.keys().next().value ?? 0);
    return bytes;
  }

  return {
    rowCount: () => count,
    async sort(by) {
      sorted = by && sortedBy(by);
      return look();
    },
    async filter(needle) {
      if (needle === '') matches = undefined;
      else {
        const found: Uint32Array[] = [];
        let row = 0;
        await batches(({ lines }) => {
          const base = row;
          found.push(matchingRows(lines, needle).map((n) => base + n));
          row += lines.starts.length;
        });
        matches = concatenate([new Uint32Array(), ...found]);
      }
      return look();
    },
    async rows(from, wanted) {
      const end = Math.min(from + wanted, matches?.length ?? count);
      let chosen: Uint32Array | undefined;
      for (let asked = sorted; ; asked = sorted)
        try {
          chosen = await inView(end);
          break;
        } catch (error) {
          if (asked === sorted) throw error;
        }
      const numbers = Array.from({ length: Math.max(0, end - from) }, (_, i) => chosen?.[from + i] ?? from + i);
      const needed = [...new Set(numbers.map((row) => Math.floor(row / BLOCK_ROWS)))];
      const read = new Map<number, RowBytes>();
      await Promise.all(needed.map(async (number) => read.set(number, splitRows(await block(number), dialect))));
      return numbers.map((row): TableRow => {
        const lines = read.get(Math.floor(row / BLOCK_ROWS));
        const [start = 0, stop = 0] = [lines?.starts[row % BLOCK_ROWS], lines?.ends[row % BLOCK_ROWS]];
        const cells = decoder.decode(lines?.bytes.subarray(start, Math.min(stop, start + MAX_ROW_BYTES)));
        return { number: row + 1, cells: splitCells(cells, dialect, columns) };
      });
    },
    async summary(column) {
      const type = types[column] ?? 'text';
      if (type === 'date' || type === 'integer' || type === 'number') {
        const read = await numbers(column);
        return summarizeNumbers(
          read.numbers,
          read.others,
          type === 'date' ? DATE_FORMAT : PLAIN_FORMAT,
          type !== 'date',
        );
      }
      const words = textCounter();
      await batches(({ lines }) => {
        const { from, to } = cellSpans(lines, column);
        for (let i = 0; i < from.length; i++) {
          const word = decoder.decode(lines.bytes.subarray(from[i], to[i]));
          words.add(isMissing(word) ? null : word.replaceAll('""', '"'));
        }
      });
      return words.summary();
    },
    async curves(x, ys) {
      const along = x === undefined ? undefined : (await numbers(x)).numbers;
      const values: Float64Array[] = [];
      for (const y of ys) values.push((await numbers(y)).numbers);
      return computeCurves(count, along, values, x !== undefined && types[x] === 'date' ? DATE_FORMAT : PLAIN_FORMAT);
    },
  };
}

/** An order that was asked for. */
interface SortState {
  readonly by: SortOrder;
  /** All rows in it. */
  order(): Promise<Uint32Array>;
  /** The first ones, as far as they are known without the others, and how many were looked for. */
  first?: Uint32Array;
  tried: number;
}

/** Where the rows of a block are. */
function splitRows(bytes: Uint8Array, dialect: Dialect): RowBytes {
  const starts: number[] = [];
  const ends: number[] = [];
  const scan = rowScanner(dialect, (start, end) => {
    starts.push(start);
    ends.push(end);
  });
  scan.feed(bytes, 0, bytes.length);
  scan.finish(bytes.length);
  return { bytes, dialect, starts: Uint32Array.from(starts), ends: Uint32Array.from(ends) };
}
