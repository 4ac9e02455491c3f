import { parseExact, WrittenNumber } from '../json/parse-exact.ts';
import type { Column } from './cell-format.ts';
import type { ColumnType } from './infer-schema.ts';
import { MAX_COLUMNS } from './table-html.ts';

/** The JSON object of a line. */
export type LineObject = Readonly<Record<string, unknown>>;

/** Parses a line; undefined if it is not a JSON object. */
export function parseLineObject(line: string): LineObject | undefined {
  try {
    const value = parseExact(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as LineObject) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Infers the columns of a table from some lines of JSON. Undefined if few lines are objects or the objects have few keys
 * in common.
 */
export function inferColumns(lines: readonly string[]): Column[] | undefined {
  const objects = lines.map(parseLineObject).filter((one) => one !== undefined);
  if (objects.length < 2 || objects.length < 0.8 * lines.length) return undefined;
  const names = new Set(objects.flatMap((one) => Object.keys(one)));
  const usual = objects.reduce((sum, one) => sum + Object.keys(one).length, 0) / objects.length;
  if (names.size === 0 || names.size > MAX_COLUMNS || names.size > 4 * usual) return undefined;
  return [...names].map((name) => {
    const type = commonType(objects.map((one) => one[name]));
    return { name, type, label: type, format: { kind: 'json' } };
  });
}

/** The values of an object, by column; null for a missing key. */
export function valuesOf(object: LineObject | undefined, columns: readonly Column[]): unknown[] {
  return columns.map(({ name }) => (object && Object.hasOwn(object, name) ? object[name] : null));
}

function commonType(values: readonly unknown[]): ColumnType {
  const there = values.filter((value) => value !== null && value !== undefined);
  if (there.length === 0) return 'text';
  if (there.every((value) => typeof value === 'boolean')) return 'boolean';
  const isInteger = (value: unknown): boolean => typeof value === 'bigint' || Number.isInteger(value);
  if (there.every(isInteger)) return 'integer';
  return there.every((value) => isInteger(value) || typeof value === 'number' || value instanceof WrittenNumber)
    ? 'number'
    : 'text';
}
