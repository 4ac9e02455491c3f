/** C0 and C1 control characters, and characters that change the direction of text. */
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Escapes untrusted text for a terminal: the result is one line without control characters. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Writes a line to standard output. */
export function printLine(line = ''): void {
  process.stdout.write(`${line}\n`);
}

/** Writes a message to standard error, as `wp: …`. Untrusted text in it is escaped. */
export function printError(line: string): void {
  process.stderr.write(`wp: ${printable(line)}\n`);
}

/**
 * Formats rows as aligned columns, separated by two spaces. Columns of numbers or sizes are aligned to the right; the last
 * column is not padded.
 */
export function table(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, i) => Math.max(...rows.map((row) => (row[i] ?? '').length)));
  const isNumeric = widths.map((_, i) => rows.every((row) => /^[\d.]+( [kMGT]?B)?$/.test(row[i] ?? '')));
  return rows
    .map((row) =>
      row
        .map((cell, i) => {
          if (isNumeric[i]) return cell.padStart(widths[i] ?? 0);
          return i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0);
        })
        .join('  '),
    )
    .join('\n');
}

/** Wraps words to lines of at most `width` characters. Further lines are indented by the length of `prefix`. */
export function wrap(prefix: string, words: readonly string[], width = 80): string {
  const lines: string[] = [];
  let line = prefix;
  for (const word of words) {
    if (line.length + word.length > width && line.trim() !== '') {
      lines.push(line.trimEnd());
      line = ' '.repeat(prefix.length);
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()].join('\n');
}

/** Formats a number of bytes: `17 B`, `1.5 kB`, `23 MB`. */
export function size(bytes: number): string {
  let value = bytes;
  for (const unit of ['B', 'kB', 'MB', 'GB']) {
    if (value < 1000) return `${unit === 'B' || value >= 10 ? Math.round(value) : value.toFixed(1)} ${unit}`;
    value /= 1000;
  }
  return `${value.toFixed(1)} TB`;
}

/** Formats a time in the local time zone: `2026-03-01 14:05`. */
export function clock(time: Date): string {
  if (Number.isNaN(time.getTime())) return '?';
  const two = (n: number) => String(n).padStart(2, '0');
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ${two(time.getHours())}:${two(time.getMinutes())}`;
}
