import type { SchemaElement } from 'hyparquet';
import { parseDecimal } from 'hyparquet/src/convert.js';
import { type Cells, openValues, type Values } from './cells.ts';
import type { Page, Pages } from './pages.ts';

/** Kinds of values that are read here, straight from the bytes; all others are left to the library. */
export type Kind = 'BOOLEAN' | 'INT32' | 'INT64' | 'FLOAT' | 'DOUBLE' | 'BYTE_ARRAY' | 'FIXED_LEN_BYTE_ARRAY';

/** Bytes of a value; of a truth it is a bit, and texts have their own. */
const WIDTHS: Readonly<Record<Kind, number>> = {
  BOOLEAN: 0,
  INT32: 4,
  INT64: 8,
  FLOAT: 4,
  DOUBLE: 8,
  BYTE_ARRAY: 0,
  FIXED_LEN_BYTE_ARRAY: 0,
};
/** What these may stand for: values that are shown as they lie in the file. */
const AS_THEY_ARE = /^(UTF8|ENUM|DATE|TIME_(MILLIS|MICROS)|TIMESTAMP_(MILLIS|MICROS)|U?INT_(8|16|32|64))$/;
const LOGICAL = /^(STRING|ENUM|DATE|TIME|TIMESTAMP|INTEGER)$/;

/** How the values of a column lie in its pages. */
export interface Layout {
  readonly kind: Kind;
  /** Bytes of a value; 0 where it is a bit, or where each has its own. */
  readonly width: number;
  /** Of a decimal: what its whole number is multiplied by. */
  readonly factor: number | undefined;
  /** Whole numbers without a sign. */
  readonly unsigned: boolean;
}

/** How a column's values are read; undefined where they are not read here. */
export function layoutOf(element: SchemaElement): Layout | undefined {
  const { type, converted_type: converted, logical_type: logical } = element;
  if (type === undefined || !Object.hasOwn(WIDTHS, type)) return undefined;
  const kind = type as Kind;
  const isFixed = kind === 'FIXED_LEN_BYTE_ARRAY';
  const width = isFixed ? (element.type_length ?? 0) : WIDTHS[kind];
  if (converted === 'DECIMAL') {
    if (isFixed ? width < 1 : kind !== 'INT32' && kind !== 'INT64') return undefined;
    return { kind, width, factor: 10 ** -(element.scale || 0), unsigned: false };
  }
  if (isFixed) return undefined;
  if (converted !== undefined && !AS_THEY_ARE.test(converted)) return undefined;
  if (logical !== undefined && !LOGICAL.test(logical.type)) return undefined;
  const unsigned = logical?.type === 'INTEGER' ? !logical.isSigned : (converted?.startsWith('UINT_') ?? false);
  return { kind, width, factor: undefined, unsigned };
}

/** Whether pages so encoded are read here. */
export function isKnown(encoding: string): boolean {
  return /^(PLAIN|RLE|BIT_PACKED|PLAIN_DICTIONARY|RLE_DICTIONARY)$/.test(encoding);
}

/** Values that are looked at together. */
const RUN = 32 * 1024;

/** One chunk of a column. `optional`: rows may be without a value. */
export interface Chunk extends Layout {
  readonly pages: Pages;
  readonly optional: boolean;
  readonly rows: number;
}

/** What is known of the pages that are open. */
const opened = new WeakMap<Page, Values>();

async function valuesOf(chunk: Chunk, page: Page): Promise<Values> {
  const values = opened.get(page) ?? (await openValues(chunk, chunk.optional, page, chunk.pages));
  opened.set(page, values);
  return values;
}

/** Bytes of a chunk that are kept in memory for the next look. */
export function heldOf({ pages }: Chunk): number {
  const page = pages.last();
  return pages.held() + (page ? (opened.get(page)?.held ?? 0) : 0);
}

/** The values of some rows of a chunk, ascending; undefined where there is none. Texts are bytes. */
export async function valuesAt(chunk: Chunk, rows: readonly number[]): Promise<unknown[]> {
  const found: unknown[] = [];
  const last = rows.at(-1) ?? 0;
  for (const row of rows) {
    const page = await chunk.pages.at(row);
    page.body.expect(Math.min(1, (last + 1 - page.row) / page.rows));
    const values = await valuesOf(chunk, page);
    const index = values.indexOf(row - page.row);
    found.push(index < 0 ? undefined : cellOf(chunk, await values.cells(index, index + 1), index));
  }
  return found;
}

