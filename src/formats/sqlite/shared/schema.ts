import { messageOf } from '../../../shared/errors.ts';
import type { Column } from '../../../shared/kit/table/cell-format.ts';
import type { ColumnType } from '../../../shared/kit/table/infer-schema.ts';
import { type Database, type Row, rowsOf, type Value } from './database.ts';

export interface Table {
  readonly name: string;
  /** Number of the root page; 0 for a virtual table. */
  readonly root: number;
  readonly columns: readonly Column[];
  /** Index of the column that is an alias of the row id and not stored in the record; -1 if there is none. */
  readonly idColumn: number;
  /** Default values of the columns; null if a column has none. */
  readonly defaults: readonly Value[];
  /** Position of each column in a record, if it differs: tables WITHOUT ROWID store the primary key first. */
  readonly positions?: readonly number[];
  /** Why the rows cannot be shown. */
  readonly problem?: string;
}

/** Largest number of tables and of views that are listed. */
const MAX_TABLES = 1000;

/** The tables of a database and the names of its views, in order of creation. */
export async function tablesOf(database: Database): Promise<{ tables: Table[]; views: string[]; problem?: string }> {
  const tables: Table[] = [];
  const views: string[] = [];
  try {
    for await (const { values } of rowsOf(database, 1)) {
      const [type, name, , root, sql] = values;
      if (typeof name !== 'string') continue;
      if (type === 'view' && views.length < MAX_TABLES) views.push(name);
      // Skip SQLite's internal tables.
      if (type !== 'table' || tables.length >= MAX_TABLES || name.startsWith('sqlite_')) continue;
      tables.push(tableOf(name, Number(root), typeof sql === 'string' ? sql : ''));
    }
  } catch (error) {
    const reason = messageOf(error);
    if (tables.length === 0) throw new Error(`this SQLite database is damaged: ${reason}`, { cause: error });
    return { tables, views, problem: `There may be more tables: the database is damaged (${reason}).` };
  }
  return { tables, views };
}

/** The values of a row by column. A column that was added after the row was written has its default value. */
export function valuesOf({ id, values }: Row, { columns, idColumn, defaults, positions }: Table): Value[] {
  return columns.map((_, i) => {
    const position = positions?.[i] ?? i;
    return i === idColumn ? id : position < values.length ? (values[position] ?? null) : (defaults[i] ?? null);
  });
}

/** Parses the CREATE TABLE statement of a table, whose syntax SQLite has checked. */
function tableOf(name: string, root: number, sql: string): Table {
  const openBracket = sql.indexOf('(');
  const [definitions, end] = openBracket < 0 ? [[], 0] : splitList(sql, openBracket + 1);
  const columns: Column[] = [];
  const defaults: Value[] = [];
  let idColumn = -1;
  let keyColumns: number[] = [];
  for (const definition of definitions) {
    const [columnName, afterName] = identifierAt(definition, 0);
    if (isTableConstraint(definition, columnName)) {
      const key = primaryKeyIn(definition, columns);
      if (!key) continue;
      keyColumns = key;
      if (key.length === 1 && columns[key[0] ?? 0]?.label === 'integer') idColumn = key[0] ?? 0;
      continue;
    }
    const declaration = definition.slice(afterName);
    const label = typeIn(declaration);
    // Virtual generated columns are not stored.
    if (/\bas\s*\(/i.test(declaration) && !/\bstored\b/i.test(declaration)) continue;
    if (/\bprimary\s+key\b/i.test(declaration)) keyColumns = [columns.length];
    // A column declared as INTEGER PRIMARY KEY DESC is not an alias of the row id.
    if (/^integer$/i.test(label) && /\bprimary\s+key\b(?!\s+desc)/i.test(declaration)) idColumn = columns.length;
    defaults.push(defaultIn(declaration));
    columns.push({
      name: columnName,
      label: label.toLowerCase() || 'any',
      type: typeOfLabel(label),
      format: { kind: 'bytes' },
    });
  }
  const problem = root === 0 ? 'This is a virtual table, whose rows are not stored in the database.' : undefined;
  const table = { name, root, columns, defaults, problem };
  if (!/\bwithout\s+rowid\b/i.test(sql.slice(end))) return { ...table, idColumn };
  const storedOrder = [...new Set([...keyColumns, ...columns.keys()])];
  return { ...table, idColumn: -1, positions: columns.map((_, i) => storedOrder.indexOf(i)) };
}

/**
 * Whether an item of a column list is a constraint of the table. `first` is its first word; a quoted word is a name.
 */
function isTableConstraint(definition: string, first: string): boolean {
  if (first === '') return true;
  return !/^["'`[]/.test(definition) && /^(?:constraint|primary|unique|check|foreign)$/i.test(first);
}

/** The indexes of the columns in a PRIMARY KEY constraint; undefined for another constraint. */
function primaryKeyIn(constraint: string, columns: readonly Column[]): number[] | undefined {
  const [start] = /^(?:constraint\s+\S+\s+)?primary\s+key\s*\(/i.exec(constraint) ?? [];
  if (start === undefined) return undefined;
  return splitList(constraint, start.length)[0]
    .map((item) => identifierAt(item, 0)[0].toLowerCase())
    .map((keyName) => columns.findIndex((column) => column.name.toLowerCase() === keyName))
    .filter((i) => i >= 0);
}

/** The type in a column definition: words and an optional size, before the first constraint. */
function typeIn(declaration: string): string {
  const words = /^[\w ]*(?:\([^)]*\))?/.exec(declaration.trim().slice(0, 200))?.[0] ?? '';
  return (words.split(CONSTRAINT)[0] ?? '').trim();
}

/** The default value of a column, if it is a literal number or text. */
function defaultIn(declaration: string): Value {
  const [, text, number] = /\bdefault\s+(?:'((?:[^']|'')*)'|([+-]?\d+(?:\.\d*)?))/i.exec(declaration) ?? [];
  return text?.replaceAll("''", "'") ?? (number === undefined ? null : Number(number));
}

