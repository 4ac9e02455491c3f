import { type ColumnChunk, readOffsetIndex } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { type Body, bufferedBody, plainBody, snappyBody } from './body.ts';
import { compressors } from './compressors.ts';
import { type Source, windowOf } from './window.ts';

/** Bytes added to an estimated end, because the compression ratio varies within a chunk. */
const ESTIMATE_MARGIN = 128 * 1024;
/** Largest page header that is read, in bytes. */
const MAX_HEADER_SIZE = 1024 * 1024;

type Header = ReturnType<typeof parquetHeader>;

/** A data page of a column chunk. */
export interface Page {
  /** Its first row within the row group. */
  readonly row: number;
  /** Number of rows. */
  readonly rows: number;
  readonly encoding: string;
  /** The definition levels of a v2 page; undefined for a v1 page, whose body begins with them. */
  readonly levels: Uint8Array | undefined;
  readonly body: Body;
}

/** The pages of a column chunk that has no repetition levels. */
export interface Pages {
  /** Whether reading one value decompresses the whole page. */
  readonly areBuffered: boolean;
  /** The entries of the dictionary page, PLAIN encoded in `bytes`; undefined if the chunk has none. */
  dictionary(): Promise<{ count: number; bytes: Uint8Array } | undefined>;
  /** The page that contains a row of the row group. */
  at(row: number): Promise<Page>;
  /** The page that was read last. */
  last(): Page | undefined;
  /** Bytes that the pages occupy in memory. */
  heldBytes(): number;
  /** Stops reading for now. */
  pause(): void;
  /** Frees the data that is cheap to read again. */
  release(): void;
}

/** The position of a page: from the offset index, or from the page headers before it. */
interface PageLocation {
  /** Byte offset of its header. */
  readonly offset: number;
  /** Its first row. */
  readonly row: number;
}

/**
 * Opens the pages of a column chunk, whose row group has `rows` rows. The methods throw if the pages are malformed.
 * @param likelyRows a hint: the number of rows that the caller will probably read, from the first on
 */
