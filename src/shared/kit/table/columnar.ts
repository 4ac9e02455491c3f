import { anyCase } from '../../case.ts';
import { type Column, cellNumber, formatCell } from './cell-format.ts';
import { forEachConcurrently, serialQueue } from './concurrency.ts';
import { numberOrder, orderMatches, textOrder } from './sort.ts';
import { computeCurves, summarizeNumbers, textCounter } from './statistics.ts';
import type { SortOrder, TableRow, TableView } from './table-view.ts';
import { type OnNumbers, topOfGroups, topTexts } from './top-rows.ts';
import { grow, lastAtMost } from './typed-arrays.ts';

/** A table stored by columns. A format implements `read`; a format with a faster way for some columns adds `direct`. */
export interface ColumnSource {
  readonly rows: number;
  /** Whether the file has more rows than `rows`. */
  readonly hasMore?: boolean;
  readonly columns: readonly Column[];
  /** The first rows of the blocks, which are read as a whole. Begins with 0, ascending. */
  readonly blocks: readonly number[];
  /** The values of a column from row `from` to before `to`, within one block. Strings may be UTF-8 bytes. */
  read(column: number, from: number, to: number): Promise<ArrayLike<unknown>>;
  /** Reads less than a block, where it can; `read` is used otherwise. */
  readonly direct?: DirectReader;
}

/**
 * Reads columns without creating an object for each value. A method that cannot read a column resolves to undefined or
 * false before it calls `take`; the caller then uses `ColumnSource.read`.
 */
export interface DirectReader {
  /** The first rows of the row groups. Begins with 0, ascending; each block lies within one group. */
  readonly groups: readonly number[];
  /** The values of some rows of one group; `rows` ascend. */
  at(column: number, rows: readonly number[]): Promise<ArrayLike<unknown> | undefined>;
  /** The least and the greatest number of the group that begins at row `from`, where the file records them. */
  bounds(column: number, from: number): readonly [least: number, greatest: number] | undefined;
  /** Passes the numbers of the group that begins at row `from` to `take`, in order; NaN for null. True if it could. */
  numbers(column: number, from: number, take: OnNumbers): Promise<boolean>;
  /** Passes the text of each row of the group to `take`, as a range of bytes; empty for null. True if it could. */
  texts(
    column: number,
    from: number,
    take: (bytes: Uint8Array, from: number, to: number, row: number) => void,
  ): Promise<boolean>;
}

interface Sorted {
  readonly first: Uint32Array;
  /** Puts all rows in order when that is first asked for. */
  order(): Promise<Uint32Array>;
}

/** Blocks of more rows than this are not read for some of them, where these can be read alone. */
const LARGE_BLOCK_ROWS = 4 * 1024;
/** Values that are kept for the next look. */
const MAX_CACHED_VALUES = 3_000_000;
/** Blocks of columns that are read at a time for some rows. */
const CONCURRENT_READS = 16;
/** Rows that are put in order before all are, so that they can be seen. */
const TOP_ROWS = 500;