const CONSTRAINT = /\b(?:constraint|primary|not|null|unique|check|default|collate|references|generated|as)\b/i;

/** The type of a column, similar to SQLite's rules of column affinity. */
function typeOfLabel(label: string): ColumnType {
  if (/int/i.test(label)) return 'integer';
  if (/char|clob|text/i.test(label)) return 'text';
  if (/real|floa|doub|numeric|decimal/i.test(label)) return 'number';
  return 'text';
}

/**
 * Splits a list at commas, from offset `from` up to its closing bracket. Comments are removed. Returns the items and
 * the offset after the bracket.
 */
function splitList(sql: string, from: number): [items: string[], end: number] {
  const items: string[] = [];
  let item = '';
  let depth = 0;
  for (let offset = from; offset < sql.length; ) {
    const character = sql[offset] ?? '';
    const commentLength = commentLengthAt(sql, offset);
    if (commentLength > 0) {
      offset += commentLength;
      item += ' ';
      continue;
    }
    if (/["'`[]/.test(character)) {
      const [, next] = identifierAt(sql, offset);
      item += sql.slice(offset, next);
      offset = next;
      continue;
    }
    offset++;
    if (character === ')' && depth-- === 0) {
      items.push(item.trim());
      return [items, offset];
    }
    if (character === '(') depth++;
    if (character === ',' && depth === 0) {
      items.push(item.trim());
      item = '';
    } else item += character;
  }
  return [items, sql.length];
}

/** The length of the comment at an offset; 0 if there is none. */
function commentLengthAt(sql: string, offset: number): number {
  const isLineComment = sql.startsWith('--', offset);
  if (!isLineComment && !sql.startsWith('/*', offset)) return 0;
  const end = isLineComment ? sql.indexOf('\n', offset) + 1 : sql.indexOf('*/', offset) + 2;
  return Math.max(2, (end || sql.length) - offset);
}

/** The identifier at an offset, bare or quoted ("a", 'a', `a`, [a]), and the offset after it. */
function identifierAt(sql: string, from: number): [identifier: string, end: number] {
  const openQuote = sql[from] ?? '';
  const closeQuote = openQuote === '[' ? ']' : openQuote;
  if (!/["'`[]/.test(openQuote)) {
    const identifier = /^[^\s(),]*/.exec(sql.slice(from))?.[0] ?? '';
    return [identifier, from + identifier.length];
  }
  let identifier = '';
  for (let offset = from + 1; offset < sql.length; offset++) {
    if (sql[offset] !== closeQuote) identifier += sql[offset];
    else if (openQuote !== '[' && sql[offset + 1] === closeQuote) {
      identifier += closeQuote;
      offset++;
    } else return [identifier, offset + 1];
  }
  return [identifier, sql.length];
}
