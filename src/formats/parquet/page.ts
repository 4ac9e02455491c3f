import type { ColumnChunk } from 'hyparquet';
import type { RenderInput, RenderOutput } from '../../shared/format.ts';
import { escapeHtml, page } from '../../shared/kit/page/shell.ts';
import { type CellFormat, cellNumber, formatCell } from '../../shared/kit/table/cell-format.ts';
import { TABLE_STYLE } from '../../shared/kit/table/page-data.ts';
import {
  alignment,
  MAX_COLUMNS,
  rowsWithinLimit,
  tableDataHtml,
  tableHtml,
  toolbarHtml,
} from '../../shared/kit/table/table-html.ts';
import { count, firstOf, plural, size } from '../../shared/kit/text/numbers.ts';
import type { Preview } from './preview.ts';
import type { ParquetFile } from './shared/read.ts';
import { codecOf } from './shared/schema.ts';

/** Characters shown of a minimum or maximum. */
const MAX_VALUE_LENGTH = 40;

const STYLE =
  'details{margin:0 0 8px}.schema{overflow:auto;max-height:360px;border:1px solid var(--line);border-radius:6px;' +
  'margin-top:6px}.schema td:nth-child(n+4),.schema th:nth-child(n+4){text-align:right}.schema th{padding:0 10px}';

/** The page of a Parquet file: facts, the schema and the first rows. */
export function parquetPage(
  parquet: ParquetFile,
  { rows: firstRows, problems }: Preview,
  input: RenderInput,
  output: RenderOutput,
): string {
  const { rows, file } = parquet;
  const totalColumns = parquet.columns.length;
  const columns = parquet.columns.slice(0, MAX_COLUMNS);
  const types = columns.map(({ type }) => type);
  const shownRows = rowsWithinLimit(firstRows, columns.length);
  const sizeText = `${plural(rows, 'row')} × ${plural(totalColumns, 'column')}`;
  const toolbar = toolbarHtml(sizeText, { all: shownRows.length < rows, filter: true });
  const notes = [
    aboutFile(parquet),
    totalColumns > columns.length ? firstOf(columns.length, totalColumns, 'column') : '',
    rows === 0 ? 'The table has no rows.' : '',
  ];
  const noteHtml = (text: string, className = 'note'): string =>
    text ? `<p class="${className}">${escapeHtml(text)}</p>` : '';
  const table = tableHtml({
    names: columns.map(({ name }) => name),
    types: columns.map(({ label }) => label),
    firstRows: shownRows,
    lastRows: [],
    hiddenRows: rows - shownRows.length,
    isSortable: true,
  });
  const body = [
    `<div class="bar">${toolbar}</div>`,
    ...notes.map((text) => noteHtml(text)),
    ...problems.map((text) => noteHtml(text, 'note bad')),
    schemaHtml(parquet),
    columns.length === 0 ? '' : table,
    tableDataHtml({
      columns: columns.length,
      types,
      size: file.byteLength,
      source: input.source,
      rows,
      reader: output.asset('parquet.js'),
    }),
  ];
  return page({
    title: input.title ?? input.name,
    style: TABLE_STYLE + STYLE + alignment(types),
    body: body.join(''),
    scripts: columns.length === 0 ? [] : [output.asset('table.js')],
  });
}

/** One line about the file: its size, row groups, codec and writer. */
function aboutFile({ file, metadata }: ParquetFile): string {
  const codec = codecOf(metadata);
  return [
    size(file.byteLength),
    plural(metadata.row_groups.length, 'row group'),
    ...(codec === undefined ? [] : [codec]),
    ...(metadata.created_by ? [`written by ${metadata.created_by.slice(0, 100)}`] : []),
  ].join(' · ');
}

/** A table of the columns with their types, statistics and compressed sizes. */
function schemaHtml({ metadata, columns }: ParquetFile): string {
  const chunksByName = new Map<string, ColumnChunk[]>();
  for (const chunk of metadata.row_groups.flatMap((group) => group.columns)) {
    const name = chunk.meta_data?.path_in_schema[0] ?? '';
    chunksByName.set(name, chunksByName.get(name) ?? []);
    chunksByName.get(name)?.push(chunk);
  }
  const rows = columns.slice(0, MAX_COLUMNS).map(({ name, label, format }, i) => {
    const chunks = chunksByName.get(name) ?? [];
    const bytes = chunks.reduce((sum, { meta_data: meta }) => sum + Number(meta?.total_compressed_size ?? 0), 0);
    const { min, max, nulls } = statisticsOf(chunks);
    const valueText = (value: unknown): string =>
      value === undefined
        ? ''
        : (statisticText(value, format) ?? '').slice(0, MAX_VALUE_LENGTH).replace(/[\ud800-\udbff]$/, '');
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
  const columnTitles = ['', 'column', 'type', 'least', 'greatest', 'nulls', 'size'];
  const head = columnTitles.map((title) => `<th scope="col">${title}`).join('');
  const table = `<table><thead><tr>${head}</thead><tbody>${rows.join('')}</tbody></table>`;
  return `<details><summary>Schema</summary><div class="schema">${table}</div></details>`;
}

/** Decimals with more digits than this are not exact in statistics, because the library converts them to floating point. */
const MAX_EXACT_DECIMAL = 1e15;

function statisticText(value: unknown, format: CellFormat): string | null {
  if (format.kind !== 'decimal') return formatCell(value, format);
  const unscaled = Math.round(Number(value) * 10 ** format.scale);
  return Math.abs(unscaled) < MAX_EXACT_DECIMAL
    ? formatCell(unscaled, format)
    : `≈ ${Number(Number(value).toPrecision(15))}`;
}

/** The merged statistics of a column's chunks. A statistic is undefined if a chunk does not have it. */
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

/** Compares two values of one column; bytes are compared as unsigned numbers. */
function isLess(a: unknown, b: unknown): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) {
    const length = Math.min(a.length, b.length);
    for (let i = 0; i < length; i++) if (a[i] !== b[i]) return (a[i] ?? 0) < (b[i] ?? 0);
    return a.length < b.length;
  }
  if (typeof a === 'string' && typeof b === 'string') return a < b;
  return cellNumber(a) < cellNumber(b);
}
