import type { SchemaTree } from 'hyparquet';
import { formatCell } from '../../../shared/kit/table/cell-format.ts';
import { formatOf } from './schema.ts';
import { unscaledOf } from './stored-schema.ts';

/**
 * The text of a nested value, as read with `withStoredValues`, in the form of JSON: numbers and decimals with all their
 * digits (also NaN and infinities), dates and times as in columns of their own, maps with all their pairs.
 */
export function nestedText(value: unknown, tree: SchemaTree): string {
  try {
    return textOf(value, tree, false);
  } catch {
    // The schema is nested too deeply, or the value is too long for a text.
    return '{…}';
  }
}

/** @param isElement whether the value is one of those of a repeated field */
function textOf(value: unknown, tree: SchemaTree, isElement: boolean): string {
  if (value === null || value === undefined) return 'null';
  const { element, children } = tree;
  if (element.repetition_type === 'REPEATED' && !isElement && Array.isArray(value))
    return listText(value, (item) => textOf(item, tree, true));
  const kind = element.converted_type ?? element.logical_type?.type;
  const [child] = children;
  if (kind === 'LIST' && Array.isArray(value) && child && children.length === 1) {
    // The list field holds its elements in a group of one field, or directly.
    const [only] = child.children;
    const isGroup = only !== undefined && child.children.length === 1;
    return listText(value, (item) => textOf(item, isGroup ? only : child, !isGroup));
  }
  if ((kind === 'MAP' || kind === 'MAP_KEY_VALUE') && child && children.length === 1) return mapText(value, child);
  if (kind === 'VARIANT' || kind === 'GEOMETRY' || kind === 'GEOGRAPHY')
    return formatCell(value, { kind: 'json' }) ?? 'null';
  if (children.length > 0) {
    const fields = value as Readonly<Record<string, unknown>>;
    return `{${children
      .map((field) => `${JSON.stringify(field.element.name)}:${textOf(fields[field.element.name], field, false)}`)
      .join(',')}}`;
  }
  return leafText(value, tree);
}

function listText(items: readonly unknown[], itemText: (item: unknown) => string): string {
  return `[${items.map(itemText).join(',')}]`;
}

/** @param pairs the repeated field of key and value */
function mapText(value: unknown, pairs: SchemaTree): string {
  const [keyField, valueField] = pairs.children;
  const entries = (value as Readonly<Record<string, unknown>>)[pairs.element.name];
  if (!keyField || !Array.isArray(entries)) return 'null';
  // A map without values is a set.
  if (!valueField)
    return listText(entries, (entry) =>
      textOf((entry as Record<string, unknown>)[keyField.element.name], keyField, false),
    );
  const texts = entries.map((entry: Readonly<Record<string, unknown>>) => {
    const key = textOf(entry[keyField.element.name], keyField, false);
    const keyText = key.startsWith('"') ? key : JSON.stringify(key);
    return `${keyText}:${textOf(entry[valueField.element.name], valueField, false)}`;
  });
  return `{${texts.join(',')}}`;
}

function leafText(value: unknown, { element }: SchemaTree): string {
  const { type, format } = formatOf({ ...element, repetition_type: 'OPTIONAL' });
  const text = formatCell(format.kind === 'decimal' ? unscaledOf(value) : value, format);
  if (text === null) return 'null';
  return type === 'integer' || type === 'number' || type === 'boolean' ? text : JSON.stringify(text);
}
