import type { Column } from '../../../shared/kit/table/cell-format.ts';
import type { ColumnType } from '../../../shared/kit/table/infer-schema.ts';
import { type Database, type Row, rowsOf, type Value } from './database.ts';

export interface Table {
  readonly name: string;
  readonly root: number;
  readonly columns: readonly Column[];
  /** Index of the column that is an alias of the row id and not stored in the record; -1 if there is none. */
  readonly idColumn: number;
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
    const why = error instanceof Error ? error.message : String(error);
    if (tables.length === 0) throw new Error(`this SQLite database is damaged: ${why}`, { cause: error });
    return { tables, views, problem: `There may be more tables: the database is damaged (${why}).` };
  }
  return { tables, views };
}

/** The values of a row by column. Columns that were added after the row have their default. */
export function valuesOf({ id, values }: Row, { columns, idColumn, defaults, positions: places }: Table): Value[] {
  return columns.map((_, i) => {
    const position = places?.[i] ?? i;
    return i === idColumn ? id : position < values.length ? (values[position] ?? null) : (defaults[i] ?? null);
  });
}

function tableOf(name: string, root: number, sql: string): Table {
  const openBracket = sql.indexOf('(');
  const [parts, end] = openBracket < 0 ? [[], 0] : partsOf(sql, openBracket + 1);
  const afterColumns = sql.slice(end);
  const columns: Column[] = [];
  const defaults: Value[] = [];
  let idColumn = -1;
  let keyColumns: number[] = [];
  for (const part of parts) {
    const [first, from] = wordAt(part, 0);
    if (first === '' || (!/^["'`[]/.test(part) && /^(?:constraint|primary|unique|check|foreign)$/i.test(first))) {
      const [head] = /^(?:constraint\s+\S+\s+)?primary\s+key\s*\(/i.exec(part) ?? [];
      if (head === undefined) continue;
      const names = partsOf(part, head.length)[0].map((keyName) => wordAt(keyName, 0)[0].toLowerCase());
      keyColumns = names
        .map((keyName) => columns.findIndex((column) => column.name.toLowerCase() === keyName))
        .filter((i) => i >= 0);
      if (keyColumns.length === 1 && columns[keyColumns[0] ?? 0]?.label === 'integer') idColumn = keyColumns[0] ?? 0;
      continue;
    }
    const declared = part.slice(from);
    const label = typeIn(declared);
    // Virtual generated columns are not stored.
    if (/\bas\s*\(/i.test(declared) && !/\bstored\b/i.test(declared)) continue;
    if (/\bprimary\s+key\b/i.test(declared)) keyColumns = [columns.length];
    if (/^integer$/i.test(label) && /\bprimary\s+key\b(?!\s+desc)/i.test(declared)) idColumn = columns.length;
    defaults.push(defaultIn(declared));
    columns.push({
      name: first,
      label: label.toLowerCase() || 'any',
      type: typeOfLabel(label),
      format: { kind: 'bytes' },
    });
  }
  const problem = root === 0 ? 'This is a virtual table, whose rows are not stored in the database.' : undefined;
  const table = { name, root, columns, defaults, problem };
  if (!/\bwithout\s+rowid\b/i.test(afterColumns)) return { ...table, idColumn };
  const stored = [...new Set([...keyColumns, ...columns.keys()])];
  return { ...table, idColumn: -1, positions: columns.map((_, i) => stored.indexOf(i)) };
}

/** The declared type in a column definition: words, and perhaps a size, before the first constraint. */
function typeIn(declared: string): string {
  const words = /^[\w ]*(?:\([^)]*\))?/.exec(declared.trim().slice(0, 200))?.[0] ?? '';
  return (words.split(CONSTRAINT)[0] ?? '').trim();
}

/** The default value of a column, if it is a literal number or text. */
function defaultIn(declared: string): Value {
  const [, text, number] = /\bdefault\s+(?:'((?:[^']|'')*)'|([+-]?\d+(?:\.\d*)?))/i.exec(declared) ?? [];
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

/** Splits a list at commas, up to its closing bracket. Returns the items and the offset after the bracket. */
function partsOf(sql: string, from: number): [parts: string[], end: number] {
  const parts: string[] = [];
  let part = '';
  let depth = 0;
  for (let offset = from; offset < sql.length; ) {
    const character = sql[offset] ?? '';
    const skipped = sql.startsWith('--', offset)
      ? (sql.indexOf('\n', offset) + 1 || sql.length) - offset
      : sql.startsWith('/*', offset)
        ? (sql.indexOf('*/', offset) + 2 || sql.length) - offset
        : 0;
    if (skipped > 0) {
      offset += Math.max(2, skipped);
      part += ' ';
      continue;
    }
    if (/["'`[]/.test(character)) {
      const [, next] = wordAt(sql, offset);
      part += sql.slice(offset, next);
      offset = next;
      continue;
    }
    offset++;
    if (character === ')' && depth-- === 0) {
      parts.push(part.trim());
      return [parts, offset];
    }
    if (character === '(') depth++;
    if (character === ',' && depth === 0) {
      parts.push(part.trim());
      part = '';
    } else part += character;
  }
  return [parts, sql.length];
}

/** The identifier at an offset, quoted in one of the four ways of SQLite or bare, and the offset after it. */
function wordAt(sql: string, from: number): [word: string, end: number] {
  const openBracket = sql[from] ?? '';
  const closeQuote = openBracket === '[' ? ']' : openBracket;
  if (!/["'`[]/.test(openBracket)) {
    const word = /^[^\s(),]*/.exec(sql.slice(from))?.[0] ?? '';
    return [word, from + word.length];
  }
  let word = '';
  for (let offset = from + 1; offset < sql.length; offset++) {
    if (sql[offset] !== closeQuote) word += sql[offset];
    else if (openBracket !== '[' && sql[offset + 1] === closeQuote) {
      word += closeQuote;
      offset++;
    } else return [word, offset + 1];
  }
  return [word, sql.length];
}
