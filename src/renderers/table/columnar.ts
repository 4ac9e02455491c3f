import { firstByNumber, firstByText, inOrder, numberOrder, textOrder } from './sort.ts';
import type { Row, SortBy, Store } from './store.ts';
import { curvesOf, numberSummary, wordCounter } from './summary.ts';
import { type Column, numberOf, textOf } from './values.ts';

/** A table that lies in columns: a block of one column is read without the rest. */
export interface ColumnSource {
  readonly rows: number;
  /** The file has more rows than these. */
  readonly more?: boolean;
  readonly columns: readonly Column[];
  /** Where blocks of rows begin: what is read at once. Begins with 0, ascending. */
  readonly blocks: readonly number[];
  /** Values of a column from row `from` to `to`, within one block. Strings may come as their bytes in UTF-8. */
  read(column: number, from: number, to: number): Promise<ArrayLike<unknown>>;
}

interface Sorted {
  readonly first?: Uint32Array;
  /** Puts all rows in order when that is first asked for. */
  readonly order: () => Uint32Array;
}

/** Values that are kept for the next look. */
const KEPT = 3_000_000;
/** Rows that are put in order before all are, so that they can be seen. */
const FIRST = 500;

/** The view of a table in columns: holds the keys it sorts by and the blocks looked at last, never the whole. */
export function columnStore(source: ColumnSource, progress: (part: number) => void): Store {
  const { columns, rows: count } = source;
  const blocks = source.blocks.filter((at) => at < count);
  const end = (block: number): number => blocks[block + 1] ?? count;
  const kept = new Map<string, Promise<ArrayLike<unknown>>>();
  let keptValues = 0;
  let order: Sorted['order'] | undefined;
  let first: Sorted['first'];
  let matches: Uint32Array | undefined;
  let view: Uint32Array | undefined;

  const look = async (): Promise<number> => {
    view = inOrder(matches, order, count);
    return matches?.length ?? count;
  };

  /** A block of a column, from memory if it was looked at lately. */
  function block(column: number, number: number): Promise<ArrayLike<unknown>> {
    const key = `${column}:${number}`;
    const known = kept.get(key);
    const from = blocks[number] ?? 0;
    const size = end(number) - from;
    const values = known ?? source.read(column, from, end(number));
    kept.delete(key);
    kept.set(key, values);
    if (!known) {
      keptValues += size;
      values.catch(() => kept.delete(key));
      for (const old of kept.keys()) {
        if (keptValues <= KEPT || old === key) break;
        kept.delete(old);
        const at = Number(old.slice(old.indexOf(':') + 1));
        keptValues -= end(at) - (blocks[at] ?? 0);
      }
    }
    return values;
  }

  /** Calls `take` with each value of a column, in order. */
  async function scan(column: number, take: (value: unknown, row: number) => void): Promise<void> {
    let next = blocks.length > 0 ? source.read(column, 0, end(0)) : undefined;
    for (const [number, from] of blocks.entries()) {
      const values = await next;
      // The next one is on its way while this one is taken.
      next = number + 1 < blocks.length ? source.read(column, end(number), end(number + 1)) : undefined;
      next?.catch(() => {});
      const length = end(number) - from;
      for (let i = 0; i < length; i++) take(values?.[i], from + i);
      progress(end(number) / count);
    }
  }

  async function numbersOf(column: number): Promise<Float64Array> {
    const numbers = new Float64Array(count);
    await scan(column, (value, row) => {
      numbers[row] = typeof value === 'number' ? value : numberOf(value);
    });
    return numbers;
  }

  async function sort({ column, descending }: SortBy): Promise<Sorted> {
    if (columns[column]?.type === 'text') {
      const texts = await textsOf(column);
      return {
        first: firstByText(texts.bytes, texts.from, texts.to, descending, FIRST),
        order: once(() => textOrder(texts.bytes, texts.from, texts.to, descending)),
      };
    }
    const numbers = await numbersOf(column);
    const valueAt = (row: number): number => numbers[row] ?? Number.NaN;
    return {
      first: firstByNumber(numbers, descending, FIRST),
      order: once(() => numberOrder(count, valueAt, () => false, descending)),
    };
  }

  /** All texts of a column as bytes behind one another: a string for each would take ten times as much. */
  async function textsOf(column: number): Promise<{ bytes: Uint8Array; from: Uint32Array; to: Uint32Array }> {
    const format = columns[column]!.format;
    const from = new Uint32Array(count);
    const to = new Uint32Array(count);
    const encoder = new TextEncoder();
    let bytes = new Uint8Array(1 << 20);
    let length = 0;
    await scan(column, (value, row) => {
      const cell =
        value instanceof Uint8Array && format.kind !== 'bytes' ? value : encoder.encode(textOf(value, format) ?? '');
      if (length + cell.length > bytes.length) {
        const more = new Uint8Array(Math.max(bytes.length * 2, length + cell.length));
        more.set(bytes);
        bytes = more;
      }
      bytes.set(cell, length);
      from[row] = length;
      length += cell.length;
      to[row] = length;
    });
    return { bytes, from, to };
  }

  async function search(text: string): Promise<Uint32Array> {
    const needle = text.toLowerCase();
    const found = new Uint8Array(count);
    let seen: [unknown, boolean] = [undefined, false];
    for (const [number, { format }] of columns.entries())
      await scan(number, (value, row) => {
        if (found[row] === 1) return;
        // Where values come from a dictionary the same object comes again and again.
        if (value !== seen[0]) seen = [value, (textOf(value, format) ?? '').toLowerCase().includes(needle)];
        if (seen[1]) found[row] = 1;
      });
    const rows = new Uint32Array(found.reduce((sum, one) => sum + one, 0));
    let at = 0;
    for (let row = 0; row < count; row++) if (found[row] === 1) rows[at++] = row;
    return rows;
  }

  return {
    rowCount: () => count,
    more: source.more ?? false,
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
    async rows(from, wanted) {
      const numbers = numbersIn(from, wanted);
      const cells = numbers.map((): (string | null)[] => []);
      await Promise.all(
        columns.map(async ({ format }, column) => {
          for (const [i, row] of numbers.entries()) {
            const number = blockOf(blocks, row);
            const values = await block(column, number);
            cells[i]![column] = textOf(values[row - (blocks[number] ?? 0)], format);
          }
        }),
      );
      return numbers.map((row, i): Row => ({ number: row + 1, cells: cells[i] ?? [] }));
    },
    async summary(column) {
      const { type, format } = columns[column]!;
      if (type === 'integer' || type === 'number' || type === 'date')
        return numberSummary(await numbersOf(column), 0, format, type !== 'date');
      const words = wordCounter();
      let seen: [unknown, string | null] = [undefined, null];
      await scan(column, (value) => {
        if (value !== seen[0]) seen = [value, textOf(value, format)];
        words.add(seen[1]);
      });
      return words.summary();
    },
    async curves(x, ys) {
      const along = x === undefined ? undefined : await numbersOf(x);
      const values: Float64Array[] = [];
      for (const y of ys) values.push(await numbersOf(y));
      return curvesOf(count, along, values, x === undefined ? { kind: 'plain' } : columns[x]!.format);
    },
  };

  /** The numbers of the rows from the `from`th in view. */
  function numbersIn(from: number, wanted: number): number[] {
    const to = Math.min(from + wanted, matches?.length ?? count);
    const sorted = matches ? view : first && to <= first.length ? first : order?.();
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

/** The last block that begins at a row or before it. */
function blockOf(blocks: readonly number[], row: number): number {
  let low = 0;
  let high = blocks.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((blocks[middle] ?? 0) <= row) low = middle;
    else high = middle - 1;
  }
  return low;
}