/** Tells of a chunk's numbers, in order: some from a row on, NaN where there is none, good until the next come. */
export async function eachNumber(chunk: Chunk, take: (numbers: Float64Array, row: number) => void): Promise<void> {
  const numbers = new Float64Array(Math.min(RUN, chunk.rows));
  await eachRun(chunk, (cells, page, { indexOf, count }, row) => {
    const end = Math.min(page.rows, row + numbers.length);
    let at = row;
    if (chunk.kind === 'DOUBLE' && page.encoding === 'PLAIN' && count === page.rows) {
      // They lie in the file as they do in memory.
      at = Math.min(end, cells.end);
      new Uint8Array(numbers.buffer).set(cells.bytes.subarray(cells.from(row), cells.from(at)));
    }
    for (; at < end; at++) {
      const index = indexOf(at);
      if (index >= cells.end) break;
      numbers[at - row] = index < 0 ? Number.NaN : numberAt(chunk, cells.view, cells.from(index));
    }
    take(numbers.subarray(0, at - row), page.row + row);
    return at;
  });
}

/** Tells of the text of each row of a chunk: where it is in some bytes; an empty one where there is no value. */
export async function eachText(
  chunk: Chunk,
  take: (bytes: Uint8Array, from: number, to: number, row: number) => void,
): Promise<void> {
  await eachRun(chunk, ({ bytes, from, to, end }, page, { indexOf }, row) => {
    let at = row;
    for (; at < page.rows; at++) {
      const index = indexOf(at);
      if (index >= end) break;
      if (index < 0) take(bytes, 0, 0, page.row + at);
      else take(bytes, from(index), to(index), page.row + at);
    }
    return at;
  });
}

/**
 * Goes through a chunk by what is in memory of it. `take` gets the page and its rows from `row` on: it takes those whose
 * values are in `cells`, or some of them, and gives the first one that it has not taken.
 */
async function eachRun(
  chunk: Chunk,
  take: (cells: Cells, page: Page, values: Values, row: number) => number,
): Promise<void> {
  for (let begin = 0; begin < chunk.rows; ) {
    const page = await chunk.pages.at(begin);
    page.body.expect(1);
    const values = await valuesOf(chunk, page);
    let run = NONE;
    for (let row = 0; row < page.rows; ) {
      if (run.end < values.count) run = await values.cells(run.end, Math.min(values.count, run.end + RUN));
      do row = take(run, page, values, row);
      while (row < page.rows && values.indexOf(row) < run.end);
    }
    begin = page.row + page.rows;
  }
}

/** Before the first: all there is of a page that has only rows without a value. */
const NONE: Cells = {
  first: 0,
  end: 0,
  bytes: new Uint8Array(),
  view: new DataView(new ArrayBuffer(0)),
  from: () => 0,
  to: () => 0,
};

function cellOf(layout: Layout, { bytes, view, from, to }: Cells, index: number): unknown {
  const { kind, factor, unsigned } = layout;
  const at = from(index);
  if (kind === 'BYTE_ARRAY') return bytes.slice(at, to(index));
  if (kind === 'BOOLEAN') return numberAt(layout, view, at) === 1;
  if (kind !== 'INT64' || factor !== undefined) return numberAt(layout, view, at);
  return unsigned ? view.getBigUint64(at, true) : view.getBigInt64(at, true);
}

function numberAt({ kind, width, factor = 1, unsigned }: Layout, view: DataView, at: number): number {
  switch (kind) {
    case 'BOOLEAN':
      return (view.getUint8(at >>> 3) >>> (at & 7)) & 1;
    case 'INT32':
      return wordAt(view, at, unsigned) * factor;
    case 'INT64':
      // Rounded once, as Number() does it.
      return (wordAt(view, at + 4, unsigned) * 4_294_967_296 + view.getUint32(at, true)) * factor;
    case 'FLOAT':
      return view.getFloat32(at, true);
    case 'DOUBLE':
      return view.getFloat64(at, true);
    case 'FIXED_LEN_BYTE_ARRAY':
      return wholeAt(view, at, width) * factor;
    case 'BYTE_ARRAY':
      return Number.NaN;
  }
}

function wordAt(view: DataView, at: number, unsigned: boolean): number {
  return unsigned ? view.getUint32(at, true) : view.getInt32(at, true);
}

/** A whole number of `width` bytes, the greatest first. */
function wholeAt(view: DataView, at: number, width: number): number {
  // Most are small, though there is room for more: eight bytes hold them, and the rest is the sign.
  if (width === 16) {
    const [top, low] = [view.getInt32(at + 8), view.getUint32(at + 12)];
    const sign = top < 0 ? -1 : 0;
    if (view.getInt32(at) === sign && view.getInt32(at + 4) === sign) return top * 4_294_967_296 + low;
  }
  return parseDecimal(new Uint8Array(view.buffer, view.byteOffset + at, width));
}
