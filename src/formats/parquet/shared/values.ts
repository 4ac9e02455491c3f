import type { SchemaElement } from 'hyparquet';
import type { Page } from './page-reader.ts';
import { openValues, type PageValues, type ValueBatch } from './page-values.ts';
import type { Pages } from './pages.ts';
import { unscaledOf } from './stored-schema.ts';

/** Physical types that are decoded here; the library reads the others. */
export type PhysicalType = 'BOOLEAN' | 'INT32' | 'INT64' | 'FLOAT' | 'DOUBLE' | 'BYTE_ARRAY' | 'FIXED_LEN_BYTE_ARRAY';

/**
 * Bytes of a value. 0 for booleans, which are bits, for BYTE_ARRAY, whose values have lengths of their own, and for
 * FIXED_LEN_BYTE_ARRAY, whose length is in the schema.
 */
const WIDTHS: Readonly<Record<PhysicalType, number>> = {
  BOOLEAN: 0,
  INT32: 4,
  INT64: 8,
  FLOAT: 4,
  DOUBLE: 8,
  BYTE_ARRAY: 0,
  FIXED_LEN_BYTE_ARRAY: 0,
};
/** Converted and logical types whose stored values need no conversion. */
const CONVERTED_TYPES = /^(UTF8|ENUM|DATE|TIME_(MILLIS|MICROS)|TIMESTAMP_(MILLIS|MICROS)|U?INT_(8|16|32|64))$/;
const LOGICAL_TYPES = /^(STRING|ENUM|DATE|TIME|TIMESTAMP|INTEGER)$/;

/** How a column stores its values. */
export interface Layout {
  readonly type: PhysicalType;
  /** Bytes of a value; 0 for booleans and byte arrays of variable length. */
  readonly width: number;
  /** For decimals, what the stored integer is divided by. */
  readonly divisor: number | undefined;
  /** Whether integers are unsigned. */
  readonly isUnsigned: boolean;
}

/** The layout of a column; undefined if its type is not decoded here. */
export function layoutOf(element: SchemaElement): Layout | undefined {
  const { converted_type: converted, logical_type: logical } = element;
  if (element.type === undefined || !Object.hasOwn(WIDTHS, element.type)) return undefined;
  const type = element.type as PhysicalType;
  const isFixed = type === 'FIXED_LEN_BYTE_ARRAY';
  const width = isFixed ? (element.type_length ?? 0) : WIDTHS[type];
  if (converted === 'DECIMAL') {
    if (isFixed ? width < 1 : type !== 'INT32' && type !== 'INT64') return undefined;
    return { type, width, divisor: 10 ** (element.scale || 0), isUnsigned: false };
  }
  if (isFixed) return undefined;
  if (converted !== undefined && !CONVERTED_TYPES.test(converted)) return undefined;
  if (logical !== undefined && !LOGICAL_TYPES.test(logical.type)) return undefined;
  const isUnsigned = logical?.type === 'INTEGER' ? !logical.isSigned : (converted?.startsWith('UINT_') ?? false);
  return { type, width, divisor: undefined, isUnsigned };
}

/** Whether pages of this encoding are decoded here. */
export function isSupportedEncoding(encoding: string): boolean {
  return /^(PLAIN|RLE|BIT_PACKED|PLAIN_DICTIONARY|RLE_DICTIONARY)$/.test(encoding);
}

/** Values per batch. */
const BATCH_SIZE = 32 * 1024;

/** A column chunk that is decoded here. */
export interface Chunk extends Layout {
  readonly pages: Pages;
  /** Whether values may be null. */
  readonly isOptional: boolean;
  readonly rows: number;
}

/** The values of opened pages. */
const openedValues = new WeakMap<Page, PageValues>();

async function valuesOf(chunk: Chunk, page: Page): Promise<PageValues> {
  const values = openedValues.get(page) ?? (await openValues(chunk, chunk.isOptional, page, chunk.pages));
  openedValues.set(page, values);
  return values;
}

/** Bytes that a chunk occupies in memory. */
export function heldBytesOf({ pages }: Chunk): number {
  const page = pages.last();
  return pages.heldBytes() + (page ? (openedValues.get(page)?.heldBytes ?? 0) : 0);
}

/** The values of some rows of a chunk; undefined for null. The rows ascend. Strings are returned as bytes. */
export async function valuesAt(chunk: Chunk, rows: readonly number[]): Promise<unknown[]> {
  const found: unknown[] = [];
  const lastRow = rows.at(-1) ?? 0;
  for (const row of rows) {
    const page = await chunk.pages.at(row);
    page.body.expectReads(Math.min(1, (lastRow + 1 - page.row) / page.rows));
    const values = await valuesOf(chunk, page);
    const index = values.indexOf(row - page.row);
    found.push(index < 0 ? undefined : decodeValue(chunk, await values.read(index, index + 1), index));
  }
  return found;
}

/**
 * Passes the numbers of a chunk to `take` in batches, in row order; NaN for null. `row`: the row of the first number. A
 * batch is valid only during the call.
 */
