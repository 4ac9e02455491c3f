import { clockOf, type LineReader, numberOf, type OnSample, wordsOf } from './sample.ts';
import { tableOf } from './sysstat.ts';

const HEADER = /^# hostname;interval;timestamp;/;
const ROW = /^\S+\t-?\d+\t(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?: \S+)?|\d{9,})\t([^\t]*)\t([^\t]+)\t(\S+)$/;

/** Whether a line is the first one of `sadf -d` or of `sadf -p`. */
export function isSadf(line: string): boolean {
  return HEADER.test(line) || ROW.test(line);
}

/** Reads `sadf -d`, with columns separated by semicolons, and `sadf -p`, with one line per value. */
export function sadfReader(onSample: OnSample): LineReader {
  let columns: readonly string[] = [];
  return (line) => {
    if (line.trim() === '') return true;
    if (HEADER.test(line)) {
      columns = line.slice(2).trim().split(';').slice(3);
      return true;
    }
    const row = ROW.exec(line);
    if (row) {
      const [, stamp = '', key = '', column = '', text = ''] = row;
      const value = numberOf(text);
      if (value === undefined) return false;
      // A single value does not identify its table, so derive one from the column.
      onSample({
        table: key === '-' || key === '' ? 'host' : groupOf(column),
        key: keyOf(key),
        time: timeOf(stamp),
        tick: 1,
        values: [[column, value]],
      });
      return true;
    }
    const [, , stamp = '', ...cells] = line.trim().split(';');
    if (columns.length === 0 || cells.length !== columns.length || /RESTART/.test(line))
      return /RESTART|COMMENT/.test(line);
    const hasKey =
      numberOf(columns[0] ?? '') === undefined &&
      /^(?:CPU|DEV|IFACE|INTR|TTY|BUS|FILESYSTEM|MOUNTPOINT|NODE)$/.test(columns[0] ?? '');
    const values = columns.flatMap((column, i) => {
      const value = numberOf(cells[i] ?? '');
      return (hasKey && i === 0) || value === undefined ? [] : [[column, value] as const];
    });
    onSample({
      table: tableOf(columns),
      key: hasKey ? keyOf(cells[0] ?? '') : '',
      time: timeOf(stamp),
      tick: 1,
      values,
    });
    return values.length > 0;
  };
}

function groupOf(column: string): string {
  if (/^%(?:user|usr|nice|sys|system|iowait|steal|idle|irq|soft|guest|gnice)$/.test(column)) return 'cpu';
  if (/^(?:rx|tx)|%ifutil/.test(column)) return 'network';
  if (/^(?:tps|[rwd]kB\/s|areq-sz|aqu-sz|await|%util)$/.test(column)) return 'disk';
  return 'host';
}

function keyOf(key: string): string {
  return key === '-' ? '' : key === '-1' ? 'all' : key;
}

/** `2026-11-24 18:50:38 UTC`, or seconds since 1970. */
function timeOf(stamp: string): number | undefined {
  if (/^\d+$/.test(stamp)) return Number(stamp);
  const [date = '', clock = ''] = wordsOf(stamp);
  const midnight = Date.parse(`${date}T00:00:00Z`);
  const seconds = clockOf(clock);
  return Number.isNaN(midnight) || seconds === undefined ? undefined : midnight / 1000 + seconds;
}
