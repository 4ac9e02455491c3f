import { type FileMetaData, parquetMetadataAsync, parquetScan, parquetSchema, type RowGroup } from 'hyparquet';
import type { Column } from '../../../shared/kit/table/cell-format.ts';
import type { ColumnSource } from '../../../shared/kit/table/column-source.ts';
import { directReader } from './direct.ts';
import { columnOf } from './schema.ts';
import type { Source } from './window.ts';

/** A footer larger than this is not read: it would describe millions of columns. */
const MAX_FOOTER = 32 * 1024 * 1024;

/** A parquet file whose footer has been read. */
export interface ParquetFile {
  readonly file: Source;
  readonly metadata: FileMetaData;
  readonly rows: number;
  readonly columns: readonly Column[];
}

/** Values as they are in the file: numbers stay exact, and texts bytes, until a cell is shown. */
const PARSERS = {
  timestampFromMilliseconds: same,
  timestampFromMicroseconds: same,
  timestampFromNanoseconds: same,
  dateFromDays: same,
  stringFromBytes: same,
  // Shown as it is written, and not read: it may be broken, or nested a million times.
  jsonFromBytes: same,
};

/** What becomes part of an object has to be text: it may be its key. */
const NESTED = { ...PARSERS, stringFromBytes: (bytes: Uint8Array | undefined) => bytes && decoder.decode(bytes) };
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** How the values of a column are read. */
export function parsersOf({ format }: Column): typeof PARSERS {
  return (format.kind === 'json' ? NESTED : PARSERS) as typeof PARSERS;
}

function same<T>(value: T): T {
  return value;
}

/** Reads the footer of a parquet file. Throws an error for people where it is none, or a broken one. */
export async function openParquet(file: Source): Promise<ParquetFile> {
  const size = file.byteLength;
  if (size < 12) throw new Error(`not a Parquet file: it has only ${size} bytes`);
  const ends = new Uint8Array(8);
  ends.set(new Uint8Array(await file.slice(0, 4)), 0);
  const tail = new DataView(await file.slice(size - 8, size));
  ends.set(new Uint8Array(tail.buffer, tail.byteOffset + 4, 4), 4);
  const [begin, end] = [ascii(ends.subarray(0, 4)), ascii(ends.subarray(4))];
  if (begin === 'PARE' || end === 'PARE') throw new Error('this Parquet file is encrypted');
  if (begin !== 'PAR1') throw new Error('not a Parquet file: it does not begin with PAR1');
  if (end !== 'PAR1') throw new Error('this Parquet file is not whole: it does not end with PAR1');
  const footer = tail.getUint32(0, true);
  if (footer > size - 12)
    throw new Error(`this Parquet file is broken: its footer is said to have ${footer} bytes, more than the file`);
  if (footer > MAX_FOOTER)
    throw new Error(`the footer of this Parquet file has ${footer} bytes: more than can be shown`);
  const metadata = await parquetMetadataAsync(file, { parsers: PARSERS, geoparquet: false }).catch((error: unknown) => {
    throw new Error(`the footer of this Parquet file is broken: ${message(error)}`, { cause: error });
  });
  try {
    const rows = Number(metadata.num_rows);
    const held = metadata.row_groups.reduce((sum, group) => sum + Number(group.num_rows), 0);
    if (!(rows >= 0) || held !== rows) throw new Error(`it says ${rows} rows, and its row groups ${held}`);
    const columns = parquetSchema(metadata).children.map(columnOf);
    return { file, metadata, rows, columns };
  } catch (error) {
    throw new Error(`the footer of this Parquet file is broken: ${message(error)}`, { cause: error });
  }
}

const ascii = (bytes: Uint8Array): string => new TextDecoder('latin1').decode(bytes);

/** What an error says. */
export function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A parquet file as columns of blocks: its row groups. */
export async function parquetSource(
  { file, metadata, rows, columns }: ParquetFile,
  most: number,
): Promise<ColumnSource> {
  const { compressors } = await import('./compressors.ts');
  const scanFor = (parsers: typeof PARSERS): ReturnType<typeof parquetScan> =>
    parquetScan({ file, metadata, compressors, parsers, geoparquet: false });
  const groups = metadata.row_groups.filter((group) => group.num_rows > 0);
  const scan = await scanFor(PARSERS);
  const nested = await scanFor(NESTED as typeof PARSERS);
  return {
    rows,
    columns: columns.slice(0, most),
    direct: directReader({ file, metadata }),
    blocks: scan.ranges.flatMap(({ rowStart, rowEnd }, i) => partsOf(rowStart, rowEnd, groups[i])),
    read: (column, from, to) => {
      const { name = '', format } = columns[column] ?? {};
      const own = format?.kind === 'json' ? nested : scan;
      return own.readColumn({ column: name, rowStart: from, rowEnd: to }).catch((error: unknown) => {
        throw new Error(`column ${name}, rows ${from + 1} to ${to}: ${message(error)}`, { cause: error });
      });
    },
  };
}

/** Rows that are read at once of a row group that says where its pages are. */
const PART = 16_384;

/** Where parts of a row group begin that can be read by themselves. */
function partsOf(start: number, end: number, group: RowGroup | undefined): number[] {
  const indexed = group?.columns.every((chunk) => chunk.offset_index_offset !== undefined) ?? false;
  const step = indexed ? PART : Math.max(1, end - start);
  return Array.from({ length: Math.ceil((end - start) / step) }, (_, i) => start + i * step);
}
