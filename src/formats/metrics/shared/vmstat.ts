import { clockOf, type LineReader, numberOf, type OnSample, scaleOfSizes, wordsOf } from './sample.ts';

/** The groups above the columns: `procs -----------memory---------- ---swap-- …`, in any language. */
const GROUPS = /^-*\S+ +-+\S.*?-+ +-+\S+?-+ +-*\S+?-* +-*\S+?-* +-+\S+?-+/;
/** The columns in their order, in English; `gu` is new, and some are missing in old versions. */
const COLUMNS = 'r b swpd free buff cache si so bi bo in cs us sy id wa st gu'.split(' ');
const TABLE_OF_COLUMN: Readonly<Record<string, string>> = {
  ...Object.fromEntries(['r', 'b'].map((name) => [name, 'processes'])),
  ...Object.fromEntries(['swpd', 'free', 'buff', 'cache', 'inact', 'active'].map((name) => [name, 'memory'])),
  ...Object.fromEntries(['si', 'so'].map((name) => [name, 'swap'])),
  ...Object.fromEntries(['bi', 'bo'].map((name) => [name, 'blocks'])),
  ...Object.fromEntries(['in', 'cs'].map((name) => [name, 'system'])),
  ...Object.fromEntries(['us', 'sy', 'id', 'wa', 'st', 'gu'].map((name) => [name, 'cpu'])),
};

/** Order of the tables, the most useful first. */
const ORDER = ['cpu', 'processes', 'memory', 'blocks', 'system', 'swap'];

/** A column as printed, and the table that it belongs to; undefined for a column that is not known. */
interface Column {
  readonly name: string;
  readonly table: string | undefined;
}

/** Whether a text begins like the output of `vmstat`, in any language. */
export function isVmstat(text: string): boolean {
  const [groups = '', names = ''] = text.replace(/^\s*\n/, '').split('\n', 2);
  if (/^-*procs-* -+memory-+ -+swap-+/.test(groups.trim())) return true;
  return GROUPS.test(groups.trim()) && columnsOf(wordsOf(names)) !== undefined;
}

/**
 * Reads `vmstat [-awt] SECONDS`: two header lines, which are repeated, and a line of numbers per report. Memory is in KiB
 * by default; the unit of `-S` is not in the output.
 */
export function vmstatReader(onSample: OnSample): LineReader {
  let columns: readonly Column[] = [];
  let tick = 0;
  let plainSizes: ReturnType<typeof scaleOfSizes> | undefined;
  return (line) => {
    const words = wordsOf(line);
    if (words.length === 0 || /^-*procs/.test(line.trim()) || GROUPS.test(line.trim())) return true;
    const header = columnsOf(words);
    if (header) {
      columns = header;
      return true;
    }
    const numbers = words.slice(0, columns.length).map(numberOf);
    if (columns.length === 0 || words.length < columns.length || numbers.includes(undefined)) return false;
    const time = timeOf(words.slice(columns.length));
    const valuesOf = (table: string) =>
      columns.flatMap((column, i) => (column.table === table ? [[column.name, numbers[i] ?? 0] as const] : []));
    plainSizes ??= scaleOfSizes(valuesOf('memory').reduce((sum, [, value]) => sum + value, 0));
    for (const table of ORDER) {
      const { scale, sizes } = plainSizes;
      const isSizes = table === 'memory' || table === 'swap';
      const values = valuesOf(table).map(([name, value]) => [name, isSizes ? value * scale : value] as const);
      if (values.length > 0) onSample({ table, key: '', time, tick, values, ...(isSizes && { sizes }) });
    }
    tick++;
    return true;
  };
}

/** The columns of a header line; undefined if it is none. With -t, the time zone is its last word. */
function columnsOf(words: readonly string[]): readonly Column[] | undefined {
  if (words.some((word) => /^\d/.test(word))) return undefined;
  const isEnglish = words.slice(0, -1).every((word) => word in TABLE_OF_COLUMN);
  // In other languages the columns are known by their positions.
  if (isEnglish || words.length < 17 || words.length > 19) {
    if (words[0] !== 'r' || words[1] !== 'b') return undefined;
    const last = words.findLastIndex((word) => word in TABLE_OF_COLUMN);
    return words.slice(0, last + 1).map((name) => ({ name, table: TABLE_OF_COLUMN[name] }));
  }
  const hasGuestTime = words.length === 19 || (words.length === 18 && !/^[A-Z+]/.test(words[17] ?? ''));
  return words.slice(0, hasGuestTime ? 18 : 17).map((name, i) => ({ name, table: TABLE_OF_COLUMN[COLUMNS[i] ?? ''] }));
}

/** Parses `2026-11-24 18:50:35`, in the host's time zone. */
function timeOf([date = '', clock = '']: readonly string[]): number | undefined {
  const day = Date.parse(`${date}T00:00:00Z`);
  const seconds = clockOf(clock);
  return Number.isNaN(day) || seconds === undefined ? undefined : day / 1000 + seconds;
}
