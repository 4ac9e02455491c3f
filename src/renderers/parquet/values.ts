import type { SchemaElement } from 'hyparquet';
import { parseDecimal } from 'hyparquet/src/convert.js';
import { areAllOne, codesIn } from './codes.ts';
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
const AS_THEY_ARE = /^(UTF8|ENUM|DATE|TIME_(MILLIS|MICROS)|TIMESTAMP_(MILLIS|MICROS)|INT_(8|16|32|64))$/;
const LOGICAL = /^(STRING|ENUM|DATE|TIME|TIMESTAMP|INTEGER)$/;

/** How the values of a column lie in its pages. */
export interface Layout {
  readonly kind: Kind;
  /** Bytes of a value; 0 where it is a bit, or where each has its own. */
  readonly width: number;
  /** Of a decimal: what its whole number is multiplied by. */
  readonly factor: number | undefined;
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
    return { kind, width, factor: 10 ** -(element.scale || 0) };
  }
  if (isFixed) return undefined;
  if (converted !== undefined && !AS_THEY_ARE.test(converted)) return undefined;
  if (logical !== undefined && !LOGICAL.test(logical.type)) return undefined;
  if (logical?.type === 'INTEGER' && !logical.isSigned) return undefined;
  return { kind, width, factor: undefined };
}

/** Whether pages so encoded are read here. */
export function isKnown(encoding: string): boolean {
  return /^(PLAIN|RLE|BIT_PACKED|PLAIN_DICTIONARY|RLE_DICTIONARY)$/.test(encoding);
}

/** One chunk of a column. `optional`: rows may be without a value. */
export interface Chunk extends Layout {
  readonly pages: Pages;
  readonly optional: boolean;
  readonly rows: number;
}

/** The values of some rows, ascending, by reading no more of their pages than is needed; undefined where there is none. */
export async function valuesAt(chunk: Chunk, rows: readonly number[]): Promise<unknown[]> {
  const values: unknown[] = [];
  for (let i = 0; i < rows.length; ) {
    const page = await chunk.pages.at(rows[i] ?? 0);
    let next = i;
    while (next < rows.length && (rows[next] ?? 0) < page.row + page.rows) next++;
    const last = (rows[next - 1] ?? 0) - page.row;
    // Values are seldom longer than this on average; if they are, more is taken.
    const guess = 64 * 1024 + (last + 1) * (chunk.width || 16);
    for (let wanted = guess; ; wanted *= 2) {
      const laid = await layOut(chunk, page, wanted, last + 1);
      if (!laid) continue;
      const { indexOf, cells } = laid;
      for (; i < next; i++) {
        const index = indexOf((rows[i] ?? 0) - page.row);
        values.push(index < 0 ? undefined : cellOf(chunk, cells, index));
      }
      break;
    }
  }
  return values;
}

/** Puts a chunk's numbers into `into` from `at` on; rows without a value stay NaN. */
export async function numbersInto(chunk: Chunk, into: Float64Array, at: number): Promise<void> {
  await eachPage(chunk, (page, { from, view }, indexOf) => {
    for (let row = 0, to = at + page.row; row < page.rows; row++, to++) {
      const index = indexOf(row);
      into[to] = index < 0 ? Number.NaN : numberAt(chunk, view, from(index));
    }
  });
}

/** Tells of the text of each row of a chunk: where it is in some bytes; an empty one where there is no value. */
export async function eachText(
  chunk: Chunk,
  take: (bytes: Uint8Array, from: number, to: number, row: number) => void,
): Promise<void> {
  await eachPage(chunk, (page, { bytes, from, to }, indexOf) => {
    for (let row = 0; row < page.rows; row++) {
      const index = indexOf(row);
      if (index < 0) take(bytes, 0, 0, page.row + row);
      else take(bytes, from(index), to(index), page.row + row);
    }
  });
}

async function eachPage(
  chunk: Chunk,
  take: (page: Page, cells: Cells, indexOf: (row: number) => number) => void,
): Promise<void> {
  for (let row = 0; row < chunk.rows; ) {
    const page = await chunk.pages.at(row);
    const laid = await layOut(chunk, page, page.size, page.rows);
    if (laid) take(page, laid.cells, laid.indexOf);
    row = page.row + page.rows;
  }
}

/** Where the values of a page are, by their number among those that are there. */
interface Cells {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  from(index: number): number;
  to(index: number): number;
}

