import { eachLine } from '../../node/kit/text/each-line.ts';

/** The tools whose listings are known. */
export type Listing = 'ps' | 'top' | 'df' | 'strace' | 'time';

/** Rows that are read. */
const MAX_ROWS = 200_000;

/** Characters of a header. */
const MAX_HEADER = 1000;

/** The tool whose output begins so, where nothing else could. */
export function listingOf(text: string): Listing | undefined {
  const [first = '', second = ''] = text.trimStart().split('\n', 2);
  if (/^top - \d\d:\d\d:\d\d up /.test(first)) return 'top';
  if (first.startsWith('Command being timed: "')) return 'time';
  const kind = headerOf(first);
  if (kind !== 'ps') return kind;
  const at = wordsOf(first).indexOf('PID');
  return /^\d+$/.test(wordsOf(second)[at] ?? '') ? 'ps' : undefined;
}

/** What a line is the header of. A header is short: what is longer would only take long to be looked through. */
function headerOf(line: string): Listing | undefined {
  if (line.length > MAX_HEADER) return undefined;
  if (/^% time +seconds +usecs\/call/.test(line)) return 'strace';
  if (/^(?:Filesystem|File) .*\bMounted on\s*$/.test(line)) return 'df';
  return /(?:^| )PID .*(?:CMD|COMMAND)\s*$/.test(line) ? 'ps' : undefined;
}

/**
 * The rows of a listing, the header first, with values that sort: times in seconds, sizes in one unit. Text above it, as
 * `top` and what `strace` runs print, is left out; of several listings the last one is given. None where there is none.
 */
export function readListing(path: string): string[][] {
  let rows: string[][] = [];
  let kind: Listing | undefined;
  let times: string[][] = [];
  eachLine(path, (bytes, _view, from, to) => {
    const line = bytes.toString('utf8', from, Math.min(to, from + 64 * 1024));
    const header = headerOf(line.trimStart());
    if (header) {
      kind = header;
      rows = [wordsOf(line.replace('% time', '%time').replace('Mounted on', 'Mounted_on'))];
    } else if (kind === 'ps' && line.trim() === '') kind = undefined;
    else if (kind && rows.length < MAX_ROWS) {
      const row = rowOf(line, rows[0] ?? [], kind);
      if (row) rows.push(row);
    } else if (times.length < 100) {
      const time = /^(real|user|sys)\s+(?:(\d+)m)?(\d+[.,]\d+)s?$/.exec(line.trim());
      const detail = /^\s+([A-Z][^:]*(?:\(h:mm:ss or m:ss\))?): (\S.*)$/.exec(line);
      if (time)
        times = [...times, [time[1] ?? '', String(Number(time[2] ?? 0) * 60 + Number(time[3]?.replace(',', '.')))]];
      else if (detail) times = [...times, [detail[1] ?? '', detail[2] ?? '']];
    }
  });
  if (rows.length > 1) return inUnits(rows);
  return times.length > 0 ? [['what', /^[a-z]/.test(times[0]?.[0] ?? '') ? 'seconds' : 'value'], ...times] : [];
}

function rowOf(line: string, header: readonly string[], kind: Listing): string[] | undefined {
  const words = wordsOf(line);
  if (words.length === 0 || /^-+$/.test(words[0] ?? '')) return undefined;
  if (kind === 'strace') {
    // A call that never failed has nothing under "errors", and what has no column of its own is told apart by its place.
    const cells = /^(.{6}) (.{11}) (.{11}) (.{9}) (.{9}) (\S+)$/.exec(line);
    const row = cells ? cells.slice(1).map((cell) => cell.trim()) : words;
    return row.length === header.length ? row : undefined;
  }
  const cells: string[] = [];
  let rest = line.trim();
  for (const [i, column] of header.entries()) {
    if (i === header.length - 1) {
      cells.push(rest);
      break;
    }
    // `lstart` has five words.
    const match =
      (column === 'STARTED' && /^(\w{3} \w{3} +\d+ [\d:]{8} \d{4})\s*/.exec(rest)) || /^(\S+)\s*/.exec(rest);
    cells.push(match?.[1] ?? '');
    rest = rest.slice(match?.[0].length ?? 0);
  }
  return cells.length === header.length ? cells : undefined;
}

/** Columns whose values have units of their own in each row get one unit, which their name says. */
function inUnits([header = [], ...rows]: string[][]): string[][] {
  const named = [...header];
  header.forEach((column, i) => {
    const values = rows.map((row) => row[i] ?? '');
    const known = values.filter((value) => value !== '' && value !== '-' && value !== '?');
    const every = (pattern: RegExp) => known.length > 0 && known.every((value) => pattern.test(value));
    let convert: ((value: string) => string) | undefined;
    if (/^(?:TIME\+?|ELAPSED|ETIME|CPUTIME)$/i.test(column) && every(/^(?:\d+-)?(?:\d+:)?\d+:\d+(?:\.\d+)?$/)) {
      named[i] = `${column} (s)`;
      convert = seconds;
    } else if (every(/^\d+(?:\.\d+)?%$/)) convert = (value) => value.slice(0, -1);
    else if (every(/^\d+(?:[.,]\d+)?[KMGTPE]?i?B?$/i) && known.some((value) => /[A-Z]/i.test(value))) {
      // `top` writes plain numbers for KiB, `df` for bytes.
      const plain = /^(?:VIRT|RES|SHR|SWAP|DATA)$/.test(column) ? 1024 : 1;
      named[i] = `${column} (MiB)`;
      convert = (value) => mebibytes(value, plain);
    }
    if (convert) for (const row of rows) if (/^\d/.test(row[i] ?? '')) row[i] = convert(row[i] ?? '');
  });
  return [named.map((name) => name.replace('_', ' ')), ...rows];
}

/** `1-02:03:04`, `62:03.45`. */
function seconds(value: string): string {
  const [time = '', days = '0'] = value.split('-').reverse();
  const sum = time.split(':').reduce((all, part) => all * 60 + Number(part), 0);
  return String(Math.round((sum + Number(days) * 86_400) * 100) / 100);
}

function mebibytes(value: string, plain: number): string {
  const match = /^([\d.,]+)([KMGTPE])?/i.exec(value);
  const unit = match?.[2] ? 1024 ** ('KMGTPE'.indexOf(match[2].toUpperCase()) + 1) : plain;
  return String(Number(((Number(match?.[1]?.replace(',', '.')) * unit) / 1024 ** 2).toFixed(2)));
}

function wordsOf(line: string): string[] {
  return line.trim().split(/\s+/);
}
