import { escapeHtml } from '../page/shell.ts';
import { count, plural } from '../text/numbers.ts';
import type { Column } from './cell-format.ts';
import { type ColumnType, isNumeric } from './infer-schema.ts';
import { rowHtml, type TableData } from './page-data.ts';

/** What a page shows at most. */
export const MAX_ROWS = 100;
export const MAX_COLUMNS = 200;
/** Wide tables show fewer rows. */
const MAX_CELLS = 6000;
/** Characters of HTML that the rows may take, and of a whole table's text in its page. */
export const MAX_HTML = 100 * 1024;
/** How many rows a page shows of a table with so many columns. */
export function previewRows(columns: number): number {
  return Math.max(20, Math.min(MAX_ROWS, Math.floor(MAX_CELLS / Math.max(1, columns))));
}

/** The first rows as HTML, as many as there is room for. */
export function rowsWithinLimit(
  rows: readonly (readonly (string | null)[])[],
  columns: number,
  most = MAX_HTML,
): string[] {
  const shown: string[] = [];
  let length = 0;
  for (const [i, row] of rows.entries()) {
    const html = rowHtml(row, columns, count(i + 1));
    length += html.length;
    if (length > most && shown.length > 0) break;
    shown.push(html);
  }
  return shown;
}

/** A table as its page shows it first. */
export interface TableParts {
  readonly names: readonly string[];
  /** The columns' types in words, told with their names. */
  readonly types: readonly string[];
  /** The first rows, as HTML. */
  readonly firstRows: readonly string[];
  /** The last rows, as HTML. */
  readonly lastRows: readonly string[];
  /** Rows between them, where they are counted. */
  readonly hiddenRows: number | undefined;
  /** Whether the page's script will sort. */
  readonly isSortable: boolean;
}

/** The table as HTML, in the element that its script makes the view of the whole. */
export function tableHtml({
  names,
  types,
  firstRows: shown,
  lastRows: tail,
  hiddenRows: rest,
  isSortable: sorts,
}: TableParts): string {
  const most = names.length > 50 ? 40 : 100;
  const head = names
    .map((name, i) => {
      const title = `title="${escapeHtml(`${name.slice(0, 2 * most)} (${types[i]})`)}"`;
      const text = escapeHtml(name.slice(0, most));
      return sorts
        ? `<th scope="col" aria-sort="none"><button type="button" ${title}>${text}</button>`
        : `<th scope="col" ${title}><span>${text}</span>`;
    })
    .join('');
  const between = rest === undefined ? '' : plural(rest, 'more row');
  const gap = rest === 0 ? '' : `<tr class="gap"><td class="n">⋮<td colspan="${names.length}">${between}`;
  return `<div class="grid${shown.length > 20 ? ' tall' : ''}" tabindex="0" role="region" aria-label="Table"><table><thead><tr><th class="n" scope="col"><span class="sr">row</span>${head}</thead><tbody>${shown.join('')}${gap}${tail.join('')}</tbody></table></div>`;
}

/** Numbers stand to the right, under their names: rules for all such columns at once. `within`: a selector before them. */
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

/** The line above a table: how much there is, and the controls. `all`: there is more to show; `filter`: it can be filtered at once. */
export function toolbarHtml(
  text: string,
  { all, filter }: { readonly all: boolean; readonly filter: boolean },
): string {
  const button = all ? '<button type="button" class="all">Show all rows</button>' : '';
  return `<span class="count" role="status">${text}</span>${button}<input type="search" class="filter" placeholder="Filter rows" aria-label="Filter rows"${filter ? '' : ' hidden'}><progress hidden></progress>`;
}

/** What the page's script is told. */
export function tableDataHtml(facts: TableData): string {
  return `<script type="application/json" id="table">${JSON.stringify(facts).replaceAll('<', '\\u003c')}</script>`;
}

/** One of several tables of a file. */
export interface Sheet {
  readonly name: string;
  readonly columns: readonly Column[];
  /** The first rows. */
  readonly rows: readonly (readonly (string | null)[])[];
  /** How many rows there are, in words, and whether that is all of `rows`. */
  readonly count: string;
  readonly all: boolean;
  /** What to know of it. */
  readonly notes: readonly string[];
  readonly facts: TableData;
}

/** CSS of tabs. */
const TABS_STYLE =
  '.tabs{display:flex;gap:6px;flex-wrap:wrap;margin:0 0 10px;max-height:110px;overflow:auto}.tabs button[aria-pressed=true]{border-color:var(--accent);color:var(--accent)}';

/**
 * Tables of which one is seen at a time, with a tab for each where there are several; and the CSS they need. `most`:
 * characters that all rows may take.
 */
export function sheetsHtml(
  sheets: readonly Sheet[],
  most = MAX_HTML,
): { readonly html: string; readonly style: string } {
  const tab = ({ name }: Sheet, i: number): string =>
    `<button type="button" aria-pressed="${i === 0}">${escapeHtml(name.slice(0, 60))}</button>`;
  const tabs = sheets.length > 1 ? `<div class="tabs">${sheets.map(tab).join('')}</div>` : '';
  // All sheets together have the room of one page.
  const share = Math.max(8, Math.floor(MAX_ROWS / Math.max(1, sheets.length)));
  const body = sheets.map(({ columns, rows, count: number, all, notes, facts }, i) => {
    const shown = rowsWithinLimit(
      rows.slice(0, Math.max(share, sheets.length === 1 ? rows.length : 0)),
      columns.length,
      most / sheets.length,
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
    const said = notes.map((text) => `<p class="note">${escapeHtml(text)}</p>`).join('');
    return `<section class="sheet" id="sheet${i}"${i === 0 ? '' : ' hidden'}><div class="bar">${bar}</div>${said}${table}${tableDataHtml(facts)}</section>`;
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
