import type { Column } from './cell-format.ts';
import type { OnNumbers } from './top-rows.ts';

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
  texts(column: number, from: number, take: OnText): Promise<boolean>;
}

/** Receives the text of a row as a range of bytes; an empty range is a missing value. The bytes are reused afterwards. */
export type OnText = (bytes: Uint8Array, from: number, to: number, row: number) => void;
