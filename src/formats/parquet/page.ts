import type { ColumnChunk } from 'hyparquet';
import { escapeHtml } from '../../shared/kit/page/shell.ts';
import { cellNumber, formatCell } from '../../shared/kit/table/cell-format.ts';
import { MAX_COLUMNS } from '../../shared/kit/table/table-html.ts';
import { count, plural, size } from '../../shared/kit/text/numbers.ts';
import type { ParquetFile } from './shared/read.ts';
import { codecOf } from './shared/schema.ts';

/** Characters of a value in the schema. */
const VALUE = 40;

export const STYLE = `details{margin:0 0 8px}.schema{overflow:auto;max-height:360px;border:1px solid var(--line);border-radius:6px;margin-top:6px}.schema td:nth-child(n+4),.schema th:nth-child(n+4){text-align:right}.schema th{padding:0 10px}`;

/** One line on how the file is made. */
export function aboutFile({ file, metadata }: ParquetFile): string {
  const codec = codecOf(metadata);
  return [
    size(file.byteLength),
    plural(metadata.row_groups.length, 'row group'),
    ...(codec === undefined ? [] : [codec]),
    ...(metadata.created_by ? [`written by ${metadata.created_by.slice(0, 100)}`] : []),
  ].join(' · ');
}

/** The columns with their types and what the file's statistics say of them. */
export function schemaHtml({ metadata, columns }: ParquetFile): string {
  const chunks = new Map<string, ColumnChunk[]>();
  for (const group of metadata.row_groups)
    for (const chunk of group.columns) {
      const name = chunk.meta_data?.path_in_schema[0] ?? '';
      const known = chunks.get(name);
      if (known) known.push(chunk);
      else chunks.set(name, [chunk]);
    }
  const rows = columns.slice(0, MAX_COLUMNS).map(({ name, label, format }, i) => {
    const own = chunks.get(name) ?? [];
    const bytes = own.reduce((sum, { meta_data: meta }) => sum + Number(meta?.total_compressed_size ?? 0), 0);
    const { least, greatest, nulls } = statisticsOf(own);
    const word = (value: unknown): string =>
      value === undefined ? '' : (formatCell(value, format) ?? '').slice(0, VALUE).replace(/[\ud800-\udbff]$/, '');
    const cells = [
      count(i + 1),
      name.slice(0, 100),
      label,
      word(least),
      word(greatest),
      nulls === undefined ? '' : count(nulls),
      size(bytes),
    ];
    return `<tr>${cells.map((cell, n) => `<td${n === 0 ? ' class="n"' : ''}>${escapeHtml(cell)}`).join('')}`;
  });
  const titles = ['', 'column', 'type', 'least', 'greatest', 'nulls', 'size'];
  return `<details><summary>Schema</summary><div class="schema"><table><thead><tr>${titles.map((title) => `<th scope="col">${title}`).join('')}</thead><tbody>${rows.join('')}</tbody></table></div></details>`;
}

/** What the statistics of a column's chunks say together; nothing where one of them says nothing. */
function statisticsOf(chunks: readonly ColumnChunk[]): { least?: unknown; greatest?: unknown; nulls?: number } {
  if (chunks.length === 0 || chunks.some(({ meta_data: meta }) => (meta?.path_in_schema.length ?? 0) > 1)) return {};
  let least: unknown;
  let greatest: unknown;
  let nulls: number | undefined = 0;
  let known = true;
  for (const { meta_data: meta } of chunks) {
    const statistics = meta?.statistics;
    if (statistics?.null_count === undefined) nulls = undefined;
    else if (nulls !== undefined) nulls += Number(statistics.null_count);
    const [low, high] = [statistics?.min_value ?? statistics?.min, statistics?.max_value ?? statistics?.max];
    if (low === undefined || high === undefined) {
      // A chunk of nulls only has none.
      if (Number(statistics?.null_count ?? -1) !== Number(meta?.num_values)) known = false;
      continue;
    }
    if (least === undefined || before(low, least)) least = low;
    if (greatest === undefined || before(greatest, high)) greatest = high;
  }
  return { ...(known && { least, greatest }), nulls };
}

function before(a: unknown, b: unknown): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) {
    const length = Math.min(a.length, b.length);
    for (let i = 0; i < length; i++) if (a[i] !== b[i]) return (a[i] ?? 0) < (b[i] ?? 0);
    return a.length < b.length;
  }
  if (typeof a === 'string' && typeof b === 'string') return a < b;
  return cellNumber(a) < cellNumber(b);
}
