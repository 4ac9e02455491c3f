/** One measured ratio. */
export interface Figure {
  readonly what: string;
  /** What was measured, in `unit`. */
  readonly value: number;
  /** What it is measured against, in the same unit and the same run. */
  readonly floor?: number;
  readonly unit: string;
  /** The most that `value / floor` (or `value`, where there is no floor) should be. */
  readonly goal?: number;
}

/** The middle one; an even number of values gives the upper of the two in the middle. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** What is compared with the goal. */
export function ratioOf(figure: Figure): number {
  return figure.floor === undefined ? figure.value : figure.value / figure.floor;
}

/** A table with the rows of `table` in the place of those with the same name, and after the others where there were none. */
export function mergedTable(old: string, table: string): string {
  const nameOf = (row: string): string => row.split('|')[1]?.trim() ?? '';
  const rows = table.trim().split('\n');
  const fresh = new Map(rows.slice(2).map((row) => [nameOf(row), row]));
  const kept = old.trim().split('\n').slice(2);
  const known = new Set(kept.map(nameOf));
  return [
    ...rows.slice(0, 2),
    ...kept.map((row) => fresh.get(nameOf(row)) ?? row),
    ...rows.slice(2).filter((row) => !known.has(nameOf(row))),
  ].join('\n');
}

/** The figures as a Markdown table. */
export function tableOf(figures: readonly Figure[]): string {
  const number = (value: number) => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(1));
  const rows = figures.map((figure) => {
    const ratio = ratioOf(figure);
    const floor = figure.floor === undefined ? '' : `${number(figure.floor)} ${figure.unit}`;
    const held = figure.goal === undefined ? '' : ratio <= figure.goal ? 'yes' : 'no';
    return `| ${figure.what} | ${number(figure.value)} ${figure.unit} | ${floor} | ${figure.floor === undefined ? '' : `${ratio.toFixed(2)} x`} | ${figure.goal ?? ''} | ${held} |`;
  });
  return ['| what | measured | floor | ratio | goal | held |', '|---|---|---|---|---|---|', ...rows].join('\n');
}
