import { eachLine } from '../../node/kit/text/each-line.ts';

/** A tool whose output is recognised. */
export type Tool = 'ps' | 'top' | 'df' | 'strace' | 'time';

/** Largest number of rows that are read. */
const MAX_ROWS = 200_000;

/** Longest header line, in characters. */
const MAX_HEADER = 1000;

/** The tool whose output begins with `text`; undefined if that is not certain. */
export function toolOf(text: string): Tool | undefined {
  const [first = '', second = ''] = text.trimStart().split('\n', 2);
  if (/^top - \d\d:\d\d:\d\d up /.test(first)) return 'top';
  if (first.startsWith('Command being timed: "')) return 'time';
  const tool = toolOfHeader(first);
  if (tool !== 'ps') return tool;
  const pidIndex = wordsOf(first).indexOf('PID');
  return /^\d+$/.test(wordsOf(second)[pidIndex] ?? '') ? 'ps' : undefined;
}

/** The tool that prints `line` as the header of its table. Long lines are rejected first, because matching is slow. */
function toolOfHeader(line: string): Tool | undefined {
  if (line.length > MAX_HEADER) return undefined;
  if (/^% time +seconds +usecs\/call/.test(line)) return 'strace';
  if (/^(?:Filesystem|File) .*\bMounted on\s*$/.test(line)) return 'df';
  return /(?:^| )PID .*(?:CMD|COMMAND)\s*$/.test(line) ? 'ps' : undefined;
}

/**
 * Reads the table that a tool printed. Returns its header and rows, with values that can be sorted: times in seconds,
 * sizes in one unit. Text before the header is skipped. If there are several tables, the last is returned; if none, no
 * rows.
 */
export function readTable(path: string): string[][] {
  let rows: string[][] = [];
  let tool: Tool | undefined;
  const times: string[][] = [];
  eachLine(path, (bytes, _view, from, to) => {
    const line = bytes.toString('utf8', from, Math.min(to, from + 64 * 1024));
    const toolOfLine = toolOfHeader(line.trimStart());
    if (toolOfLine) {
      tool = toolOfLine;
      rows = [wordsOf(line.replace('% time', '%time').replace('Mounted on', 'Mounted_on'))];
    } else if (tool === 'ps' && line.trim() === '') tool = undefined;
    else if (tool && rows.length < MAX_ROWS) {
      const row = parseRow(line, rows[0] ?? [], tool);
      if (row) rows.push(row);
    } else if (times.length < 100) {
      const time = parseTime(line);
      if (time) times.push(time);
    }
  });
  if (rows.length > 1) return unifyUnits(rows);
  return times.length > 0 ? [['what', /^[a-z]/.test(times[0]?.[0] ?? '') ? 'seconds' : 'value'], ...times] : [];
}

/** A line of `time`: of a shell, as `real 0m1.5s`, with the time in seconds; or of GNU time, as `Exit status: 0`. */
function parseTime(line: string): [name: string, value: string] | undefined {
  const shellTime = /^(real|user|sys)\s+(?:(\d+)m)?(\d+[.,]\d+)s?$/.exec(line.trim());
  if (shellTime) {
    const [, name = '', minutes = '0', seconds = ''] = shellTime;
    return [name, String(Number(minutes) * 60 + Number(seconds.replace(',', '.')))];
  }
  const gnuTime = /^\s+([A-Z][^:]*(?:\(h:mm:ss or m:ss\))?): (\S.*)$/.exec(line);
  return gnuTime ? [gnuTime[1] ?? '', gnuTime[2] ?? ''] : undefined;
}

/** The cells of a line; undefined for an empty or a separator line, or if their number differs from the header's. */
function parseRow(line: string, header: readonly string[], tool: Tool): string[] | undefined {
  const words = wordsOf(line);
  if (words.length === 0 || /^-+$/.test(words[0] ?? '')) return undefined;
  if (tool === 'strace') {
    // The `errors` cell may be empty, so the cells are found by their positions.
    const cells = /^(.{6}) (.{11}) (.{11}) (.{9}) (.{9}) (\S+)$/.exec(line);
    const row = cells ? cells.slice(1).map((cell) => cell.trim()) : words;
    return row.length === header.length ? row : undefined;
  }
  const cells: string[] = [];
  let remaining = line.trim();
  for (const [i, column] of header.entries()) {
    if (i === header.length - 1) {
      cells.push(remaining);
      break;
    }
    // A full start time (ps -o lstart) has five words.
    const match =
      (column === 'STARTED' && /^(\w{3} \w{3} +\d+ [\d:]{8} \d{4})\s*/.exec(remaining)) || /^(\S+)\s*/.exec(remaining);
    cells.push(match?.[1] ?? '');
    remaining = remaining.slice(match?.[0].length ?? 0);
  }
  return cells.length === header.length ? cells : undefined;
}

/** Converts the times and sizes of a column to one unit, which is added to the column's name. */
function unifyUnits([header = [], ...rows]: string[][]): string[][] {
  const columnNames = [...header];
  header.forEach((column, i) => {
    const values = rows.map((row) => row[i] ?? '');
    const present = values.filter((value) => value !== '' && value !== '-' && value !== '?');
    const allMatch = (pattern: RegExp) => present.length > 0 && present.every((value) => pattern.test(value));
    let convert: ((value: string) => string) | undefined;
    if (/^(?:TIME\+?|ELAPSED|ETIME|CPUTIME)$/i.test(column) && allMatch(/^(?:\d+-)?(?:\d+:)?\d+:\d+(?:\.\d+)?$/)) {
      columnNames[i] = `${column} (s)`;
      convert = toSeconds;
    } else if (allMatch(/^\d+(?:\.\d+)?%$/)) convert = (value) => value.slice(0, -1);
    else if (allMatch(/^\d+(?:[.,]\d+)?[KMGTPE]?i?B?$/i) && present.some((value) => /[A-Z]/i.test(value))) {
      // Numbers without a unit are KiB in `top` and bytes in `df`.
      const unitOfPlainNumbers = /^(?:VIRT|RES|SHR|SWAP|DATA)$/.test(column) ? 1024 : 1;
      columnNames[i] = `${column} (MiB)`;
      convert = (value) => mebibytesOf(value, unitOfPlainNumbers);
    }
    if (convert) for (const row of rows) if (/^\d/.test(row[i] ?? '')) row[i] = convert(row[i] ?? '');
  });
  return [columnNames.map((name) => name.replace('_', ' ')), ...rows];
}

/** Converts a time such as `1-02:03:04` (days, hours, minutes, seconds) or `62:03.45` to seconds. */
function toSeconds(value: string): string {
  const [time = '', days = '0'] = value.split('-').reverse();
  const total = time.split(':').reduce((total, part) => total * 60 + Number(part), 0);
  return String(Math.round((total + Number(days) * 86_400) * 100) / 100);
}

/** Converts a size such as `1.5G` to MiB. A size without a unit is a multiple of `unitOfPlainNumbers` bytes. */
function mebibytesOf(value: string, unitOfPlainNumbers: number): string {
  const match = /^([\d.,]+)([KMGTPE])?/i.exec(value);
  const unit = match?.[2] ? 1024 ** ('KMGTPE'.indexOf(match[2].toUpperCase()) + 1) : unitOfPlainNumbers;
  return String(Number(((Number(match?.[1]?.replace(',', '.')) * unit) / 1024 ** 2).toFixed(2)));
}

function wordsOf(line: string): string[] {
  return line.trim().split(/\s+/);
}
