import type { FileMetaData, SchemaTree } from 'hyparquet';
import type { CellFormat, Column } from '../../../shared/kit/table/cell-format.ts';
import type { ColumnType } from '../../../shared/kit/table/infer-schema.ts';

const PER_SECOND = { MILLIS: 1e3, MICROS: 1e6, NANOS: 1e9 } as const;

/** What a top-level column of a parquet file is: how its values are written, and its type in the words of SQL. */
export function columnOf(tree: SchemaTree): Column {
  return { name: tree.element.name, ...typeOf(tree) };
}

/** The usual codec of a file's columns, in lower case. */
export function codecOf({ row_groups: groups }: FileMetaData): string | undefined {
  return groups[0]?.columns[0]?.meta_data?.codec.toLowerCase();
}

type Typed = Omit<Column, 'name'>;

function typeOf(tree: SchemaTree): Typed {
  const { element, children } = tree;
  if (children.length > 0 || element.repetition_type === 'REPEATED') return nested(tree);
  const { type, converted_type: converted, logical_type: logical } = element;
  const is = (shown: ColumnType, label: string, format: CellFormat = { kind: 'plain' }): Typed => ({
    type: shown,
    label,
    format,
  });
  if (logical?.type === 'TIMESTAMP' || converted?.startsWith('TIMESTAMP_')) {
    const unit = logical?.type === 'TIMESTAMP' ? logical.unit : converted === 'TIMESTAMP_MILLIS' ? 'MILLIS' : 'MICROS';
    const zone = logical?.type === 'TIMESTAMP' && logical.isAdjustedToUTC;
    return is('date', `timestamp${zone ? ' with time zone' : ''}`, {
      kind: 'moment',
      perSecond: PER_SECOND[unit],
      zone,
    });
  }
  if (logical?.type === 'TIME' || converted?.startsWith('TIME_')) {
    const unit = logical?.type === 'TIME' ? logical.unit : converted === 'TIME_MILLIS' ? 'MILLIS' : 'MICROS';
    return is('date', 'time', { kind: 'clock', perSecond: PER_SECOND[unit] });
  }
  if (converted === 'DATE' || logical?.type === 'DATE') return is('date', 'date', { kind: 'date' });
  if (converted === 'DECIMAL' || logical?.type === 'DECIMAL') {
    const scale = Math.min(100, Math.max(0, element.scale ?? 0));
    return is('number', `decimal(${element.precision ?? '?'}, ${scale})`, { kind: 'decimal', scale });
  }
  if (logical?.type === 'FLOAT16') return is('number', 'half');
  if (converted === 'JSON' || logical?.type === 'JSON' || logical?.type === 'VARIANT')
    return is('text', 'json', { kind: 'json' });
  if (logical?.type === 'GEOMETRY' || logical?.type === 'GEOGRAPHY')
    return is('text', logical.type.toLowerCase(), { kind: 'json' });
  if (logical?.type === 'UUID') return is('text', 'uuid');
  if (converted === 'UTF8' || logical?.type === 'STRING') return is('text', 'string');
  if (converted === 'ENUM' || logical?.type === 'ENUM') return is('text', 'enum');
  switch (type) {
    case 'BOOLEAN':
      return is('boolean', 'boolean');
    case 'INT32':
    case 'INT64':
      return is('integer', (converted ?? type).toLowerCase().replace('_', ''));
    case 'INT96':
      return is('date', 'timestamp', { kind: 'moment', perSecond: PER_SECOND.NANOS, zone: false });
    case 'FLOAT':
      return is('number', 'float', { kind: 'float' });
    case 'DOUBLE':
      return is('number', 'double');
    default:
      return is('text', 'binary', { kind: 'bytes' });
  }
}

/** A list, a map or a struct: shown as JSON. */
function nested({ element, children }: SchemaTree): Typed {
  const word =
    element.converted_type === 'LIST' || element.logical_type?.type === 'LIST' || children.length === 0
      ? 'list'
      : element.converted_type === 'MAP' || element.logical_type?.type === 'MAP'
        ? 'map'
        : `struct(${children.map((child) => child.element.name).join(', ')})`;
  return { type: 'text', label: word.slice(0, 200), format: { kind: 'json' } };
}
