import type { Feature } from 'geojson';
import { escapeHtml } from '../../shared/kit/page/shell.ts';
import { plural } from '../../shared/kit/text/numbers.ts';

/** Limits of the table: rows, columns, characters of a cell, bytes of HTML. */
const MAX_ROWS = 500;
const MAX_COLUMNS = 12;
const MAX_CELL = 80;
const MAX_HTML = 40 * 1024;

/** A title for a feature: its name, title, label or id, else the type of its geometry. */
export function titleOf({ properties, geometry }: Feature): string {
  const named = Object.entries(properties ?? {}).find(([key]) => /^(?:name|title|label|id)$/i.test(key));
  return cellText(named?.[1]) || geometry.type;
}

/** A table of the properties of features. `data-i` connects a row with its group in the map. */
export function tableHtml(features: readonly Feature[]): string {
  const counts = new Map<string, number>();
  for (const { properties } of features.slice(0, MAX_ROWS))
    for (const key of Object.keys(properties ?? {})) counts.set(key, (counts.get(key) ?? 0) + 1);
  const keys = [...counts.keys()].slice(0, MAX_COLUMNS);
  let rows = '';
  let count = 0;
  for (const { properties, geometry } of features.slice(0, MAX_ROWS)) {
    const cells = keys.map((key) => `<td>${escapeHtml(cellText(properties?.[key]))}`);
    const row = `<tr data-i="${count}"><td>${geometry.type}${cells.join('')}</tr>`;
    if (rows.length + row.length > MAX_HTML) break;
    rows += row;
    count++;
  }
  const head = keys.map((key) => `<th>${escapeHtml(key.slice(0, MAX_CELL))}`).join('');
  const limits = [
    ...(count < features.length ? [`the first ${plural(count, 'feature')}`] : []),
    ...(keys.length < counts.size ? [`${MAX_COLUMNS} of ${plural(counts.size, 'property')}`] : []),
  ];
  const note = limits.length > 0 ? `<p class="note">The table has ${limits.join(' and ')}.</p>` : '';
  return `<div class="properties"><table><thead><tr><th>Geometry${head}</thead><tbody>${rows}</tbody></table></div>${note}`;
}

function cellText(value: unknown): string {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > MAX_CELL ? `${text.slice(0, MAX_CELL)}…` : text;
}
