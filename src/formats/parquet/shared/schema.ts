import type { FileMetaData, SchemaElement, SchemaTree } from 'hyparquet';
import type { CellFormat, Column } from '../../../shared/kit/table/cell-format.ts';
import type { ColumnType } from '../../../shared/kit/table/infer-schema.ts';

/** Units per second. */
const PER_SECOND = { MILLIS: 1e3, MICROS: 1e6, NANOS: 1e9 } as const;

/** A top-level column of a Parquet file. Its label is the type's name in SQL. */
export function columnOf(tree: SchemaTree): Column {
  const { element, children } = tree;
  const isNested = children.length > 0 || element.repetition_type === 'REPEATED';
  return { name: element.name, ...(isNested ? nestedFormat(tree) : formatOf(element)) };
}

/** The codec of the first column chunk, in lower case. Usually all chunks have the same codec. */
export function codecOf({ row_groups: groups }: FileMetaData): string | undefined {
  return groups[0]?.columns[0]?.meta_data?.codec.toLowerCase();
}

type ColumnFormat = Omit<Column, 'name'>;

/** The format of the values of a field without children. */
export function formatOf(element: SchemaElement): ColumnFormat {
  const { type, converted_type: converted, logical_type: logical } = element;
  const column = (columnType: ColumnType, label: string, format: CellFormat = { kind: 'plain' }): ColumnFormat => ({
    type: columnType,
    label,
    format,
  });
  if (logical?.type === 'TIMESTAMP' || converted?.startsWith('TIMESTAMP_')) {
    const unit = logical?.type === 'TIMESTAMP' ? logical.unit : converted === 'TIMESTAMP_MILLIS' ? 'MILLIS' : 'MICROS';
    const zone = logical?.type === 'TIMESTAMP' && logical.isAdjustedToUTC;
    return column('date', `timestamp${zone ? ' with time zone' : ''}`, {
      kind: 'moment',
      perSecond: PER_SECOND[unit],
      zone,
    });
  }
  if (logical?.type === 'TIME' || converted?.startsWith('TIME_')) {
    const unit = logical?.type === 'TIME' ? logical.unit : converted === 'TIME_MILLIS' ? 'MILLIS' : 'MICROS';
    return column('date', 'time', { kind: 'clock', perSecond: PER_SECOND[unit] });
  }
  if (converted === 'DATE' || logical?.type === 'DATE') return column('date', 'date', { kind: 'date' });
  if (converted === 'DECIMAL' || logical?.type === 'DECIMAL') {
    const scale = Math.min(100, Math.max(0, element.scale ?? 0));
    return column('number', `decimal(${element.precision ?? '?'}, ${scale})`, { kind: 'decimal', scale });
  }
  if (logical?.type === 'FLOAT16') return column('number', 'half');
  if (converted === 'JSON' || logical?.type === 'JSON' || logical?.type === 'VARIANT')
    return column('text', 'json', { kind: 'json' });
  if (logical?.type === 'GEOMETRY' || logical?.type === 'GEOGRAPHY')
    return column('text', logical.type.toLowerCase(), { kind: 'json' });
  if (logical?.type === 'UUID') return column('text', 'uuid');
  if (converted === 'UTF8' || logical?.type === 'STRING') return column('text', 'string');
  if (converted === 'ENUM' || logical?.type === 'ENUM') return column('text', 'enum');
  switch (type) {
    case 'BOOLEAN':
      return column('boolean', 'boolean');
    case 'INT32':
    case 'INT64':
      return column('integer', (converted ?? type).toLowerCase().replace('_', ''));
    case 'INT96':
      return column('date', 'timestamp', { kind: 'moment', perSecond: PER_SECOND.NANOS, zone: false });
    case 'FLOAT':
      return column('number', 'float', { kind: 'float' });
    case 'DOUBLE':
      return column('number', 'double');
    default:
      return column('text', 'binary', { kind: 'bytes' });
  }
}

/** Lists, maps and structs are shown as JSON. */
function nestedFormat({ element, children }: SchemaTree): ColumnFormat {
  const label =
    element.converted_type === 'LIST' || element.logical_type?.type === 'LIST' || children.length === 0
      ? 'list'
      : element.converted_type === 'MAP' || element.logical_type?.type === 'MAP'
        ? 'map'
        : `struct(${children.map((child) => child.element.name).join(', ')})`;
  return { type: 'text', label: label.slice(0, 200), format: { kind: 'json' } };
}
