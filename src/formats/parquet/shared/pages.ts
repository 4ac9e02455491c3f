import { type ColumnChunk, readOffsetIndex } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { type Body, plainBody, snappyBody, wholeBody } from './body.ts';
import { compressors } from './compressors.ts';
import { type Source, windowOf } from './window.ts';

/** More than a guess says, since what is packed is not so everywhere alike. */
const SLACK = 128 * 1024;
/** A header of a page larger than this is not read. */
const MAX_HEADER = 1024 * 1024;

type Header = ReturnType<typeof parquetHeader>;

/** A page of a column chunk: its values lie behind one another, packed together. */
export interface Page {
  /** Its first row within the row group, and how many it has. */
  readonly row: number;
  readonly rows: number;
  readonly encoding: string;
  /** What says which rows have a value, where it is not the beginning of the body: not packed. */
  readonly levels: Uint8Array | undefined;
  readonly body: Body;
}

/** The pages of a column chunk without lists in it, found one after another and read one by one. */
export interface Pages {
  /** A page is unpacked as a whole, even for one value of it. */
  readonly areWhole: boolean;
  /** The dictionary, if the chunk has one: how many values, and these behind one another. */
  dictionary(): Promise<{ count: number; bytes: Uint8Array } | undefined>;
  /** The page that holds a row. */
  at(row: number): Promise<Page>;
  /** The one that was read last. */
  last(): Page | undefined;
  /** Bytes that are kept in memory for the next look. */
  held(): number;
  /** No more is read for now. */
  pause(): void;
  /** Lets go of what is quickly read again. */
  rest(): void;
}

/** Where a page begins, and which rows it has: known from the offset index, or from the headers before it. */
interface Place {
  readonly offset: number;
  readonly row: number;
}

/**
 * Opens the pages of a chunk of a row group of so many rows. `likely`: how many of them one will read from the first on, all
 * or a guess. Its methods throw where what they find cannot be.
 */
export function pagesOf(file: Source, chunk: ColumnChunk, rows: number, likely: number): Pages {
  const meta = chunk.meta_data;
  if (!meta) throw new Error('a column chunk is not described');
  const { codec } = meta;
  const begin = Number(meta.dictionary_page_offset || meta.data_page_offset);
  const end = Math.min(file.byteLength, begin + Number(meta.total_compressed_size));
  const far = Math.min(end, Math.ceil(begin + ((end - begin) * likely) / rows + SLACK));
  const { get, ...kept } = windowOf(file, end, far);
  let last: Page | undefined;
  let places: Place[] | undefined;
  let entry: ReturnType<Pages['dictionary']> | undefined;
  /** Bytes of it. */
  let entries = 0;

  async function headerAt(offset: number): Promise<{ header: Header; body: number }> {
    for (let size = 512; ; size *= 4) {
      const to = Math.min(end, offset + size);
      const bytes = (await get(offset, to)).subarray(0, to - offset);
      try {
        const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), offset: 0 };
        const header = parquetHeader(reader);
        if (reader.offset <= bytes.length) return { header, body: offset + reader.offset };
      } catch (error) {
        if (to === end || size > MAX_HEADER) throw error;
      }
      if (to === end || size > MAX_HEADER) throw new Error(`the page at byte ${offset} is cut off`);
    }
  }

  function checked(header: Header, body: number): { packed: number; size: number } {
    const [packed, size] = [header.compressed_page_size, header.uncompressed_page_size];
    if (!(packed >= 0 && size >= 0 && body + packed <= end)) throw new Error(`the page at byte ${body} cannot be`);
    return { packed, size };
  }

  async function unpack(from: number, to: number, size: number): Promise<Uint8Array> {
    const packed = (await get(from, to)).subarray(0, to - from);
    if (codec === 'UNCOMPRESSED') return packed;
    const decompress = compressors[codec];
    if (!decompress) throw new Error(`the compression ${codec} is not known here`);
    const bytes = decompress(packed, size);
    if (bytes.length !== size) throw new Error(`the page at byte ${from} has ${bytes.length} bytes for ${size}`);
    return bytes;
  }

  function bodyOf(from: number, to: number, size: number, packed: boolean): Body {
    if (packed && codec === 'SNAPPY') return snappyBody(get, from, to, size);
    if (!packed || codec === 'UNCOMPRESSED') return plainBody(get, from, Math.min(size, to - from));
    return wholeBody(() => unpack(from, to, size), size);
  }

  async function pageAt({ offset, row }: Place): Promise<{ page: Page | undefined; next: number }> {
    const { header, body } = await headerAt(offset);
    const { packed, size } = checked(header, body);
    const next = body + packed;
    const { data_page_header: first, data_page_header_v2: second } = header;
    const count = first?.num_values ?? second?.num_values;
    if (count === undefined) return { page: undefined, next };
    if (!(count >= 0 && row + count <= rows)) throw new Error(`the page at byte ${offset} says ${count} values`);
    // Repetition levels come first. Some writers have them in columns without lists, where they say nothing.
    const repetition = second?.repetition_levels_byte_length ?? 0;
    const before = repetition + (second?.definition_levels_byte_length ?? 0);
    if (!(repetition >= 0 && before >= repetition && before <= Math.min(packed, size)))
      throw new Error(`the page at byte ${offset} cannot be`);
    const page: Page = {
      row,
      rows: count,
      encoding: first?.encoding ?? second?.encoding ?? '',
      levels: second && (await get(body, body + before)).slice(repetition, before),
      body: bodyOf(body + before, next, size - before, second?.is_compressed ?? true),
    };
    return { page, next };
  }

  async function open(): Promise<Place[]> {
    const { offset_index_offset: at, offset_index_length: length } = chunk;
    if (at === undefined || length === undefined) return [{ offset: begin, row: 0 }];
    const view = new DataView(await file.slice(Number(at), Number(at) + length));
    const { page_locations: locations } = readOffsetIndex({ view, offset: 0 });
    return locations.map(({ offset, first_row_index: row }) => ({ offset: Number(offset), row: Number(row) }));
  }

  function dictionary(): ReturnType<Pages['dictionary']> {
    entry ??= (async () => {
      const { header, body } = await headerAt(begin);
      const count = header.dictionary_page_header?.num_values;
      if (count === undefined) return undefined;
      const { packed, size } = checked(header, body);
      entries = size;
      return { count, bytes: Uint8Array.from(await unpack(body, body + packed, size)) };
    })();
    // It may be there the next time.
    entry.catch(() => {
      entry = undefined;
    });
    return entry;
  }

  return {
    areWhole: codec !== 'SNAPPY' && codec !== 'UNCOMPRESSED',
    dictionary,
    last: () => last,
    held: () => kept.held() + (last?.body.held() ?? 0) + entries,
    pause: kept.pause,
    rest() {
      kept.rest();
      last?.body.rest();
    },
    async at(row) {
      if (last && row >= last.row && row < last.row + last.rows) return last;
      // Before what follows it: later it would be fetched again. Who needs it is told what is wrong with it.
      if (meta.dictionary_page_offset) await dictionary().catch(() => {});
      places ??= await open();
      let index = places.findLastIndex((place) => place.row <= row);
      for (;;) {
        const place = places[index];
        if (!place || place.offset < begin || place.offset >= end) throw new Error(`row ${row} is in no page`);
        const { page, next } = await pageAt(place);
        if (page && row < page.row + page.rows) {
          last = page;
          return page;
        }
        // Two at one row where the first is a dictionary, or empty.
        if (index === places.length - 1) places.push({ offset: next, row: place.row + (page?.rows ?? 0) });
        index++;
      }
    },
  };
}