/** The view of a table in columns: holds the keys it sorts by and the blocks looked at last, never the whole. */
export function columnarTable(source: ColumnSource, progress: (part: number) => void): TableView {
  const { columns, rows: count, direct } = source;
  const blocks = source.blocks.filter((at) => at < count);
  const end = (block: number): number => blocks[block + 1] ?? count;
  const kept = new Map<string, Promise<ArrayLike<unknown>>>();
  let keptValues = 0;
  let order: Sorted['order'] | undefined;
  let first: Sorted['first'] | undefined;
  let matches: Uint32Array | undefined;
  /** The matches in the order that was asked for. */
  let view: Uint32Array | undefined;

  const look = async (): Promise<number> => {
    view = matches && orderMatches(matches, await order?.(), count);
    return matches?.length ?? count;
  };

  /** A block of a column, from memory if it was looked at lately. */
  function block(column: number, number: number): Promise<ArrayLike<unknown>> {
    const key = `${column}:${number}`;
    const known = kept.get(key);
    const from = blocks[number] ?? 0;
    const size = end(number) - from;
    const values = known ?? turnOf[column]!(() => source.read(column, from, end(number)));
    kept.delete(key);
    kept.set(key, values);
    if (!known) {
      keptValues += size;
      values.catch(() => kept.delete(key));
      for (const old of kept.keys()) {
        if (keptValues <= MAX_CACHED_VALUES || old === key) break;
        kept.delete(old);
        const at = Number(old.slice(old.indexOf(':') + 1));
        keptValues -= end(at) - (blocks[at] ?? 0);
      }
    }
    return values;
  }

  /** Calls `take` with each value of a column from a row to another, which begin blocks, in order. */
  async function scan(
    column: number,
    take: (value: unknown, row: number) => void,
    begin = 0,
    to = count,
  ): Promise<void> {
    const own = blocks.filter((at) => at >= begin && at < to);
    const endOf = (i: number): number => own[i + 1] ?? to;
    let next = own.length > 0 ? source.read(column, begin, endOf(0)) : undefined;
    for (const [i, from] of own.entries()) {
      const values = await next;
      // The next one is on its way while this one is taken.
      next = i + 1 < own.length ? source.read(column, endOf(i), endOf(i + 1)) : undefined;
      next?.catch(() => {});
      const length = endOf(i) - from;
      for (let n = 0; n < length; n++) take(values?.[n], from + n);
      progress(endOf(i) / count);
    }
  }

  /** What the library reads of a column, an object for each value, comes one after another. */
  const turnOf = columns.map(() => serialQueue());
  const groups = direct?.groups.filter((at) => at < count) ?? [0];

  /** Tells of the numbers of a column from one group to the next, in order. */
  async function numbersFrom(column: number, from: number, to: number, take: OnNumbers): Promise<void> {
    if (await direct?.numbers(column, from, take)) return;
    const one = new Float64Array(1);
    const each = (value: unknown, row: number): void => {
      one[0] = typeof value === 'number' ? value : cellNumber(value);
      take(one, row);
    };
    await turnOf[column]!(() => scan(column, each, from, to));
  }

  /** Tells where in some bytes, which are only good until the next, the text of each row is; empty where there is none. */
  async function eachText(
    column: number,
    take: (bytes: Uint8Array, from: number, to: number, row: number) => void,
  ): Promise<void> {
    const { format } = columns[column]!;
    const encoder = new TextEncoder();
    const each = (value: unknown, row: number): void => {
      const cell =
        value instanceof Uint8Array && format.kind !== 'bytes'
          ? value
          : encoder.encode(formatCell(value, format) ?? '');
      take(cell, 0, cell.length, row);
    };
    for (const [i, from] of groups.entries()) {
      const to = groups[i + 1] ?? count;
      if (format.kind !== 'plain' || !(await direct?.texts(column, from, take))) await scan(column, each, from, to);
      progress(to / count);
    }
  }

  async function numbersOf(column: number): Promise<Float64Array> {
    const numbers = new Float64Array(count);
    for (const [i, from] of groups.entries()) {
      const to = groups[i + 1] ?? count;
      await numbersFrom(column, from, to, (some, row) => numbers.set(some, row));
      progress(to / count);
    }
    return numbers;
  }

  async function sort({ column, descending }: SortOrder): Promise<Sorted> {
    if (columns[column]?.type === 'text') {
      const first = topTexts(descending, TOP_ROWS);
      await eachText(column, (bytes, from, to, row) => first.add(row, bytes, from, to));
      return {
        first: first.rows(),
        order: once(async () => {
          const { bytes, from, to } = await textsOf(column);
          return textOrder(bytes, from, to, descending);
        }),
      };
    }
    const parts = groups.map((from, i) => ({ from, to: groups[i + 1] ?? count, bounds: direct?.bounds(column, from) }));
    let done = 0;
    const first = await topOfGroups(parts, descending, TOP_ROWS, async ({ from, to }, take) => {
      await numbersFrom(column, from, to, take);
      progress(++done / parts.length);
    });
    return {
      first,
      order: once(async () => {
        const numbers = await numbersOf(column);
        return numberOrder(
          count,
          (row) => numbers[row] ?? Number.NaN,
          () => false,
          descending,
        );
      }),
    };
  }

  /** All texts of a column as bytes behind one another: a string for each would take ten times as much. */
  async function textsOf(column: number): Promise<{ bytes: Uint8Array; from: Uint32Array; to: Uint32Array }> {
    const from = new Uint32Array(count);
    const to = new Uint32Array(count);
    let bytes = new Uint8Array(1 << 20);
    let length = 0;
    await eachText(column, (source, begin, end, row) => {
      if (length + end - begin > bytes.length) bytes = grow(bytes, Math.max(bytes.length * 2, length + end - begin));
      from[row] = length;
      for (let at = begin; at < end; at++) bytes[length++] = source[at]!;
      to[row] = length;
    });
    return { bytes, from, to };
  }

  async function search(text: string): Promise<Uint32Array> {
    const wanted = anyCase(text);
    const found = new Uint8Array(count);
    let seen: [unknown, boolean] = [undefined, false];
    for (const [number, { format }] of columns.entries())
      await scan(number, (value, row) => {
        if (found[row] === 1) return;
        // Where values come from a dictionary the same object comes again and again.
        if (value !== seen[0]) seen = [value, wanted.test(formatCell(value, format) ?? '')];
        if (seen[1]) found[row] = 1;
      });
    const rows = new Uint32Array(found.reduce((sum, one) => sum + one, 0));
    let at = 0;
    for (let row = 0; row < count; row++) if (found[row] === 1) rows[at++] = row;
    return rows;
  }

  return {
    rowCount: () => count,
    hasMore: source.hasMore ?? false,
    async sort(by) {
      const sorted = by && (await sort(by));
      order = sorted?.order;
      first = sorted?.first;
      return look();
    },
    async filter(text) {
      matches = text === '' ? undefined : await search(text);
      return look();
    },
    async rows(from, most) {
      const numbers = await numbersIn(from, most);
      const cells = numbers.map((): (string | null)[] => []);
      // By block: where a few rows of a large one are wanted, they are read alone.
      const wantedOf = new Map<number, number[]>();
      for (const row of [...new Set(numbers)].sort((a, b) => a - b)) {
        const number = lastAtMost(blocks, row);
        const others = wantedOf.get(number);
        if (others) others.push(row);
        else wantedOf.set(number, [row]);
      }
      const placeOf = new Map(numbers.map((row, i) => [row, i]));
      // All columns of a block together: they lie behind one another in the file.
      const wanted = [...wantedOf].flatMap(([number, rows]) =>
        columns.map(({ format }, column) => ({ number, rows, column, format })),
      );
      await forEachConcurrently(wanted, CONCURRENT_READS, async ({ number, rows, column, format }) => {
        const begin = blocks[number] ?? 0;
        const alone = end(number) - begin > LARGE_BLOCK_ROWS ? await direct?.at(column, rows) : undefined;
        const values = alone ?? (await block(column, number));
        for (const [i, row] of rows.entries())
          cells[placeOf.get(row)!]![column] = formatCell(values[alone ? i : row - begin], format);
      });
      return numbers.map((row, i): TableRow => ({ number: row + 1, cells: cells[i] ?? [] }));
    },
    async summary(column) {
      const { type, format } = columns[column]!;
      if (type === 'integer' || type === 'number' || type === 'date')
        return summarizeNumbers(await numbersOf(column), 0, format, type !== 'date');
      const words = textCounter();
      let seen: [unknown, string | null] = [undefined, null];
      await scan(column, (value) => {
        if (value !== seen[0]) seen = [value, formatCell(value, format)];
        words.add(seen[1]);
      });
      return words.summary();
    },
    async curves(x, ys) {
      const along = x === undefined ? undefined : await numbersOf(x);
      const values: Float64Array[] = [];
      for (const y of ys) values.push(await numbersOf(y));
      return computeCurves(count, along, values, x === undefined ? { kind: 'plain' } : columns[x]!.format);
    },
  };

  /** The numbers of the rows from the `from`th in view. */
  async function numbersIn(from: number, wanted: number): Promise<number[]> {
    const to = Math.min(from + wanted, matches?.length ?? count);
    const sorted = matches ? view : first && to <= first.length ? first : await order?.();
    return Array.from({ length: Math.max(0, to - from) }, (_, i) => (sorted ? (sorted[from + i] ?? 0) : from + i));
  }
}

/** A function whose work is done the first time only. */
function once<T>(work: () => T): () => T {
  let done: { readonly value: T } | undefined;
  return () => {
    done ??= { value: work() };
    return done.value;
  };
}
