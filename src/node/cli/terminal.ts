/** Control characters of both ranges, and those that turn the direction of writing. */
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** A name or a message from elsewhere as it may stand in a terminal: on one line, controlling nothing. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Writes a line to standard output. */
export function say(line = ''): void {
  process.stdout.write(`${line}\n`);
}

/** Writes a line for people to standard error, as `wp: …`, whatever names from elsewhere are in it. */
export function complain(line: string): void {
  process.stderr.write(`wp: ${printable(line)}\n`);
}

/**
 * Rows in columns that line up, two spaces between them. Columns whose cells are all digits and units stand to the
 * right; the last is not padded.
 */
export function table(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, i) => Math.max(...rows.map((row) => (row[i] ?? '').length)));
  const right = widths.map((_, i) => rows.every((row) => /^[\d.]+( [kMGT]?B)?$/.test(row[i] ?? '')));
  return rows
    .map((row) =>
      row
        .map((cell, i) => {
          if (right[i]) return cell.padStart(widths[i] ?? 0);
          return i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0);
        })
        .join('  '),
    )
    .join('\n');
}

/** Words in lines of at most `width` letters; what follows the first line stands under its first word. */
export function wrap(begin: string, words: readonly string[], width = 80): string {
  const lines: string[] = [];
  let line = begin;
  for (const word of words) {
    if (line.length + word.length > width && line.trim() !== '') {
      lines.push(line.trimEnd());
      line = ' '.repeat(begin.length);
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()].join('\n');
}

/** A number of bytes as people read it: `17 B`, `1.5 kB`, `23 MB`. */
export function size(bytes: number): string {
  let value = bytes;
  for (const unit of ['B', 'kB', 'MB', 'GB']) {
    if (value < 1000) return `${unit === 'B' || value >= 10 ? Math.round(value) : value.toFixed(1)} ${unit}`;
    value /= 1000;
  }
  return `${value.toFixed(1)} TB`;
}

/** A time as people read it where they are: `2026-03-01 14:05`. */
export function clock(time: Date): string {
  if (Number.isNaN(time.getTime())) return '?';
  const two = (n: number) => String(n).padStart(2, '0');
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ${two(time.getHours())}:${two(time.getMinutes())}`;
}
