import { codesOf } from './coded.ts';
import { codesIn, onesIn } from './codes.ts';
import type { Page, Pages } from './pages.ts';
import type { Layout } from './values.ts';

/** Some values of a page that are in memory, until the next are: from the one numbered `first` to before `end`. */
export interface Cells {
  readonly first: number;
  readonly end: number;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Where a value begins and ends, by its number: in bytes, and of truths in bits. */
  from(index: number): number;
  to(index: number): number;
}

/** The values of a page, by their number among those that are there. */
export interface Values {
  /** Which one is that of a row; -1 where it has none. Quickest where one goes on from the row before. */
  indexOf(row: number): number;
  /** How many there are. */
  readonly count: number;
  /** Bytes of memory that it takes to know which rows have one. */
  readonly held: number;
  /** The one numbered `first` and, where they are near, those up to `end`. */
  cells(first: number, end: number): Promise<Cells>;
}

/** Bytes of texts that are looked at together. */
const RUN = 128 * 1024;
/** Bytes of memory for each of the levels: a run of two may become four numbers, and these are there themselves. */
const HELD = 17;

/** Finds the values of a page of a column. Throws where it cannot be. */
export async function openValues(layout: Layout, optional: boolean, page: Page, pages: Pages): Promise<Values> {
  const { body } = page;
  let at = 0;
  let indexOf = (row: number): number => row;
  let count = page.rows;
  let held = 0;
  if (optional) {
    let { levels } = page;
    if (!levels) {
      const head = await body.read(0, 4);
      at = 4 + new DataView(head.buffer, head.byteOffset, 4).getUint32(0, true);
      levels = (await body.read(4, at)).slice();
    }
    const ones = onesIn(levels, page.rows);
    count = ones(0, page.rows);
    held = HELD * levels.length;
    if (count < page.rows) indexOf = ranksIn(codesIn(levels, 1, page.rows), ones);
  }
  if (page.encoding === 'PLAIN') return { indexOf, count, held, cells: plainCells(layout, page, at, count) };
  if (page.encoding === 'RLE' && layout.kind === 'BOOLEAN') {
    // Their length comes first.
    const bits = (await body.read(0, body.size)).subarray(at + 4);
    const cells = together(layout, packed(codesIn(bits, 1, count), count), count);
    return { indexOf, count, held, cells: async () => cells };
  }
  if (!page.encoding.endsWith('_DICTIONARY'))
    throw new Error(`a page is encoded as ${page.encoding}, which its column does not say`);
  return { indexOf, count, held, cells: await codedCells(layout, page, at, count, pages) };
}

function plainCells(layout: Layout, page: Page, at: number, count: number): Values['cells'] {
  const { kind, width } = layout;
  const { body } = page;
  if (kind === 'BYTE_ARRAY') return textCells(page, at, count);
  if (width === 0) return async () => together(layout, (await body.read(0, body.size)).subarray(at), count);
  return async (first, end) => {
    const bytes = await body.read(at + first * width, at + end * width);
    const from = (index: number): number => (index - first) * width;
    return { first, end, ...viewed(bytes), from, to: (index) => from(index + 1) };
  };
}

/** Texts, each behind the length of it. */
function textCells({ body }: Page, at: number, count: number): Values['cells'] {
  /** Where some of them begin, which one has come by. */
  const places = [{ index: 0, at }];
  return async (first, end) => {
    let place = places.findLast(({ index }) => index <= first)!;
    let run = RUN;
    for (;;) {
      const to = Math.min(body.size, place.at + run);
      const { bytes, view } = viewed(await body.read(place.at, to));
      let next = 0;
      let { index } = place;
      const pass = (): boolean => {
        if (next + 4 > bytes.length) return false;
        const behind = next + 4 + view.getUint32(next, true);
        if (behind > bytes.length) return false;
        next = behind;
        index++;
        return true;
      };
      while (index < first && pass());
      if (index === first) {
        const starts = [next];
        const begin = place.at;
        while (index < Math.min(end, count) && pass()) starts.push(next);
        if (index > first) {
          if (begin + next > places.at(-1)!.at) places.push({ index, at: begin + next });
          return {
            first,
            end: index,
            bytes,
            view,
            from: (one) => starts[one - first]! + 4,
            to: (one) => starts[one - first + 1]!,
          };
        }
      }
      // On behind those, or more at once where a text is longer than what was read.
      if (index === place.index) {
        if (to === body.size) throw new Error('a page is shorter than its values');
        run *= 2;
      }
      place = { index, at: place.at + next };
      if (place.at > places.at(-1)!.at) places.push(place);
    }
  };
}

/** Values that are in the dictionary of their chunk: the page has only their places in it. */
async function codedCells(
  layout: Layout,
  { body }: Page,
  at: number,
  count: number,
  pages: Pages,
): Promise<Values['cells']> {
  const dictionary = await pages.dictionary();
  if (!dictionary) throw new Error('a page refers to a dictionary that is not there');
  const entries = together(layout, dictionary.bytes, dictionary.count);
  const width = at < body.size ? (await body.read(at, at + 1))[0]! : 0;
  const codes = width > 0 ? codesOf(body, at + 1, width, count) : async () => ({ end: count, codeOf: () => 0 });
  return async (first, end) => {
    const some = await codes(first, end);
    const known = (index: number): number => {
      const code = some.codeOf(index);
      if (code >= dictionary.count) throw new Error(`a page refers to entry ${code} of ${dictionary.count}`);
      return code;
    };
    const { from, to } = entries;
    return {
      ...entries,
      first,
      end: some.end,
      from: (index: number) => from(known(index)),
      to: (index: number) => to(known(index)),
    };
  };
}

/** So many values behind one another. */
function together({ kind, width }: Layout, bytes: Uint8Array, count: number): Cells {
  const all = { first: 0, end: count, ...viewed(bytes) };
  const short = (): Error => new Error('a page is shorter than its values');
  if (width > 0) {
    if (count * width > bytes.length) throw short();
    return { ...all, from: (index) => index * width, to: (index) => (index + 1) * width };
  }
  if (kind === 'BOOLEAN') {
    if (count > 8 * bytes.length) throw short();
    return { ...all, from: (index) => index, to: (index) => index + 1 };
  }
  const starts = new Uint32Array(count + 1);
  let next = 0;
  for (let index = 0; index < count; index++) {
    if (next + 4 > bytes.length) throw short();
    starts[index] = next + 4;
    next += 4 + all.view.getUint32(next, true);
  }
  if (next > bytes.length) throw short();
  starts[count] = next + 4;
  return { ...all, from: (index) => starts[index] ?? 0, to: (index) => (starts[index + 1] ?? 4) - 4 };
}

function viewed(bytes: Uint8Array): { bytes: Uint8Array; view: DataView } {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length) };
}

/** Truths as bits. */
function packed(truthAt: (index: number) => number, count: number): Uint8Array {
  const bits = new Uint8Array(Math.ceil(count / 8));
  for (let i = 0; i < count; i++) bits[i >>> 3] = bits[i >>> 3]! | (truthAt(i) << (i & 7));
  return bits;
}

/** Which of the values that are there is that of a row, -1 for none. */
function ranksIn(there: (row: number) => number, ones: (from: number, to: number) => number): (row: number) => number {
  let at = 0;
  let rank = 0;
  return (row) => {
    if (row < at) [at, rank] = [0, 0];
    if (row === at + 1) rank += there(at);
    else if (row > at) rank += ones(at, row);
    at = row;
    return there(row) === 1 ? rank : -1;
  };
}
