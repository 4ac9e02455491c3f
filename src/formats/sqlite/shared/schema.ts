import type { Column } from '../../../shared/kit/table/cell-format.ts';
import type { ColumnType } from '../../../shared/kit/table/infer-schema.ts';
import { type Database, type Row, rowsOf, type Value } from './database.ts';

export interface Table {
  readonly name: string;
  readonly root: number;
  readonly columns: readonly Column[];
  /** The column that is the row's id and not in its record. */
  readonly idColumn: number;
  readonly defaults: readonly Value[];
  /** Where each column is in a record, where that is not its own place: in a table without row ids the key comes first. */
  readonly places?: readonly number[];
  /** Why its rows cannot be shown. */
  readonly problem?: string;
}

/** Tables that are looked for. */
const MOST = 1000;

/** The tables of a database and the names of its views, in the order they were made. */
export async function tablesOf(database: Database): Promise<{ tables: Table[]; views: string[]; problem?: string }> {
  const tables: Table[] = [];
  const views: string[] = [];
  try {
    for await (const { values } of rowsOf(database, 1)) {
      const [type, name, , root, sql] = values;
      if (typeof name !== 'string') continue;
      if (type === 'view' && views.length < MOST) views.push(name);
      // What SQLite keeps for itself has names of its own.
      if (type !== 'table' || tables.length >= MOST || name.startsWith('sqlite_')) continue;
      tables.push(tableOf(name, Number(root), typeof sql === 'string' ? sql : ''));
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    if (tables.length === 0) throw new Error(`this SQLite database is broken: ${why}`, { cause: error });
    return { tables, views, problem: `There may be more tables: the database is broken (${why}).` };
  }
  return { tables, views };
}

/** The values of a row by column: of columns that were added later there may be none, and then the default counts. */
export function valuesOf({ id, values }: Row, { columns, idColumn, defaults, places }: Table): Value[] {
  return columns.map((_, i) => {
    const place = places?.[i] ?? i;
    return i === idColumn ? id : place < values.length ? (values[place] ?? null) : (defaults[i] ?? null);
  });
}

function tableOf(name: string, root: number, sql: string): Table {
  const open = sql.indexOf('(');
  const [parts, end] = open < 0 ? [[], 0] : partsOf(sql, open + 1);
  const rest = sql.slice(end);
  const columns: Column[] = [];
  const defaults: Value[] = [];
  let idColumn = -1;
  let key: number[] = [];
  for (const part of parts) {
    const [first, from] = wordAt(part, 0);
    if (first === '' || (!/^["'`[]/.test(part) && /^(?:constraint|primary|unique|check|foreign)$/i.test(first))) {
      const [head] = /^(?:constraint\s+\S+\s+)?primary\s+key\s*\(/i.exec(part) ?? [];
      if (head === undefined) continue;
      const names = partsOf(part, head.length)[0].map((one) => wordAt(one, 0)[0].toLowerCase());
      key = names.map((one) => columns.findIndex((column) => column.name.toLowerCase() === one)).filter((i) => i >= 0);
      if (key.length === 1 && columns[key[0] ?? 0]?.label === 'integer') idColumn = key[0] ?? 0;
      continue;
    }
    const declared = part.slice(from);
    const label = typeIn(declared);
    // What is worked out when it is read is not in the file.
    if (/\bas\s*\(/i.test(declared) && !/\bstored\b/i.test(declared)) continue;
    if (/\bprimary\s+key\b/i.test(declared)) key = [columns.length];
    if (/^integer$/i.test(label) && /\bprimary\s+key\b(?!\s+desc)/i.test(declared)) idColumn = columns.length;
    defaults.push(defaultIn(declared));
    columns.push({
      name: first,
      label: label.toLowerCase() || 'any',
      type: typeOfLabel(label),
      format: { kind: 'bytes' },
    });
  }
  const problem = root === 0 ? 'It is virtual: its rows are kept elsewhere.' : undefined;
  const table = { name, root, columns, defaults, problem };
  if (!/\bwithout\s+rowid\b/i.test(rest)) return { ...table, idColumn };
  const stored = [...new Set([...key, ...columns.keys()])];
  return { ...table, idColumn: -1, places: columns.map((_, i) => stored.indexOf(i)) };
}

/** The type in what follows a column's name: words, and perhaps a size, before the first constraint. */
function typeIn(declared: string): string {
  const words = /^[\w ]*(?:\([^)]*\))?/.exec(declared.trim().slice(0, 200))?.[0] ?? '';
  return (words.split(CONSTRAINT)[0] ?? '').trim();
}

/** The default of a column, where it is a plain number or text. */
function defaultIn(declared: string): Value {
  const [, text, number] = /\bdefault\s+(?:'((?:[^']|'')*)'|([+-]?\d+(?:\.\d*)?))/i.exec(declared) ?? [];
  return text?.replaceAll("''", "'") ?? (number === undefined ? null : Number(number));
}

const CONSTRAINT = /\b(?:constraint|primary|not|null|unique|check|default|collate|references|generated|as)\b/i;

/** By the rules of SQLite: what a column is declared as says what is rather in it. */
function typeOfLabel(label: string): ColumnType {
  if (/int/i.test(label)) return 'integer';
  if (/char|clob|text/i.test(label)) return 'text';
  if (/real|floa|doub|numeric|decimal/i.test(label)) return 'number';
  return 'text';
}

/** What stands between commas up to the bracket that closes, and where that is. */
function partsOf(sql: string, from: number): [parts: string[], end: number] {
  const parts: string[] = [];
  let part = '';
  let depth = 0;
  for (let at = from; at < sql.length; ) {
    const sign = sql[at] ?? '';
    const skipped = sql.startsWith('--', at)
      ? (sql.indexOf('\n', at) + 1 || sql.length) - at
      : sql.startsWith('/*', at)
        ? (sql.indexOf('*/', at) + 2 || sql.length) - at
        : 0;
    if (skipped > 0) {
      at += Math.max(2, skipped);
      part += ' ';
      continue;
    }
    if (/["'`[]/.test(sign)) {
      const [, next] = wordAt(sql, at);
      part += sql.slice(at, next);
      at = next;
      continue;
    }
    at++;
    if (sign === ')' && depth-- === 0) {
      parts.push(part.trim());
      return [parts, at];
    }
    if (sign === '(') depth++;
    if (sign === ',' && depth === 0) {
      parts.push(part.trim());
      part = '';
    } else part += sign;
  }
  return [parts, sql.length];
}

/** The word at a place, quoted in one of the four ways of SQLite or bare, and where it ends. */
function wordAt(sql: string, from: number): [word: string, end: number] {
  const open = sql[from] ?? '';
  const close = open === '[' ? ']' : open;
  if (!/["'`[]/.test(open)) {
    const word = /^[^\s(),]*/.exec(sql.slice(from))?.[0] ?? '';
    return [word, from + word.length];
  }
  let word = '';
  for (let at = from + 1; at < sql.length; at++) {
    if (sql[at] !== close) word += sql[at];
    else if (open !== '[' && sql[at + 1] === close) {
      word += close;
      at++;
    } else return [word, at + 1];
  }
  return [word, sql.length];
}
