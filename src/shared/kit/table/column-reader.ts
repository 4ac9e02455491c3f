import { cellNumber, formatCell } from './cell-format.ts';
import type { ColumnSource, OnText } from './column-source.ts';
import { serialQueue } from './concurrency.ts';
import type { OnProgress } from './table-view.ts';
import type { OnNumbers } from './top-rows.ts';
import { grow } from './typed-arrays.ts';

/** Values in the block cache. */
const MAX_CACHED_VALUES = 3_000_000;

/** A cached block of a column. */
interface CachedBlock {
  readonly values: Promise<ArrayLike<unknown>>;
  /** Number of values. */
  readonly length: number;
}

/** Consecutive rows, `from` to before `to`. */
export interface RowRange {
  readonly from: number;
  readonly to: number;
}

/** Reads the columns of a source, by the direct reader where it can, and caches the blocks that were read last. */
export class ColumnReader {
  readonly #source: ColumnSource;
  readonly #onProgress: OnProgress;
  /** Blocks and row groups, without those that begin beyond the last row. */
  readonly blocks: readonly number[];
  readonly groups: readonly RowRange[];
  /** By column: a queue of reads through `source.read`, so that one column's values are in memory only once. */
  readonly #queues: readonly ReturnType<typeof serialQueue>[];
  /** By column and block, least recently used first. */
  readonly #cache = new Map<string, CachedBlock>();
  #cachedValues = 0;

  constructor(source: ColumnSource, onProgress: OnProgress) {
    const { rows, direct } = source;
    this.#source = source;
    this.#onProgress = onProgress;
    this.blocks = source.blocks.filter((from) => from < rows);
    const starts = direct?.groups.filter((from) => from < rows) ?? [0];
    this.groups = starts.map((from, i) => ({ from, to: starts[i + 1] ?? rows }));
    this.#queues = source.columns.map(() => serialQueue());
  }

  /** The row after a block. */
  blockEnd(block: number): number {
    return this.blocks[block + 1] ?? this.#source.rows;
  }

  /** A block of a column, from the cache if it is there. */
  block(column: number, block: number): Promise<ArrayLike<unknown>> {
    const key = `${column}:${block}`;
    const cached = this.#cache.get(key) ?? this.#readBlock(column, block, key);
    this.#cache.delete(key);
    this.#cache.set(key, cached);
    for (const [oldest, { length }] of this.#cache) {
      if (this.#cachedValues <= MAX_CACHED_VALUES || oldest === key) break;
      this.#cache.delete(oldest);
      this.#cachedValues -= length;
    }
    return cached.values;
  }

  #readBlock(column: number, block: number, key: string): CachedBlock {
    const [from, to] = [this.blocks[block] ?? 0, this.blockEnd(block)];
    const values = this.#queues[column]!(() => this.#source.read(column, from, to));
    this.#cachedValues += to - from;
    values.catch(() => {
      if (this.#cache.delete(key)) this.#cachedValues -= to - from;
    });
    return { values, length: to - from };
  }

  /** Calls `take` with the values of a column in some rows, which begin and end at block boundaries, in order. */
  async scan(
    column: number,
    take: (value: unknown, row: number) => void,
    { from: begin, to }: RowRange = { from: 0, to: this.#source.rows },
  ): Promise<void> {
    const source = this.#source;
    const blocks = this.blocks.filter((from) => from >= begin && from < to);
    const endOf = (i: number): number => blocks[i + 1] ?? to;
    let next = blocks.length > 0 ? source.read(column, begin, endOf(0)) : undefined;
    for (const [i, from] of blocks.entries()) {
      const values = await next;
      // Read the next block while this one is processed.
      next = i + 1 < blocks.length ? source.read(column, endOf(i), endOf(i + 1)) : undefined;
      next?.catch(() => {});
      const length = endOf(i) - from;
      for (let n = 0; n < length; n++) take(values?.[n], from + n);
      this.#onProgress(endOf(i) / source.rows);
    }
  }

  /** Passes the numbers of a column in a row group to `take`, in order. */
  async groupNumbers(column: number, group: RowRange, take: OnNumbers): Promise<void> {
    if (await this.#source.direct?.numbers(column, group.from, take)) return;
    const { format } = this.#source.columns[column]!;
    const one = new Float64Array(1);
    const takeOne = (value: unknown, row: number): void => {
      one[0] = cellNumber(value, format);
      take(one, row);
    };
    await this.#queues[column]!(() => this.scan(column, takeOne, group));
  }

  /** The numbers of a column; NaN for a missing value. */
  async numbers(column: number): Promise<Float64Array> {
    const { rows } = this.#source;
    const numbers = new Float64Array(rows);
    for (const group of this.groups) {
      await this.groupNumbers(column, group, (values, row) => numbers.set(values, row));
      this.#onProgress(group.to / rows);
    }
    return numbers;
  }

  /** Passes the text of each row to `take`. */
  async eachText(column: number, take: OnText): Promise<void> {
    const { columns, direct, rows } = this.#source;
    const { format } = columns[column]!;
    const encoder = new TextEncoder();
    const takeValue = (value: unknown, row: number): void => {
      const isText = value instanceof Uint8Array && format.kind !== 'bytes';
      const bytes = isText ? value : encoder.encode(formatCell(value, format) ?? '');
      take(bytes, 0, bytes.length, row);
    };
    for (const group of this.groups) {
      if (format.kind !== 'plain' || !(await direct?.texts(column, group.from, take)))
        await this.scan(column, takeValue, group);
      this.#onProgress(group.to / rows);
    }
  }

  /**
   * All texts of a column, concatenated, with the start and end offset of each: a string for each would take ten times
   * the memory.
   */
  async texts(column: number): Promise<{ bytes: Uint8Array; from: Uint32Array; to: Uint32Array }> {
    const { rows } = this.#source;
    const from = new Uint32Array(rows);
    const to = new Uint32Array(rows);
    let bytes = new Uint8Array(1 << 20);
    let length = 0;
    await this.eachText(column, (source, begin, end, row) => {
      if (length + end - begin > bytes.length) bytes = grow(bytes, Math.max(bytes.length * 2, length + end - begin));
      from[row] = length;
      for (let at = begin; at < end; at++) bytes[length++] = source[at]!;
      to[row] = length;
    });
    return { bytes, from, to };
  }
}
