import { dictionaryIndices } from './dictionary-indices.ts';
import type { Page } from './page-reader.ts';
import type { Pages } from './pages.ts';
import { onesCounter, rleValues } from './rle.ts';
import type { Layout } from './values.ts';

/** Values of a page, from index `first` up to `end` (exclusive). Valid until the next batch of the page is read. */
export interface ValueBatch {
  readonly first: number;
  readonly end: number;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** The offset in `bytes` at which a value begins; in bits for booleans. */
  startOf(index: number): number;
  /** The offset in `bytes` after a value. */
  endOf(index: number): number;
}

/** The values of a page that are not null. Their indexes begin with 0. */
export interface PageValues {
  /** The index of the value of a row; -1 if it is null. Fastest in ascending order. */
  indexOf(row: number): number;
  /** Number of values. */
  readonly count: number;
  /** Bytes of the definition levels in memory. */
  readonly heldBytes: number;
  /** Reads some of the values from `first` up to `end` (exclusive): at least the first. */
  read(first: number, end: number): Promise<ValueBatch>;
}

/** Bytes of strings per read. */
const BATCH_BYTES = 128 * 1024;
/** Bytes of memory per byte of definition levels. A run has at least two bytes; its index has four numbers. */
const HELD_PER_LEVEL_BYTE = 17;

/** Opens the values of a page. Throws if the page is malformed. */
export async function openValues(layout: Layout, isOptional: boolean, page: Page, pages: Pages): Promise<PageValues> {
  const { body } = page;
  /** Offset of the values in the body. */
  let valuesOffset = 0;
  let indexOf = (row: number): number => row;
  let count = page.rows;
  let heldBytes = 0;
  if (isOptional) {
    let { levels } = page;
    if (!levels) {
      const head = await body.read(0, 4);
      valuesOffset = 4 + new DataView(head.buffer, head.byteOffset, 4).getUint32(0, true);
      levels = (await body.read(4, valuesOffset)).slice();
    }
    const countOnes = onesCounter(levels, page.rows);
    count = countOnes(0, page.rows);
    heldBytes = HELD_PER_LEVEL_BYTE * levels.length;
    if (count < page.rows) indexOf = valueIndex(rleValues(levels, 1, page.rows), countOnes);
  }
  if (page.encoding === 'PLAIN')
    return { indexOf, count, heldBytes, read: plainReader(layout, page, valuesOffset, count) };
  if (page.encoding === 'RLE' && layout.type === 'BOOLEAN') {
    // The runs follow their length, which has four bytes.
    const runs = (await body.read(0, body.size)).subarray(valuesOffset + 4);
    const batch = plainBatch(layout, bitPack(rleValues(runs, 1, count), count), count);
    return { indexOf, count, heldBytes, read: async () => batch };
  }
  if (!page.encoding.endsWith('_DICTIONARY'))
    throw new Error(`a page is encoded as ${page.encoding}, which its column chunk does not list`);
  return { indexOf, count, heldBytes, read: await dictionaryReader(layout, page, valuesOffset, count, pages) };
}

function plainReader(layout: Layout, page: Page, offset: number, count: number): PageValues['read'] {
  const { type, width } = layout;
  const { body } = page;
  if (type === 'BYTE_ARRAY') return byteArrayReader(page, offset, count);
  if (width === 0) return async () => plainBatch(layout, (await body.read(0, body.size)).subarray(offset), count);
  return async (first, end) => {
    const bytes = await body.read(offset + first * width, offset + end * width);
    const startOf = (index: number): number => (index - first) * width;
    return { first, end, ...withView(bytes), startOf, endOf: (index) => startOf(index + 1) };
  };
}

