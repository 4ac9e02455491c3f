import type { ColumnChunk, FileMetaData, RowGroup } from 'hyparquet';
import { parquetScan } from 'hyparquet';
import { type Column, formatCell } from '../../shared/kit/table/cell-format.ts';
import { type ParquetFile, parsersOf } from './shared/read.ts';

/** How much of a column is read at first, how much at most, and how much of all columns together. */
const FIRST = 64 * 1024;
const MOST = 16 * 1024 * 1024;
const TOGETHER = 48 * 1024 * 1024;
/** Row groups that are looked into: small ones have few rows. */
const GROUPS = 4;

export interface Preview {
  readonly rows: readonly (readonly (string | null)[])[];
  /** What could not be read, and why: the cells are empty. */
  readonly problems: readonly string[];
}

/** The first `wanted` rows of the first `count` columns, by reading little, however large the row groups are. */
export async function firstRows(parquet: ParquetFile, count: number, wanted: number): Promise<Preview> {
  const groups = parquet.metadata.row_groups.filter((group) => group.num_rows > 0).slice(0, GROUPS);
  const rows: (string | null)[][] = [];
  const problems: string[] = [];
  let left = TOGETHER;
  for (const group of groups) {
    const start = rows.length;
    const length = Math.min(wanted - start, Number(group.num_rows));
    if (length <= 0) break;
    for (let i = 0; i < length; i++) rows.push(Array.from({ length: count }, () => ''));
    for (const [i, column] of parquet.columns.slice(0, count).entries()) {
      try {
        const { values, read } = await beginning(parquet, group, column, length, left);
        left -= read;
        for (let row = 0; row < length; row++) rows[start + row]![i] = formatCell(values[row], column.format);
      } catch (error) {
        if (problems.length < 5)
          problems.push(
            `Column ${column.name} could not be read: ${error instanceof Error ? error.message : String(error)}.`,
          );
        else if (problems.length === 5) problems.push('There are more such columns.');
      }
    }
  }
  return { rows, problems };
}

/** The first values of a column in a row group. Reads a part of it, and a larger one where that does not hold enough. */
async function beginning(
  { file, metadata }: ParquetFile,
  group: RowGroup,
  column: Column,
  length: number,
  budget: number,
): Promise<{ values: ArrayLike<unknown>; read: number }> {
  const { name } = column;
  const { compressors } = await import('./shared/compressors.ts');
  const chunks = group.columns.filter((chunk) => chunk.meta_data?.path_in_schema[0] === name);
  const whole = chunks.reduce((sum, chunk) => sum + Number(chunk.meta_data?.total_compressed_size), 0);
  const flat = chunks.length === 1 && chunks[0]?.meta_data?.path_in_schema.length === 1;
  const most = Math.min(MOST, budget);
  const schema = schemaFor(metadata.schema, name);
  if (!flat && whole > most) throw new Error('it is too large for a preview');
  for (let part = flat ? Math.min(FIRST, whole) : whole; ; part *= 4) {
    if (part > most) throw new Error('its pages are too large for a preview');
    const cut: FileMetaData = {
      ...metadata,
      schema,
      num_rows: group.num_rows,
      row_groups: [{ ...group, columns: chunks.map((chunk) => cutTo(chunk, flat ? part : undefined)) }],
    };
    try {
      const scan = await parquetScan({
        file,
        metadata: cut,
        columns: [name],
        compressors,
        parsers: parsersOf(column),
        geoparquet: false,
        useOffsetIndex: false,
      });
      const values = await scan.readColumn({ column: name, rowStart: 0, rowEnd: length });
      if (values.length >= length || part >= whole) return { values, read: part };
    } catch (error) {
      // Where a page is cut off, more is needed.
      if (part >= whole) throw error;
    }
  }
}

/** The schema of one column: with all of thousands, each read would go through all of them. */
function schemaFor(schema: FileMetaData['schema'], name: string): FileMetaData['schema'] {
  const [root] = schema;
  for (let at = 1; at < schema.length; ) {
    const from = at;
    for (let open = 1; open > 0 && at < schema.length; at++) open += (schema[at]?.num_children ?? 0) - 1;
    if (root && schema[from]?.name === name) return [{ ...root, num_children: 1 }, ...schema.slice(from, at)];
  }
  return schema;
}

function cutTo(chunk: ColumnChunk, bytes: number | undefined): ColumnChunk {
  if (bytes === undefined || !chunk.meta_data) return chunk;
  const size = Math.min(bytes, Number(chunk.meta_data.total_compressed_size));
  return { ...chunk, meta_data: { ...chunk.meta_data, total_compressed_size: BigInt(size) } };
}
