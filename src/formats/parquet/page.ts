import type { ColumnChunk } from 'hyparquet';
import { escapeHtml } from '../../shared/kit/page/shell.ts';
import { cellNumber, formatCell } from '../../shared/kit/table/cell-format.ts';
import { MAX_COLUMNS } from '../../shared/kit/table/table-html.ts';
import { count, plural, size } from '../../shared/kit/text/numbers.ts';
import type { ParquetFile } from './shared/read.ts';
import { codecOf } from './shared/schema.ts';

/** Characters shown of a minimum or maximum. */
const MAX_VALUE_LENGTH = 40;

export const STYLE = `details{margin:0 0 8px}.schema{overflow:auto;max-height:360px;border:1px solid var(--line);border-radius:6px;margin-top:6px}.schema td:nth-child(n+4),.schema th:nth-child(n+4){text-align:right}.schema th{padding:0 10px}`;

/** One line about the file: its size, row groups, codec and writer. */
export function aboutFile({ file, metadata }: ParquetFile): string {
  const codec = codecOf(metadata);
  return [
    size(file.byteLength),
    plural(metadata.row_groups.length, 'row group'),
    ...(codec === undefined ? [] : [codec]),
    ...(metadata.created_by ? [`written by ${metadata.created_by.slice(0, 100)}`] : []),
  ].join(' · ');
}

/** A table of the columns with their types, statistics and compressed sizes. */
export function schemaHtml({ metadata, columns }: ParquetFile): string {
  const chunksByName = new Map<string, ColumnChunk[]>();
  for (const group of metadata.row_groups)
    for (const chunk of group.columns) {
      const name = chunk.meta_data?.path_in_schema[0] ?? '';
      const chunks = chunksByName.get(name);
      if (chunks) chunks.push(chunk);
      else chunksByName.set(name, [chunk]);
    }
  const rows = columns.slice(0, MAX_COLUMNS).map(({ name, label, format }, i) => {
    const chunks = chunksByName.get(name) ?? [];
    const bytes = chunks.reduce((sum, { meta_data: meta }) => sum + Number(meta?.total_compressed_size ?? 0), 0);
    const { min, max, nulls } = statisticsOf(chunks);
    const valueText = (value: unknown): string =>
      value === undefined
        ? ''
        : (formatCell(value, format) ?? '').slice(0, MAX_VALUE_LENGTH).replace(/[\ud800-\udbff]$/, '');
    const cells = [
      count(i + 1),
      name.slice(0, 100),
      label,
      valueText(min),
      valueText(max),
      nulls === undefined ? '' : count(nulls),
      size(bytes),
    ];
    return `<tr>${cells.map((cell, n) => `<td${n === 0 ? ' class="n"' : ''}>${escapeHtml(cell)}`).join('')}`;
  });
  const titles = ['', 'column', 'type', 'least', 'greatest', 'nulls', 'size'];
  return `<details><summary>Schema</summary><div class="schema"><table><thead><tr>${titles.map((title) => `<th scope="col">${title}`).join('')}</thead><tbody>${rows.join('')}</tbody></table></div></details>`;
}

/** The merged statistics of a column's chunks; undefined if a chunk has none. */
function statisticsOf(chunks: readonly ColumnChunk[]): { min?: unknown; max?: unknown; nulls?: number } {
  if (chunks.length === 0 || chunks.some(({ meta_data: meta }) => (meta?.path_in_schema.length ?? 0) > 1)) return {};
  let min: unknown;
  let max: unknown;
  let nulls: number | undefined = 0;
  let isComplete = true;
  for (const { meta_data: meta } of chunks) {
    const statistics = meta?.statistics;
    if (statistics?.null_count === undefined) nulls = undefined;
    else if (nulls !== undefined) nulls += Number(statistics.null_count);
    const [chunkMin, chunkMax] = [statistics?.min_value ?? statistics?.min, statistics?.max_value ?? statistics?.max];
    if (chunkMin === undefined || chunkMax === undefined) {
      // A chunk that contains only nulls has no minimum and maximum.
      if (Number(statistics?.null_count ?? -1) !== Number(meta?.num_values)) isComplete = false;
      continue;
    }
    if (min === undefined || isLess(chunkMin, min)) min = chunkMin;
    if (max === undefined || isLess(max, chunkMax)) max = chunkMax;
  }
  return { ...(isComplete && { min, max }), nulls };
}

function isLess(a: unknown, b: unknown): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) {
    const length = Math.min(a.length, b.length);
    for (let i = 0; i < length; i++) if (a[i] !== b[i]) return (a[i] ?? 0) < (b[i] ?? 0);
    return a.length < b.length;
  }
  if (typeof a === 'string' && typeof b === 'string') return a < b;
  return cellNumber(a) < cellNumber(b);
}
