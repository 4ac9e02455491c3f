import { escapeHtml } from '../page/shell.ts';
import { count, plural } from '../text/numbers.ts';
import type { Column } from './cell-format.ts';
import { type ColumnType, isNumeric } from './infer-schema.ts';
import { rowHtml, type TableData } from './page-data.ts';

/** Rows and columns that a page shows at most. */
export const MAX_ROWS = 100;
export const MAX_COLUMNS = 200;
/** Cells that a page shows at most: wide tables show fewer rows. */
const MAX_CELLS = 6000;
/** The largest HTML of the rows, and the largest text of a table that its page contains, in characters. */
export const MAX_HTML = 100 * 1024;
/** Number of rows that a page shows of a table with `columns` columns. */
export function previewRows(columns: number): number {
  return Math.max(20, Math.min(MAX_ROWS, Math.floor(MAX_CELLS / Math.max(1, columns))));
}

/** The first rows as HTML, as many as fit into `limit` characters, but at least one. */
export function rowsWithinLimit(
  rows: readonly (readonly (string | null)[])[],
  columns: number,
  limit = MAX_HTML,
): string[] {
  const shown: string[] = [];
  let length = 0;
  for (const [i, row] of rows.entries()) {
    const html = rowHtml(row, columns, count(i + 1));
    length += html.length;
    if (length > limit && shown.length > 0) break;
    shown.push(html);
  }
  return shown;
}

/** The preview of a table in its page. */
export interface TableParts {
  readonly names: readonly string[];
  /** The columns' types, for the tooltips of their names. */
  readonly types: readonly string[];
  /** The first rows, as HTML. */
  readonly firstRows: readonly string[];
  /** The last rows, as HTML. */
  readonly lastRows: readonly string[];
  /** Number of rows between them, if known. */
  readonly hiddenRows: number | undefined;
  /** Whether the headers are buttons that sort. */
  readonly isSortable: boolean;
}

/** The preview as HTML. The page's script turns its `.grid` element into a view of the whole table. */
export function tableHtml({ names, types, firstRows, lastRows, hiddenRows, isSortable }: TableParts): string {
  const maxName = names.length > 50 ? 40 : 100;
  const head = names
    .map((name, i) => {
      const title = `title="${escapeHtml(`${name.slice(0, 2 * maxName)} (${types[i]})`)}"`;
      const text = escapeHtml(name.slice(0, maxName));
      return isSortable
        ? `<th scope="col" aria-sort="none"><button type="button" ${title}>${text}</button>`
        : `<th scope="col" ${title}><span>${text}</span>`;
    })
    .join('');
  const between = hiddenRows === undefined ? '' : plural(hiddenRows, 'more row');
  const gap = hiddenRows === 0 ? '' : `<tr class="gap"><td class="n">⋮<td colspan="${names.length}">${between}`;
  return (
    `<div class="grid${firstRows.length > 20 ? ' tall' : ''}" tabindex="0" role="region" aria-label="Table">` +
    `<table><thead><tr><th class="n" scope="col"><span class="sr">row</span>${head}</thead><tbody>` +
    `${firstRows.join('')}${gap}${lastRows.join('')}</tbody></table></div>`
  );
}

/** CSS that aligns columns of numbers and their names to the right. `within`: a selector prefix. */
export function alignment(types: readonly ColumnType[], within = ''): string {
  const columns = types.flatMap((type, i) => (isNumeric(type) ? [i + 2] : []));
  const rule = (part: (column: number) => string, style: string): string =>
    `${columns.map((n) => `${within}${part(n)}`).join(',')}{${style}}`;
  return columns.length === 0
    ? ''
    : rule((n) => `td:nth-child(${n})`, 'text-align:right') +
        rule((n) => `th:nth-child(${n}) button`, 'text-align:right;padding:0 10px 0 20px') +
        rule((n) => `th:nth-child(${n}) button::after`, 'right:auto!important;left:5px');
}

/**
 * The toolbar above a table: its size and the controls.
 * @param all whether there is a button to show all rows
 * @param filter whether the filter field is visible before the table is loaded
 */
export function toolbarHtml(
  text: string,
  { all, filter }: { readonly all: boolean; readonly filter: boolean },
): string {
  const button = all ? '<button type="button" class="all">Show all rows</button>' : '';
  return (
    `<span class="count" role="status">${text}</span>${button}` +
    `<input type="search" class="filter" placeholder="Filter rows" aria-label="Filter rows"${filter ? '' : ' hidden'}>` +
    '<progress hidden></progress>'
  );
}

/** The data for the page's script, as an element. */
export function tableDataHtml(facts: TableData): string {
  return `<script type="application/json" id="table">${JSON.stringify(facts).replaceAll('<', '\\u003c')}</script>`;
}

/** One of the tables of a file. */
export interface Sheet {
  readonly name: string;
  readonly columns: readonly Column[];
  /** The first rows. */
  readonly rows: readonly (readonly (string | null)[])[];
  /** Number of rows, as text. */
  readonly count: string;
  /** Whether `rows` are all rows. */
  readonly all: boolean;
  /** Notes above the table, as plain text. */
  readonly notes: readonly string[];
  readonly facts: TableData;
}

/** CSS of the tabs. */
const TABS_STYLE =
  '.tabs{display:flex;gap:6px;flex-wrap:wrap;margin:0 0 10px;max-height:110px;overflow:auto}' +
  '.tabs button[aria-pressed=true]{border-color:var(--accent);color:var(--accent)}';

/**
 * Tables with tabs, one visible at a time, and their CSS. A single table has no tab.
 * @param limit the largest HTML of all rows, in characters
 */
export function sheetsHtml(
  sheets: readonly Sheet[],
  limit = MAX_HTML,
): { readonly html: string; readonly style: string } {
  const tab = ({ name }: Sheet, i: number): string =>
    `<button type="button" aria-pressed="${i === 0}">${escapeHtml(name.slice(0, 60))}</button>`;
  const tabs = sheets.length > 1 ? `<div class="tabs">${sheets.map(tab).join('')}</div>` : '';
  // The sheets share the row limit of one page.
  const share = Math.max(8, Math.floor(MAX_ROWS / Math.max(1, sheets.length)));
  const body = sheets.map(({ columns, rows, count: number, all, notes, facts }, i) => {
    const shown = rowsWithinLimit(
      rows.slice(0, Math.max(share, sheets.length === 1 ? rows.length : 0)),
      columns.length,
      limit / sheets.length,
    );
    const complete = all && shown.length === rows.length;
    const names = columns.map(({ name }) => name);
    const labels = columns.map(({ label }) => label);
    const table =
      columns.length === 0
        ? ''
        : tableHtml({
            names,
            types: labels,
            firstRows: shown,
            lastRows: [],
            hiddenRows: complete ? 0 : undefined,
            isSortable: rows.length > 0,
          });
    const bar = toolbarHtml(`${number} × ${plural(columns.length, 'column')}`, {
      all: !complete,
      filter: rows.length > 0,
    });
    const notesHtml = notes.map((text) => `<p class="note">${escapeHtml(text)}</p>`).join('');
    return (
      `<section class="sheet" id="sheet${i}"${i === 0 ? '' : ' hidden'}><div class="bar">${bar}</div>` +
      `${notesHtml}${table}${tableDataHtml(facts)}</section>`
    );
  });
  const style = sheets
    .map(({ columns }, i) =>
      alignment(
        columns.map(({ type }) => type),
        `#sheet${i} `,
      ),
    )
    .join('');
  return { html: tabs + body.join(''), style: TABS_STYLE + style };
}