/** Reads byte arrays, each of which is stored after its length. */
function byteArrayReader({ body }: Page, offset: number, count: number): PageValues['read'] {
  /** The offsets of some values, ascending. */
  const knownOffsets = [{ index: 0, offset }];
  return async (first, end) => {
    let start = knownOffsets.findLast(({ index }) => index <= first)!;
    let batchBytes = BATCH_BYTES;
    for (;;) {
      const to = Math.min(body.size, start.offset + batchBytes);
      const { bytes, view } = withView(await body.read(start.offset, to));
      let next = 0;
      let { index } = start;
      /** Moves to the next value. Returns false if the current one is incomplete. */
      const skipValue = (): boolean => {
        if (next + 4 > bytes.length) return false;
        const valueEnd = next + 4 + view.getUint32(next, true);
        if (valueEnd > bytes.length) return false;
        next = valueEnd;
        index++;
        return true;
      };
      while (index < first && skipValue());
      if (index === first) {
        const starts = [next];
        const begin = start.offset;
        while (index < Math.min(end, count) && skipValue()) starts.push(next);
        if (index > first) {
          if (begin + next > knownOffsets.at(-1)!.offset) knownOffsets.push({ index, offset: begin + next });
          return {
            first,
            end: index,
            bytes,
            view,
            startOf: (value) => starts[value - first]! + 4,
            endOf: (value) => starts[value - first + 1]!,
          };
        }
      }
      // Continue after these values, or read more at once if a value is longer than the batch.
      if (index === start.index) {
        if (to === body.size) throw new Error('a page is shorter than its values');
        batchBytes *= 2;
      }
      start = { index, offset: start.offset + next };
      if (start.offset > knownOffsets.at(-1)!.offset) knownOffsets.push(start);
    }
  };
}

/** Reads values of the dictionary of the column chunk, whose indices the page stores. */
async function dictionaryReader(
  layout: Layout,
  { body }: Page,
  offset: number,
  count: number,
  pages: Pages,
): Promise<PageValues['read']> {
  const dictionary = await pages.dictionary();
  if (!dictionary) throw new Error('a page refers to a dictionary that is missing');
  const entries = plainBatch(layout, dictionary.bytes, dictionary.count);
  const bitWidth = offset < body.size ? (await body.read(offset, offset + 1))[0]! : 0;
  const readIndices =
    bitWidth > 0
      ? dictionaryIndices(body, offset + 1, bitWidth, count)
      : async () => ({ end: count, entryOf: () => 0 });
  return async (first, end) => {
    const indices = await readIndices(first, end);
    const entryOf = (index: number): number => {
      const entry = indices.entryOf(index);
      if (entry >= dictionary.count)
        throw new Error(`a page refers to dictionary entry ${entry} of ${dictionary.count}`);
      return entry;
    };
    const { startOf, endOf } = entries;
    return {
      ...entries,
      first,
      end: indices.end,
      startOf: (index: number) => startOf(entryOf(index)),
      endOf: (index: number) => endOf(entryOf(index)),
    };
  };
}

/** All `count` values that are PLAIN encoded in `bytes`. */
function plainBatch({ type, width }: Layout, bytes: Uint8Array, count: number): ValueBatch {
  const all = { first: 0, end: count, ...withView(bytes) };
  const tooShort = (): Error => new Error('a page is shorter than its values');
  if (width > 0) {
    if (count * width > bytes.length) throw tooShort();
    return { ...all, startOf: (index) => index * width, endOf: (index) => (index + 1) * width };
  }
  if (type === 'BOOLEAN') {
    if (count > 8 * bytes.length) throw tooShort();
    return { ...all, startOf: (index) => index, endOf: (index) => index + 1 };
  }
  const starts = new Uint32Array(count + 1);
  let next = 0;
  for (let index = 0; index < count; index++) {
    if (next + 4 > bytes.length) throw tooShort();
    starts[index] = next + 4;
    next += 4 + all.view.getUint32(next, true);
  }
  if (next > bytes.length) throw tooShort();
  starts[count] = next + 4;
  return { ...all, startOf: (index) => starts[index] ?? 0, endOf: (index) => (starts[index + 1] ?? 4) - 4 };
}

function withView(bytes: Uint8Array): { bytes: Uint8Array; view: DataView } {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length) };
}

/** Packs booleans into bits, as the PLAIN encoding does. */
function bitPack(bitAt: (index: number) => number, count: number): Uint8Array {
  const bits = new Uint8Array(Math.ceil(count / 8));
  for (let i = 0; i < count; i++) bits[i >>> 3] = bits[i >>> 3]! | (bitAt(i) << (i & 7));
  return bits;
}

/**
 * Returns a function for the index of a row's value, -1 for null. The index is the number of earlier rows whose
 * definition level is 1.
 */
function valueIndex(
  levelAt: (row: number) => number,
  countOnes: (from: number, to: number) => number,
): (row: number) => number {
  let currentRow = 0;
  let index = 0;
  return (row) => {
    if (row < currentRow) [currentRow, index] = [0, 0];
    if (row === currentRow + 1) index += levelAt(currentRow);
    else if (row > currentRow) index += countOnes(currentRow, row);
    currentRow = row;
    return levelAt(row) === 1 ? index : -1;
  };
}
