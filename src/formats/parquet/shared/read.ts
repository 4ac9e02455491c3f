import {
  type FileMetaData,
  parquetMetadataAsync,
  parquetScan,
  parquetSchema,
  type RowGroup,
  type SchemaTree,
} from 'hyparquet';
import { messageOf } from '../../../shared/errors.ts';
import { type Column, LazyText } from '../../../shared/kit/table/cell-format.ts';
import type { ColumnSource } from '../../../shared/kit/table/column-source.ts';
import { directReader } from './direct.ts';
import { nestedText } from './nested-text.ts';
import { columnOf } from './schema.ts';
import { unscaledOf, withStoredValues } from './stored-schema.ts';
import type { Source } from './window.ts';

/** Largest footer that is read, in bytes. A larger one would describe millions of columns. */
const MAX_FOOTER_SIZE = 32 * 1024 * 1024;

/** A Parquet file whose footer has been read. */
export interface ParquetFile {
  readonly file: Source;
  readonly metadata: FileMetaData;
  readonly rows: number;
  readonly columns: readonly Column[];
}

/** Parsers that return the stored values. They are converted when a cell is shown, so numbers remain exact. */
const PARSERS = {
  timestampFromMilliseconds: identity,
  timestampFromMicroseconds: identity,
  timestampFromNanoseconds: identity,
  dateFromDays: identity,
  stringFromBytes: identity,
  // JSON is shown as text, because it may be malformed or nested too deep to be parsed.
  jsonFromBytes: identity,
};

/** Parsers for columns of type VARIANT: the library decodes these, and expects texts. */
const VARIANT_PARSERS = {
  ...PARSERS,
  stringFromBytes: (bytes: Uint8Array | undefined) => bytes && decoder.decode(bytes),
} as typeof PARSERS;
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The parsers for the values of a column. */
export function parsersOf(tree: SchemaTree | undefined): typeof PARSERS {
  return tree && hasVariant(tree) ? VARIANT_PARSERS : PARSERS;
}

function hasVariant({ element, children }: SchemaTree): boolean {
  return element.logical_type?.type === 'VARIANT' || children.some(hasVariant);
}

function identity<T>(value: T): T {
  return value;
}

/**
 * Reads the footer of a Parquet file. Throws an error with a message for users if the file is not one or is malformed.
 */
export async function openParquet(file: Source): Promise<ParquetFile> {
  const size = file.byteLength;
  if (size < 12) throw new Error(`not a Parquet file: it has only ${size} bytes`);
  const magic = new Uint8Array(8);
  magic.set(new Uint8Array(await file.slice(0, 4)), 0);
  const tail = new DataView(await file.slice(size - 8, size));
  magic.set(new Uint8Array(tail.buffer, tail.byteOffset + 4, 4), 4);
  const [begin, end] = [ascii(magic.subarray(0, 4)), ascii(magic.subarray(4))];
  if (begin === 'PARE' || end === 'PARE') throw new Error('this Parquet file is encrypted');
  if (begin !== 'PAR1') throw new Error('not a Parquet file: it does not begin with PAR1');
  if (end !== 'PAR1') throw new Error('this Parquet file is truncated: it does not end with PAR1');
  const footerSize = tail.getUint32(0, true);
  if (footerSize > size - 12)
    throw new Error(
      `this Parquet file is malformed: it states a footer of ${footerSize} bytes, more than the file has`,
    );
  if (footerSize > MAX_FOOTER_SIZE)
    throw new Error(`the footer of this Parquet file has ${footerSize} bytes; the limit is ${MAX_FOOTER_SIZE}`);
  const metadata = await parquetMetadataAsync(file, { parsers: PARSERS, geoparquet: false }).catch((error: unknown) => {
    throw new Error(`the footer of this Parquet file is malformed: ${messageOf(error)}`, { cause: error });
  });
  try {
    const rows = Number(metadata.num_rows);
    const rowsInGroups = metadata.row_groups.reduce((sum, group) => sum + Number(group.num_rows), 0);
    if (!(rows >= 0) || rowsInGroups !== rows)
      throw new Error(`it states ${rows} rows, but its row groups have ${rowsInGroups}`);
    const columns = parquetSchema(metadata).children.map(columnOf);
    return { file, metadata, rows, columns };
  } catch (error) {
    throw new Error(`the footer of this Parquet file is malformed: ${messageOf(error)}`, { cause: error });
  }
}

const ascii = (bytes: Uint8Array): string => new TextDecoder('latin1').decode(bytes);

/**
 * A column source of the first `maxColumns` columns of a Parquet file. A block is a row group or, if the row group has
 * an offset index, a part of one.
 */
export async function parquetSource(
  { file, metadata, rows, columns }: ParquetFile,
  maxColumns: number,
): Promise<ColumnSource> {
  const { compressors } = await import('./compressors.ts');
  const trees = parquetSchema(metadata).children;
  const groups = metadata.row_groups.filter((group) => group.num_rows > 0);
  const createScan = (parsers: typeof PARSERS): ReturnType<typeof parquetScan> =>
    parquetScan({ file, metadata: withStoredValues(metadata), compressors, parsers, geoparquet: false });
  const scan = await createScan(PARSERS);
  const variantScan = trees.some(hasVariant) ? await createScan(VARIANT_PARSERS) : scan;
  return {
    rows,
    columns: columns.slice(0, maxColumns),
    direct: directReader({ file, metadata }),
    blocks: scan.ranges.flatMap(({ rowStart, rowEnd }, i) => blocksOf(rowStart, rowEnd, groups[i])),
    read: (column, from, to) => {
      const { name = '' } = columns[column] ?? {};
      const columnScan = parsersOf(trees[column]) === PARSERS ? scan : variantScan;
      return columnScan.readColumn({ column: name, rowStart: from, rowEnd: to }).then(
        (values) => cellsOf(values, trees[column]),
        (error: unknown) => {
          throw new Error(`column ${name}, rows ${from + 1} to ${to}: ${messageOf(error)}`, { cause: error });
        },
      );
    },
  };
}

/** The cells of a column, from its values read with `withStoredValues`. @param tree the schema of the column */
export function cellsOf(values: ArrayLike<unknown>, tree: SchemaTree | undefined): ArrayLike<unknown> {
  if (!tree) return values;
  const { format } = columnOf(tree);
  if (format.kind === 'decimal') return Array.from(values, unscaledOf);
  if (format.kind !== 'json' || (tree.children.length === 0 && tree.element.repetition_type !== 'REPEATED'))
    return values;
  return Array.from(values, (value) =>
    value === null || value === undefined ? value : new LazyText(() => nestedText(value, tree)),
  );
}

/** Rows per block of a row group that has an offset index. */
const BLOCK_ROWS = 16_384;

/** The first rows of the blocks of a row group. */
function blocksOf(start: number, end: number, group: RowGroup | undefined): number[] {
  const hasOffsetIndex = group?.columns.every((chunk) => chunk.offset_index_offset !== undefined) ?? false;
  const step = hasOffsetIndex ? BLOCK_ROWS : Math.max(1, end - start);
  return Array.from({ length: Math.ceil((end - start) / step) }, (_, i) => start + i * step);
}
