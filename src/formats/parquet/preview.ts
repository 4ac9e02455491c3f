import type { ColumnChunk, FileMetaData, RowGroup } from 'hyparquet';
import { parquetScan, parquetSchema } from 'hyparquet';
import { messageOf } from '../../shared/errors.ts';
import { type Column, formatCell } from '../../shared/kit/table/cell-format.ts';
import { cellsOf, type ParquetFile, parsersOf } from './shared/read.ts';
import { withStoredValues } from './shared/stored-schema.ts';

/** Bytes of the first read of a column. */
const FIRST_READ = 64 * 1024;
/** Largest number of bytes read of one column, and of all columns. */
const MAX_COLUMN_READ = 16 * 1024 * 1024;
const MAX_TOTAL_READ = 48 * 1024 * 1024;
/** Largest number of row groups that are read. One may have fewer rows than a page shows. */
const MAX_ROW_GROUPS = 4;

export interface Preview {
  readonly rows: readonly (readonly (string | null)[])[];
  /** Messages about columns that could not be read, whose cells are empty. */
  readonly problems: readonly string[];
}

/** The first `maxRows` rows of the first `columnCount` columns. Reads little, however large the row groups are. */
export async function firstRows(parquet: ParquetFile, columnCount: number, maxRows: number): Promise<Preview> {
  const groups = parquet.metadata.row_groups.filter((group) => group.num_rows > 0).slice(0, MAX_ROW_GROUPS);
  const rows: (string | null)[][] = [];
  const problems: string[] = [];
  let remainingBytes = MAX_TOTAL_READ;
  for (const group of groups) {
    const start = rows.length;
    const length = Math.min(maxRows - start, Number(group.num_rows));
    if (length <= 0) break;
    for (let i = 0; i < length; i++) rows.push(Array.from({ length: columnCount }, () => ''));
    for (const [i, column] of parquet.columns.slice(0, columnCount).entries()) {
      try {
        const { values, bytesRead } = await firstValues(parquet, group, column, length, remainingBytes);
        remainingBytes -= bytesRead;
        for (let row = 0; row < length; row++) rows[start + row]![i] = formatCell(values[row], column.format);
      } catch (error) {
        if (problems.length < 5) problems.push(`Column ${column.name} could not be read: ${messageOf(error)}.`);
        else if (problems.length === 5) problems.push('More columns could not be read.');
      }
    }
  }
  return { rows, problems };
}

/**
 * The first `length` values of a column in a row group. Reads the beginning of its chunk, and more if the values do not
 * end there.
 */
async function firstValues(
  { file, metadata }: ParquetFile,
  group: RowGroup,
  column: Column,
  length: number,
  remainingBytes: number,
): Promise<{ values: ArrayLike<unknown>; bytesRead: number }> {
  const { name } = column;
  const { compressors } = await import('./shared/compressors.ts');
  const chunks = group.columns.filter((chunk) => chunk.meta_data?.path_in_schema[0] === name);
  const chunkBytes = chunks.reduce((sum, chunk) => sum + Number(chunk.meta_data?.total_compressed_size), 0);
  const isFlat = chunks.length === 1 && chunks[0]?.meta_data?.path_in_schema.length === 1;
  const maxBytes = Math.min(MAX_COLUMN_READ, remainingBytes);
  const schema = schemaOfColumn(metadata.schema, name);
  const tree = parquetSchema({ ...metadata, schema }).children[0];
  if (!isFlat && chunkBytes > maxBytes) throw new Error('it is too large for a preview');
  for (let bytes = isFlat ? Math.min(FIRST_READ, chunkBytes) : chunkBytes; ; bytes *= 4) {
    if (bytes > maxBytes) throw new Error('its pages are too large for a preview');
    const truncated: FileMetaData = {
      ...metadata,
      schema,
      num_rows: group.num_rows,
      row_groups: [{ ...group, columns: chunks.map((chunk) => truncateChunk(chunk, isFlat ? bytes : undefined)) }],
    };
    try {
      const scan = await parquetScan({
        file,
        metadata: withStoredValues(truncated),
        columns: [name],
        compressors,
        parsers: parsersOf(tree),
        geoparquet: false,
        useOffsetIndex: false,
      });
      const values = await scan.readColumn({ column: name, rowStart: 0, rowEnd: length });
      if (values.length >= length || bytes >= chunkBytes) return { values: cellsOf(values, tree), bytesRead: bytes };
    } catch (error) {
      // The page is probably truncated: read it again with more bytes.
      if (bytes >= chunkBytes) throw error;
    }
  }
}

/**
 * The schema reduced to one column. The library walks the whole schema on every read, which is slow for thousands of
 * columns.
 */
function schemaOfColumn(schema: FileMetaData['schema'], name: string): FileMetaData['schema'] {
  const [root] = schema;
  for (let index = 1; index < schema.length; ) {
    // The elements are in depth-first order: those of a column follow one another.
    const start = index;
    for (let remaining = 1; remaining > 0 && index < schema.length; index++)
      remaining += (schema[index]?.num_children ?? 0) - 1;
    if (root && schema[start]?.name === name) return [{ ...root, num_children: 1 }, ...schema.slice(start, index)];
  }
  return schema;
}

/** A chunk whose metadata states at most `bytes` as its size; undefined for no limit. */
function truncateChunk(chunk: ColumnChunk, bytes: number | undefined): ColumnChunk {
  if (bytes === undefined || !chunk.meta_data) return chunk;
  const size = Math.min(bytes, Number(chunk.meta_data.total_compressed_size));
  return { ...chunk, meta_data: { ...chunk.meta_data, total_compressed_size: BigInt(size) } };
}
