/** One measured value, with its floor and its goal. */
export interface Figure {
  readonly what: string;
  /** The measured value, in `unit`. */
  readonly value: number;
  /** The value to compare with, in the same unit and from the same run. */
  readonly floor?: number;
  readonly unit: string;
  /** The largest acceptable `value / floor`, or `value` if there is no floor. */
  readonly goal?: number;
}

/** The median. For an even number of values, the upper of the two in the middle. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** The number to compare with the goal. */
export function ratioOf(figure: Figure): number {
  return figure.floor === undefined ? figure.value : figure.value / figure.floor;
}

/** Merges two tables: rows of `table` replace rows of `old` with the same name; the others are appended. */
export function mergedTable(old: string, table: string): string {
  const nameOf = (row: string): string => row.split('|')[1]?.trim() ?? '';
  const rows = table.trim().split('\n');
  const fresh = new Map(rows.slice(2).map((row) => [nameOf(row), row]));
  const keptLines = old.trim().split('\n').slice(2);
  const known = new Set(keptLines.map(nameOf));
  return [
    ...rows.slice(0, 2),
    ...keptLines.map((row) => fresh.get(nameOf(row)) ?? row),
    ...rows.slice(2).filter((row) => !known.has(nameOf(row))),
  ].join('\n');
}

/** The figures as a Markdown table. */
export function tableOf(figures: readonly Figure[]): string {
  const number = (value: number) => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(1));
  const rows = figures.map((figure) => {
    const ratio = ratioOf(figure);
    const floor = figure.floor === undefined ? '' : `${number(figure.floor)} ${figure.unit}`;
    const multiple = figure.floor === undefined ? '' : `${ratio.toFixed(2)} x`;
    const isMet = figure.goal === undefined ? '' : ratio <= figure.goal ? 'yes' : 'no';
    const cells = [figure.what, `${number(figure.value)} ${figure.unit}`, floor, multiple, figure.goal ?? '', isMet];
    return `| ${cells.join(' | ')} |`;
  });
  return ['| what | measured | floor | ratio | goal | met |', '|---|---|---|---|---|---|', ...rows].join('\n');
}
