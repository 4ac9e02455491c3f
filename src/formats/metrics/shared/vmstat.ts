import { clockOf, type LineReader, numberOf, type OnSample, wordsOf } from './sample.ts';

const TABLES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(['r', 'b'].map((name) => [name, 'processes'])),
  ...Object.fromEntries(['swpd', 'free', 'buff', 'cache', 'inact', 'active'].map((name) => [name, 'memory'])),
  ...Object.fromEntries(['si', 'so'].map((name) => [name, 'swap'])),
  ...Object.fromEntries(['bi', 'bo'].map((name) => [name, 'blocks'])),
  ...Object.fromEntries(['in', 'cs'].map((name) => [name, 'system'])),
  ...Object.fromEntries(['us', 'sy', 'id', 'wa', 'st', 'gu'].map((name) => [name, 'cpu'])),
};

/** Order of the tables, the most useful first. */
const ORDER = ['cpu', 'processes', 'memory', 'blocks', 'system', 'swap'];

/** Reads `vmstat [-awt] SECONDS`: two header lines, which are repeated, and a line of numbers per report. */
export function vmstatReader(onSample: OnSample): LineReader {
  let columns: readonly string[] = [];
  let tick = 0;
  return (line) => {
    const words = wordsOf(line);
    if (words.length === 0 || /^-*procs/.test(line.trim())) return true;
    if (words[0] === 'r' && words[1] === 'b') {
      // With -t, the time zone is the last word. Columns that are not known keep their places.
      columns = words.slice(0, words.findLastIndex((word) => word in TABLES) + 1);
      return true;
    }
    const numbers = words.slice(0, columns.length).map(numberOf);
    if (columns.length === 0 || words.length < columns.length || numbers.includes(undefined)) return false;
    const time = timeOf(words.slice(columns.length));
    for (const table of ORDER) {
      // Memory is in KiB by default. Option -S changes that, but the output does not show it.
      const scale = table === 'memory' || table === 'swap' ? 1024 : 1;
      const values = columns.flatMap((name, i) =>
        TABLES[name] === table ? [[name, (numbers[i] ?? 0) * scale] as const] : [],
      );
      if (values.length > 0) onSample({ table, key: '', time, tick, values });
    }
    tick++;
    return true;
  };
}

/** Parses `2026-11-24 18:50:35`, in the host's time zone. */
function timeOf([date = '', clock = '']: readonly string[]): number | undefined {
  const day = Date.parse(`${date}T00:00:00Z`);
  const seconds = clockOf(clock);
  return Number.isNaN(day) || seconds === undefined ? undefined : day / 1000 + seconds;
}
