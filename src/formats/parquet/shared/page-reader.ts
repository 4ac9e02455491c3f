import type { ColumnMetaData } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { type Body, bufferedBody, plainBody, type ReadBytes, snappyBody } from './body.ts';
import { compressors } from './compressors.ts';

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

/** The position of a page: from the offset index, or from the page headers before it. */
export interface PageLocation {
  /** Byte offset of its header. */
  readonly offset: number;
  /** Its first row. */
  readonly row: number;
}

/** The entries of a dictionary page, PLAIN encoded in `bytes`. */
export interface Dictionary {
  readonly count: number;
  readonly bytes: Uint8Array;
}

/** Reads single pages of a column chunk. The methods throw if a page is malformed. */
export interface PageReader {
  /** Reads the header of a page. `page`: undefined for a dictionary page. `next`: byte offset of the following page. */
  readPage(location: PageLocation): Promise<{ page: Page | undefined; next: number }>;
  /** Reads the dictionary page at a byte offset; undefined if another page is there. */
  readDictionary(offset: number): Promise<Dictionary | undefined>;
}

/** Creates a reader for a chunk that ends before byte `end` of the file, and whose row group has `rows` rows. */
export function pageReader(
  readBytes: ReadBytes,
  codec: ColumnMetaData['codec'],
  end: number,
  rows: number,
): PageReader {
  /**
   * Reads the page header at a byte offset. Its size is not known: if it is incomplete, more bytes are read. `body`:
   * byte offset of the page's content.
   */
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

  async function readDictionary(offset: number): Promise<Dictionary | undefined> {
    const { header, body } = await readHeader(offset);
    const count = header.dictionary_page_header?.num_values;
    if (count === undefined) return undefined;
    const { compressedSize, uncompressedSize } = sizesIn(header, body);
    return { count, bytes: Uint8Array.from(await decompress(body, body + compressedSize, uncompressedSize)) };
  }

  return { readPage, readDictionary };
}