/** Finds the values of a page's first `rows` rows; gives nothing where `wanted` bytes of its body do not hold them. */
async function layOut(
  chunk: Chunk,
  page: Page,
  wanted: number,
  rows: number,
): Promise<{ cells: Cells; indexOf(row: number): number } | undefined> {
  const { bytes, filled } = await page.body(wanted);
  const whole = filled >= page.size;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  let indexOf = (row: number): number => row;
  let values = rows;
  if (chunk.optional) {
    let levels = page.levels;
    if (!levels) {
      if (filled < 4) return cut(whole);
      at = 4 + view.getUint32(0, true);
      if (at > filled) return cut(whole);
      levels = bytes.subarray(4, at);
    }
    const ranks = ranksOf(levels, rows);
    if (ranks) {
      indexOf = (row) => ranks[row] ?? -1;
      values = ranks.reduce((most, rank) => (rank >= most ? rank + 1 : most), 0);
    }
  }
  const body = { bytes: bytes.subarray(0, filled), at };
  if (page.encoding === 'PLAIN') {
    const cells = plain(chunk, body.bytes, at, values);
    return cells ? { cells, indexOf } : cut(whole);
  }
  if (page.encoding === 'RLE' && chunk.kind === 'BOOLEAN') {
    // Their length comes first.
    if (!whole) return undefined;
    const bits = packed(codesIn(body.bytes.subarray(at + 4), 1, values), values);
    const cells = plain(chunk, bits, 0, values);
    return cells && { cells, indexOf };
  }
  if (!page.encoding.endsWith('_DICTIONARY'))
    throw new Error(`a page is encoded as ${page.encoding}, which its column does not say`);
  // The dictionary is read once; what points into it is small.
  if (!whole) return undefined;
  const dictionary = await chunk.pages.dictionary();
  const entries = dictionary && plain(chunk, dictionary.bytes, 0, dictionary.count);
  if (!dictionary || !entries) throw new Error('a page refers to a dictionary that is not there');
  const width = body.bytes[at] ?? 0;
  const codeAt = width === 0 ? () => 0 : codesIn(body.bytes.subarray(at + 1), width, values);
  const known = (index: number): number => {
    const code = codeAt(index);
    if (code >= dictionary.count) throw new Error(`a page refers to entry ${code} of ${dictionary.count}`);
    return code;
  };
  const { from, to } = entries;
  const cells = { ...entries, from: (index: number) => from(known(index)), to: (index: number) => to(known(index)) };
  return { cells, indexOf };
}

function cut(whole: boolean): undefined {
  if (whole) throw new Error('a page is shorter than its values');
}

/** Values behind one another from `at` on; nothing where these bytes do not hold as many. */
function plain({ kind, width }: Layout, bytes: Uint8Array, at: number, count: number): Cells | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (width > 0) {
    if (at + count * width > bytes.length) return undefined;
    return { bytes, view, from: (index) => at + index * width, to: (index) => at + (index + 1) * width };
  }
  if (kind === 'BOOLEAN') {
    if (8 * at + count > 8 * bytes.length) return undefined;
    return { bytes, view, from: (index) => 8 * at + index, to: (index) => 8 * at + index + 1 };
  }
  // Each begins behind the length of it, which stands behind the one before.
  const starts = new Uint32Array(count + 1);
  let next = at;
  for (let index = 0; index < count; index++) {
    if (next + 4 > bytes.length) return undefined;
    starts[index] = next + 4;
    next += 4 + view.getUint32(next, true);
  }
  if (next > bytes.length) return undefined;
  starts[count] = next + 4;
  return { bytes, view, from: (index) => starts[index] ?? 0, to: (index) => (starts[index + 1] ?? 4) - 4 };
}

function cellOf(layout: Layout, { bytes, view, from, to }: Cells, index: number): unknown {
  const { kind, factor } = layout;
  const at = from(index);
  if (kind === 'BYTE_ARRAY') return bytes.slice(at, to(index));
  if (kind === 'BOOLEAN') return numberAt(layout, view, at) === 1;
  return kind === 'INT64' && factor === undefined ? view.getBigInt64(at, true) : numberAt(layout, view, at);
}

function numberAt({ kind, width, factor = 1 }: Layout, view: DataView, at: number): number {
  switch (kind) {
    case 'BOOLEAN':
      return (view.getUint8(at >>> 3) >>> (at & 7)) & 1;
    case 'INT32':
      return view.getInt32(at, true) * factor;
    case 'INT64':
      // Rounded once, as Number() does it.
      return (view.getInt32(at + 4, true) * 4_294_967_296 + view.getUint32(at, true)) * factor;
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

/** Truths as bits. */
function packed(truthAt: (index: number) => number, count: number): Uint8Array {
  const bits = new Uint8Array(Math.ceil(count / 8));
  for (let i = 0; i < count; i++) bits[i >>> 3] = bits[i >>> 3]! | (truthAt(i) << (i & 7));
  return bits;
}

/** Of the first `rows` rows: which of the values that are there is theirs, -1 for none; nothing where all have one. */
function ranksOf(levels: Uint8Array, rows: number): Int32Array | undefined {
  if (areAllOne(levels, rows)) return undefined;
  const there = codesIn(levels, 1, rows);
  let row = 0;
  while (row < rows && there(row) === 1) row++;
  if (row === rows) return undefined;
  const ranks = new Int32Array(rows);
  let count = 0;
  for (row = 0; row < rows; row++) ranks[row] = there(row) === 1 ? count++ : -1;
  return ranks;
}