export function pagesOf(file: Source, chunk: ColumnChunk, rows: number, likelyRows: number): Pages {
  const meta = chunk.meta_data;
  if (!meta) throw new Error('a column chunk has no metadata');
  const { codec } = meta;
  const begin = Number(meta.dictionary_page_offset || meta.data_page_offset);
  const end = Math.min(file.byteLength, begin + Number(meta.total_compressed_size));
  const likelyEnd = Math.min(end, Math.ceil(begin + ((end - begin) * likelyRows) / rows + ESTIMATE_MARGIN));
  const { readBytes, ...window } = windowOf(file, end, likelyEnd);
  let last: Page | undefined;
  let locations: PageLocation[] | undefined;
  let dictionaryPage: ReturnType<Pages['dictionary']> | undefined;
  /** Uncompressed size of the dictionary page. */
  let dictionarySize = 0;

  /** Reads the page header at a byte offset, whose size is not known. `body`: byte offset of the page's content. */
  async function readHeader(offset: number): Promise<{ header: Header; body: number }> {
    for (let size = 512; ; size *= 4) {
      const to = Math.min(end, offset + size);
      const bytes = (await readBytes(offset, to)).subarray(0, to - offset);
      try {
        const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), offset: 0 };
        const header = parquetHeader(reader);
        if (reader.offset <= bytes.length) return { header, body: offset + reader.offset };
      } catch (error) {
        if (to === end || size > MAX_HEADER_SIZE) throw error;
      }
      if (to === end || size > MAX_HEADER_SIZE) throw new Error(`the page at byte ${offset} is truncated`);
    }
  }

  /** The sizes that a header states. Throws if the body, from byte `body` of the file on, does not fit in the chunk. */
  function sizesIn(header: Header, body: number): { compressedSize: number; uncompressedSize: number } {
    const { compressed_page_size: compressedSize, uncompressed_page_size: uncompressedSize } = header;
    if (!(compressedSize >= 0 && uncompressedSize >= 0 && body + compressedSize <= end))
      throw new Error(`the page at byte ${body} is malformed: its size exceeds its column chunk`);
    return { compressedSize, uncompressedSize };
  }

  async function decompress(from: number, to: number, size: number): Promise<Uint8Array> {
    const compressed = (await readBytes(from, to)).subarray(0, to - from);
    if (codec === 'UNCOMPRESSED') return compressed;
    const decompressor = compressors[codec];
    if (!decompressor) throw new Error(`the codec ${codec} is not supported`);
    const bytes = decompressor(compressed, size);
    if (bytes.length !== size)
      throw new Error(`the page at byte ${from} has ${bytes.length} bytes, but its header states ${size}`);
    return bytes;
  }

  function bodyOf(from: number, to: number, size: number, isCompressed: boolean): Body {
    if (isCompressed && codec === 'SNAPPY') return snappyBody(readBytes, from, to, size);
    if (!isCompressed || codec === 'UNCOMPRESSED') return plainBody(readBytes, from, Math.min(size, to - from));
    return bufferedBody(() => decompress(from, to, size), size);
  }

  /** Reads the header of a page. `page`: undefined for a dictionary page. `next`: byte offset of the following page. */
  async function readPage({ offset, row }: PageLocation): Promise<{ page: Page | undefined; next: number }> {
    const { header, body } = await readHeader(offset);
    const { compressedSize, uncompressedSize } = sizesIn(header, body);
    const next = body + compressedSize;
    const { data_page_header: v1, data_page_header_v2: v2 } = header;
    const count = v1?.num_values ?? v2?.num_values;
    if (count === undefined) return { page: undefined, next };
    if (!(count >= 0 && row + count <= rows))
      throw new Error(`the page at byte ${offset} is malformed: its header states ${count} values`);
    // Skip repetition levels, which precede the definition levels: some writers store them for columns without lists.
    const repetitionSize = v2?.repetition_levels_byte_length ?? 0;
    const levelsSize = repetitionSize + (v2?.definition_levels_byte_length ?? 0);
    const maxSize = Math.min(compressedSize, uncompressedSize);
    if (!(repetitionSize >= 0 && levelsSize >= repetitionSize && levelsSize <= maxSize))
      throw new Error(`the page at byte ${offset} is malformed: its levels exceed its size`);
    const page: Page = {
      row,
      rows: count,
      encoding: v1?.encoding ?? v2?.encoding ?? '',
      levels: v2 && (await readBytes(body, body + levelsSize)).slice(repetitionSize, levelsSize),
      body: bodyOf(body + levelsSize, next, uncompressedSize - levelsSize, v2?.is_compressed ?? true),
    };
    return { page, next };
  }

  /** The pages in the offset index. Without one, the first page; the others are found from their headers. */
  async function readLocations(): Promise<PageLocation[]> {
    const { offset_index_offset: offset, offset_index_length: length } = chunk;
    if (offset === undefined || length === undefined) return [{ offset: begin, row: 0 }];
    const view = new DataView(await file.slice(Number(offset), Number(offset) + length));
    const { page_locations } = readOffsetIndex({ view, offset: 0 });
    return page_locations.map((page) => ({ offset: Number(page.offset), row: Number(page.first_row_index) }));
  }

  function dictionary(): ReturnType<Pages['dictionary']> {
    dictionaryPage ??= (async () => {
      const { header, body } = await readHeader(begin);
      const count = header.dictionary_page_header?.num_values;
      if (count === undefined) return undefined;
      const { compressedSize, uncompressedSize } = sizesIn(header, body);
      dictionarySize = uncompressedSize;
      return { count, bytes: Uint8Array.from(await decompress(body, body + compressedSize, uncompressedSize)) };
    })();
    // After an error, the next call tries again.
    dictionaryPage.catch(() => {
      dictionaryPage = undefined;
    });
    return dictionaryPage;
  }

  return {
    areBuffered: codec !== 'SNAPPY' && codec !== 'UNCOMPRESSED',
    dictionary,
    last: () => last,
    heldBytes: () => window.heldBytes() + (last?.body.heldBytes() ?? 0) + dictionarySize,
    pause: window.pause,
    release() {
      window.release();
      last?.body.release();
    },
    async at(row) {
      if (last && row >= last.row && row < last.row + last.rows) return last;
      // Read the dictionary first, because the window is at the beginning of the chunk; later it would need a request
      // of its own. An error is thrown when a page needs the dictionary.
      if (meta.dictionary_page_offset) await dictionary().catch(() => {});
      locations ??= await readLocations();
      let index = locations.findLastIndex((location) => location.row <= row);
      for (;;) {
        const location = locations[index];
        if (!location || location.offset < begin || location.offset >= end)
          throw new Error(`row ${row} is not in any page`);
        const { page, next } = await readPage(location);
        if (page && row < page.row + page.rows) {
          last = page;
          return page;
        }
        // The page after a dictionary page or an empty page has the same first row.
        if (index === locations.length - 1) locations.push({ offset: next, row: location.row + (page?.rows ?? 0) });
        index++;
      }
    },
  };
}