export async function eachNumber(chunk: Chunk, take: (numbers: Float64Array, row: number) => void): Promise<void> {
  const numbers = new Float64Array(Math.min(BATCH_SIZE, chunk.rows));
  await eachBatch(chunk, (batch, page, { indexOf, count }, row) => {
    const end = Math.min(page.rows, row + numbers.length);
    let at = row;
    if (chunk.type === 'DOUBLE' && page.encoding === 'PLAIN' && count === page.rows) {
      // The file stores these numbers as a Float64Array does.
      at = Math.min(end, batch.end);
      new Uint8Array(numbers.buffer).set(batch.bytes.subarray(batch.startOf(row), batch.startOf(at)));
    }
    for (; at < end; at++) {
      const index = indexOf(at);
      if (index >= batch.end) break;
      numbers[at - row] = index < 0 ? Number.NaN : decodeNumber(chunk, batch.view, batch.startOf(index));
    }
    take(numbers.subarray(0, at - row), page.row + row);
    return at;
  });
}

/**
 * Passes the string of each row of a chunk to `take` as a range of bytes, empty for null. Valid only during the call.
 */
export async function eachText(
  chunk: Chunk,
  take: (bytes: Uint8Array, from: number, to: number, row: number) => void,
): Promise<void> {
  await eachBatch(chunk, ({ bytes, startOf, endOf, end }, page, { indexOf }, row) => {
    let at = row;
    for (; at < page.rows; at++) {
      const index = indexOf(at);
      if (index >= end) break;
      if (index < 0) take(bytes, 0, 0, page.row + at);
      else take(bytes, startOf(index), endOf(index), page.row + at);
    }
    return at;
  });
}

/**
 * Reads a chunk in batches. `take` processes the rows of the page from `row` on whose values are in `batch`. It returns
 * the first row that it has not processed.
 */
async function eachBatch(
  chunk: Chunk,
  take: (batch: ValueBatch, page: Page, values: PageValues, row: number) => number,
): Promise<void> {
  for (let begin = 0; begin < chunk.rows; ) {
    const page = await chunk.pages.at(begin);
    page.body.expectReads(1);
    const values = await valuesOf(chunk, page);
    let batch = EMPTY_BATCH;
    for (let row = 0; row < page.rows; ) {
      if (batch.end < values.count)
        batch = await values.read(batch.end, Math.min(values.count, batch.end + BATCH_SIZE));
      do row = take(batch, page, values, row);
      while (row < page.rows && values.indexOf(row) < batch.end);
    }
    begin = page.row + page.rows;
  }
}

/** The batch before the first one is read. A page of nulls has no other. */
const EMPTY_BATCH: ValueBatch = {
  first: 0,
  end: 0,
  bytes: new Uint8Array(),
  view: new DataView(new ArrayBuffer(0)),
  startOf: () => 0,
  endOf: () => 0,
};

function decodeValue(layout: Layout, { bytes, view, startOf, endOf }: ValueBatch, index: number): unknown {
  const { type, isUnsigned } = layout;
  const offset = startOf(index);
  if (type === 'BYTE_ARRAY') return bytes.slice(offset, endOf(index));
  if (type === 'FIXED_LEN_BYTE_ARRAY') return unscaledOf(bytes.subarray(offset, endOf(index)));
  if (type === 'BOOLEAN') return decodeNumber(layout, view, offset) === 1;
  if (type === 'INT32') return int32At(view, offset, isUnsigned);
  if (type !== 'INT64') return decodeNumber(layout, view, offset);
  return isUnsigned ? view.getBigUint64(offset, true) : view.getBigInt64(offset, true);
}

function decodeNumber({ type, width, divisor = 1, isUnsigned }: Layout, view: DataView, offset: number): number {
  switch (type) {
    case 'BOOLEAN':
      return (view.getUint8(offset >>> 3) >>> (offset & 7)) & 1;
    case 'INT32':
      return int32At(view, offset, isUnsigned) / divisor;
    case 'INT64':
      // The sum is rounded once, as by `Number(bigint)`.
      return (int32At(view, offset + 4, isUnsigned) * 4_294_967_296 + view.getUint32(offset, true)) / divisor;
    case 'FLOAT':
      return view.getFloat32(offset, true);
    case 'DOUBLE':
      return view.getFloat64(offset, true);
    case 'FIXED_LEN_BYTE_ARRAY':
      return bigEndianAt(view, offset, width) / divisor;
    case 'BYTE_ARRAY':
      return Number.NaN;
  }
}

function int32At(view: DataView, offset: number, isUnsigned: boolean): number {
  return isUnsigned ? view.getUint32(offset, true) : view.getInt32(offset, true);
}

/** A signed big-endian integer of `width` bytes. */
function bigEndianAt(view: DataView, offset: number, width: number): number {
  // Fast path for 16 bytes: most values fit in the lower 8, and the upper 8 extend the sign.
  if (width === 16) {
    const [high, low] = [view.getInt32(offset + 8), view.getUint32(offset + 12)];
    const sign = high < 0 ? -1 : 0;
    if (view.getInt32(offset) === sign && view.getInt32(offset + 4) === sign) return high * 4_294_967_296 + low;
  }
  return Number(unscaledOf(new Uint8Array(view.buffer, view.byteOffset + offset, width)));
}
