import { type ColumnChunk, readOffsetIndex } from 'hyparquet';
import { type Dictionary, type Page, type PageLocation, pageReader } from './page-reader.ts';
import { type Source, windowOf } from './window.ts';

/** Bytes added to an estimated end, because the compression ratio varies within a chunk. */
const ESTIMATE_MARGIN = 128 * 1024;
/** The pages of a column chunk that has no repetition levels. */
export interface Pages {
  /** Whether reading one value decompresses the whole page. */
  readonly areBuffered: boolean;
  /** The dictionary; undefined if the chunk has none. */
  dictionary(): Promise<Dictionary | undefined>;
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
  const { readPage, readDictionary } = pageReader(readBytes, codec, end, rows);
  let last: Page | undefined;
  let locations: PageLocation[] | undefined;
  let dictionaryRead: Promise<Dictionary | undefined> | undefined;
  /** Bytes of the dictionary in memory. */
  let dictionarySize = 0;

  /** The pages in the offset index. Without one, the first page; the others are found from their headers. */
  async function readLocations(): Promise<PageLocation[]> {
    const { offset_index_offset: offset, offset_index_length: length } = chunk;
    if (offset === undefined || length === undefined) return [{ offset: begin, row: 0 }];
    const view = new DataView(await file.slice(Number(offset), Number(offset) + length));
    const { page_locations } = readOffsetIndex({ view, offset: 0 });
    return page_locations.map((page) => ({ offset: Number(page.offset), row: Number(page.first_row_index) }));
  }

  async function loadDictionary(): Promise<Dictionary | undefined> {
    try {
      const dictionary = await readDictionary(begin);
      dictionarySize = dictionary?.bytes.length ?? 0;
      return dictionary;
    } catch (error) {
      // The next call tries again.
      dictionaryRead = undefined;
      throw error;
    }
  }

  const dictionary = (): Promise<Dictionary | undefined> => (dictionaryRead ??= loadDictionary());

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
