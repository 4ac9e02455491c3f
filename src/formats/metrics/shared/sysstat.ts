import { clockOf, isDayHalf, type LineReader, numberOf, type OnSample, quantityOf, wordsOf } from './sample.ts';
import { bytesOf, unitOf } from './units.ts';

/** Columns that form the key of a row, and columns that are ignored. */
const KEYS = new Set([
  'CPU',
  'IFACE',
  'DEV',
  'Device',
  'Device:',
  'INTR',
  'TTY',
  'BUS',
  'FILESYSTEM',
  'MOUNTPOINT',
  'FAN',
  'TEMP',
  'SENSOR',
  'TGID',
  'TID',
  'PID',
  'Command',
  'NODE',
]);
const IGNORED = new Set(['UID', 'USER']);
const BANNER = /^\S+ \S+ \(.*\)\s+\S+\s+_\S+_\s+\(\d+ CPU\)\s*$/;

/** Whether a line is the banner of `iostat`, `mpstat`, `pidstat` or `sar`: `Linux 6.1.0 (host) 11/24/26 _x86_64_ (2 CPU)`. */
export function isBanner(line: string): boolean {
  return BANNER.test(line);
}

/**
 * Reads the output of `iostat`, `mpstat`, `pidstat` and `sar`: tables, each after an empty line or a `#`. The time is in
 * each row, on a line above the tables, or missing. Averages at the end are skipped.
 */
export function sysstatReader(onSample: OnSample): LineReader {
  let columns: readonly string[] = [];
  let table = '';
  let expectHeader = true;
  let time: number | undefined;
  let hasTimeColumn = false;
  /** Whether rows begin with a time of day. */
  let hasClock = false;
  let tick = 0;
  let firstTable = '';

  function header(words: readonly string[], isTimed: boolean): boolean {
    hasClock = isTimed;
    // The first report of iostat covers the time since boot; the other tools have no such report.
    if (firstTable === '') tick = /^(?:Device:?|avg-cpu:)$/.test(words[0] ?? '') ? -1 : 0;
    columns = words.filter((word) => word !== 'avg-cpu:').map((word) => (word === 'Device:' ? 'Device' : word));
    table = tableOf(columns);
    firstTable ||= table;
    if (table === firstTable) tick++;
    return true;
  }

  return (line) => {
    const words = wordsOf(withPlainTime(line));
    if (words.length === 0) {
      expectHeader = true;
      return true;
    }
    if (isBanner(line)) {
      hasClock = false;
      return true;
    }
    const date = dateOf(words);
    if (date !== undefined) {
      time = date;
      expectHeader = true;
      return true;
    }
    const dayHalf = isDayHalf(words[1] ?? '') ? words[1] : undefined;
    const clock = words[0] === '#' ? undefined : clockOf(words[0] ?? '', dayHalf);
    // Averages have a word of the user's language in place of the time.
    if (hasClock && clock === undefined && words[0] !== '#') {
      columns = [];
      expectHeader = false;
      return true;
    }
    const cellsAfterTime = words.slice(clock === undefined ? 0 : dayHalf ? 2 : 1);
    if (words[0] === '#') {
      hasTimeColumn = words[1] === 'Time';
      return header(words.slice(hasTimeColumn ? 2 : 1), false);
    }
    if (cellsAfterTime.includes('LINUX') && cellsAfterTime.includes('RESTART')) return true;
    if (expectHeader) {
      expectHeader = false;
      if (
        cellsAfterTime.some((word) => /^(?:avg-cpu:|Device:?|%?[a-zA-Z])/.test(word)) &&
        cellsAfterTime.every((word) => numberOf(word) === undefined)
      )
        return header(cellsAfterTime, clock !== undefined);
    }
    const cells = clock === undefined && hasTimeColumn ? cellsAfterTime.slice(1) : cellsAfterTime;
    const rowTime = clock ?? (hasTimeColumn ? numberOf(cellsAfterTime[0] ?? '') : time);
    return row(cells, rowTime);
  };

  function row(cells: readonly string[], rowTime: number | undefined): boolean {
    if (columns.length === 0 || cells.length < columns.length) return false;
    const key: string[] = [];
    const values: [string, number][] = [];
    columns.forEach((column, i) => {
      const last = i === columns.length - 1;
      const cell = (last ? cells.slice(i).join(' ') : cells[i]) ?? '';
      if (column === 'CPU' && columns.includes('PID')) return;
      if (KEYS.has(column)) {
        key.unshift(cell);
        return;
      }
      const value = IGNORED.has(column) ? undefined : cellValue(cell, table, column);
      if (value !== undefined) values.push([column, value]);
    });
    if (values.length === 0) return false;
    onSample({ table, key: key.join(' '), time: rowTime, tick, values });
    return true;
  }
}

