import type { Feature } from 'geojson';
import { escapeHtml } from '../../shared/kit/page/shell.ts';
import { plural } from '../../shared/kit/text/numbers.ts';

const ROWS = 500;
const COLUMNS = 12;
const VALUE = 80;
const LIMIT = 40 * 1024;

/** What a feature is called: its name, else what else it has. */
export function titleOf({ properties, geometry }: Feature): string {
  const named = Object.entries(properties ?? {}).find(([key]) => /^(?:name|title|label|id)$/i.test(key));
  return shown(named?.[1]) || geometry.type;
}

/** The properties of features as a table, of which each row belongs to a group of the map. */
export function tableHtml(features: readonly Feature[]): string {
  const counts = new Map<string, number>();
  for (const { properties } of features.slice(0, ROWS))
    for (const key of Object.keys(properties ?? {})) counts.set(key, (counts.get(key) ?? 0) + 1);
  const keys = [...counts.keys()].slice(0, COLUMNS);
  let rows = '';
  let count = 0;
  for (const { properties, geometry } of features.slice(0, ROWS)) {
    const cells = keys.map((key) => `<td>${escapeHtml(shown(properties?.[key]))}`);
    const row = `<tr data-i="${count}"><td>${geometry.type}${cells.join('')}</tr>`;
    if (rows.length + row.length > LIMIT) break;
    rows += row;
    count++;
  }
  const head = keys.map((key) => `<th>${escapeHtml(key.slice(0, VALUE))}`).join('');
  const less = [
    ...(count < features.length ? [`the first ${plural(count, 'feature')}`] : []),
    ...(keys.length < counts.size ? [`${COLUMNS} of ${plural(counts.size, 'property')}`] : []),
  ];
  const note = less.length > 0 ? `<p class="note">The table has ${less.join(' and ')}.</p>` : '';
  return `<div class="properties"><table><thead><tr><th>Geometry${head}</thead><tbody>${rows}</tbody></table></div>${note}`;
}

function shown(value: unknown): string {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > VALUE ? `${text.slice(0, VALUE)}…` : text;
}