/** The value of a cell in the unit of its column; undefined for text and for what pidstat could not find out, -1. */
function cellValue(cell: string, table: string, column: string): number | undefined {
  const quantity = quantityOf(cell);
  if (!quantity || (table === 'processes' && quantity.value === -1)) return undefined;
  // With -h or --human, sizes have units, whatever the column is in.
  const bytes = quantity.isSize ? (bytesOf(unitOf(table, column)) ?? 1) : 1;
  return quantity.value / bytes;
}

/** A line whose time is written with colons. Some locales write `09.10.01`, `09時10分01秒` or `09시 10분 01초`. */
function withPlainTime(line: string): string {
  return line
    .replace(/^\s*(\d{1,2})\.(\d\d)\.(\d\d)(?=\s)/, '$1:$2:$3')
    .replace(
      /^(.{0,12}?)(上午|下午|午前|午後|오전|오후)?\s?(\d{1,2})[时時시]\s?(\d\d)[分분]\s?(\d\d)[秒초]/u,
      (_, before: string, half: string | undefined, hours: string, minutes: string, seconds: string) =>
        `${before}${hours}:${minutes}:${seconds}${half ? (/^(?:上午|午前|오전)$/.test(half) ? ' AM' : ' PM') : ''}`,
    );
}

/** Parses a line with a date and time, in the forms of several locales: `11/24/26 18:50:34`. */
function dateOf(words: readonly string[]): number | undefined {
  const iso = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)/.exec(words[0] ?? '');
  if (iso && words.length === 1) return Date.parse(`${iso[1]}T${iso[2]}Z`) / 1000;
  if (words.length > 3 || !/^[\d./-]{8,10}$/.test(words[0] ?? '')) return undefined;
  const clock = clockOf(words[1] ?? '', words[2]);
  if (clock === undefined) return undefined;
  const [a = '', b = '', c = ''] = (words[0] ?? '').split(/[./-]/);
  const [year, month, day] = a.length === 4 ? [a, b, c] : words[0]?.includes('/') ? [c, a, b] : [c, b, a];
  const text = `${year?.length === 2 ? `20${year}` : year}-${month?.padStart(2, '0')}-${day?.padStart(2, '0')}`;
  const midnight = Date.parse(`${text}T00:00:00Z`);
  return Number.isNaN(midnight) ? clock : midnight / 1000 + clock;
}

/** The kind of a table, by its columns. */
export function tableOf(columns: readonly string[]): string {
  const has = (...names: string[]) => names.some((name) => columns.includes(name));
  if (has('PID', 'TGID')) return 'processes';
  if (has('%idle', 'idle') && has('%user', '%usr', 'user', 'usr')) return 'cpu';
  if (has('Device', 'DEV', 'disk_device')) return 'disk';
  if (has('IFACE')) return columns.find((name) => name !== 'IFACE')?.includes('err') ? 'network errors' : 'network';
  if (has('kbmemfree', 'memfree')) return 'memory';
  if (has('kbswpfree')) return 'swap';
  if (has('ldavg-1')) return 'load';
  if (has('runq-sz')) return 'load';
  if (has('pgpgin/s')) return 'paging';
  if (has('tps', 'rtps')) return 'transfers';
  if (has('proc/s', 'cswch/s')) return 'tasks';
  return columns.find((name) => !KEYS.has(name)) ?? '';
}
